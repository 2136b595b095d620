"""The process that is the demo's AWS: moto's server on loopback. It ends with whoever started it, and calls nobody.

It is run, never imported: `python -m scanner.demo.aws.server` writes its port as the first line of its output.
"""

import ipaddress
import logging
import os
import signal
import sys
import threading


def stay_home(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse every connection from this process to another machine. Raises ConnectionRefusedError."""
    if event not in ("socket.connect", "socket.sendto"):
        return
    address = arguments[1]
    if isinstance(address, tuple) and not _is_loopback(str(address[0])):
        raise ConnectionRefusedError(f"the demo's server connects to nobody, and not to {address[0]}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def main() -> None:
    """Serve until standard input ends."""
    sys.addaudithook(stay_home)
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for the scan, which still has to write what it has
    # Else ~1,300 snapshots of Amazon's own images come back as the account's own.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    # Each service is in every region; only the SDK's lists, which moto goes by, lack some.
    os.environ["MOTO_ALLOW_NONEXISTENT_REGION"] = "true"
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    from scanner.demo.aws.account import NUMBER
    from scanner.demo.aws.corrected import correct
    from scanner.demo.aws.recorded import Replaying, answers_in
    from scanner.demo.wire.recorded import folder_of

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    correct()
    recorded = list(answers_in(folder_of("aws") / NUMBER))
    application = Replaying(DomainDispatcherApplication(create_backend_app), recorded)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    threading.Thread(target=_end_with_input, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
