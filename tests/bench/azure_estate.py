"""A large Azure subscription on loopback, in a process of its own: security groups and interfaces, whole as they come.

Prints two addresses: its own, and one that answers with the number of calls so far. Ends when its input does.
"""

import argparse
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from scanner.demo.wire.azure import Azure
from scanner.demo.wire.graph import held
from scanner.demo.wire.recorded import Recorded, answers_in, folder_of, methods_in
from scanner.demo.wire.server import WireServer

#: How many items a page of these lists has; the cloud decides.
PAGE = 500
GROUPS = "Microsoft.Network.NetworkSecurityGroups_ListAll"
INTERFACES = "Microsoft.Network.NetworkInterfaces_ListAll"


def many(items: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """As many as asked for, each with a name and an id of its own, and parts that belong to it."""
    made = []
    for number in range(count):
        one = items[number % len(items)]
        made.append(json.loads(json.dumps(one).replace(one["id"], f"{one['id']}-{number}")))
        made[-1]["name"] = f"{one['name']}-{number}"
    return made


def estate(groups: int, interfaces: int) -> list[Recorded]:
    """The demo's answers, with lists that are as long as asked for."""
    answers = list(answers_in(folder_of("azure")))
    for one in answers:
        if one.call == GROUPS:
            one.body["value"] = many(one.body["value"], groups)
        if one.call == INTERFACES:
            one.body["value"] = many(one.body["value"], interfaces)
    return [*answers, *held(answers)]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--groups", type=int, default=5_000)
    words.add_argument("--interfaces", type=int, default=10_000)
    chosen = words.parse_args()
    answers = estate(chosen.groups, chosen.interfaces)
    with WireServer(Azure(page=PAGE), methods_in(folder_of("azure")), answers) as wire:

        class Asked(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = str(sum(wire.seen.values())).encode()
                wire.calm()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        asked = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
        threading.Thread(target=asked.serve_forever, daemon=True).start()
        sys.stdout.write(f"{wire.url} http://127.0.0.1:{asked.server_address[1]}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
