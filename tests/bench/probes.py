"""1,000 endpoints on loopback, a tenth of them silent: ports, TLS with four versions, trust; time and processor time.

Run it: python tests/bench/probes.py
"""

import os
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "probe"), str(Path(__file__).parents[2])]

ENDPOINTS, SILENT = 1_000, 100


def main() -> None:
    """Start the servers in a process of their own, then probe them here."""
    if len(sys.argv) > 1:
        serve(Path(sys.argv[1]))
        return
    folder = Path(tempfile.mkdtemp())
    with subprocess.Popen(
        [sys.executable, __file__, str(folder)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        measure(folder / "root.pem", port)
        process.kill()


def serve(folder: Path) -> None:
    """Answer TLS at every address of 127.1.0.0/16, on one port."""
    from certificates import sign
    from servers import context

    root = sign("Bench Root", authority=True)
    root.files(folder, "root")
    secure = context(sign("x", root, hosts=["bench.example.org"]).files(folder, "own"))
    listening = socket.create_server(("0.0.0.0", 0), backlog=1024)  # noqa: S104 - all of loopback
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    for _ in range(32):
        threading.Thread(target=answer, args=(listening, secure), daemon=True).start()
    sys.stdin.read()


def answer(listening: socket.socket, secure: ssl.SSLContext) -> None:
    """Shake hands with whoever comes."""
    while True:
        connection, _ = listening.accept()
        try:
            with connection:
                connection.settimeout(5)
                with secure.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(1)
        except OSError:
            pass


def silent_port() -> tuple[int, list[socket.socket]]:
    """A port whose queue of connections is full: packets to it are dropped."""
    listening = socket.create_server(("0.0.0.0", 0), backlog=0)  # noqa: S104
    kept = [listening]
    for number in range(16):
        one = socket.socket()
        one.setblocking(False)  # noqa: FBT003
        one.connect_ex((f"127.2.0.{number}", listening.getsockname()[1]))
        kept.append(one)
    return listening.getsockname()[1], kept


def measure(root: Path, port: int) -> None:
    """Probe, and say how long it took and what was found."""
    from scanner import packs
    from scanner.config import Config, ProbeTable
    from scanner.engine import Tuned
    from scanner.run import Choice, Scan
    from scanner.vantage import Vantage, kinds_of_probes, named_in, settings_of

    silent, kept = silent_port()
    targets = tuple(
        f"tls://127.{2 if number < SILENT else 1}.{number // 250}.{number % 250 + 1}:"
        f"{silent if number < SILENT else port}"
        for number in range(ENDPOINTS)
    )
    config = Config(probe=ProbeTable(targets=targets, trust=(root,)))
    rules = [Tuned(rule) for rule in packs.load().rules.values() if rule.subject in kinds_of_probes()]
    scan = Scan(config, Choice(), rules)
    scan.beside = (Vantage(settings_of(config.probe), named_in(config.probe), joins=False, say=print),)
    began, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    report = scan.live()
    took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    silent_found = sum("nobody answers" in " ".join(one.messages) for one in report.verdicts)
    sys.stdout.write(
        f"{ENDPOINTS} endpoints, {SILENT} of them silent: {took:.1f} s, {cpu:.1f} s of processor on "
        f"{os.cpu_count()} cores; {silent_found} found silent, {dict(report.counts)}\n"
    )
    for one in kept:
        one.close()


if __name__ == "__main__":
    main()
