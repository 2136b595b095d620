"""A large Google Cloud project on loopback, in a process of its own: firewall rules and instances, whole as they come.

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

from scanner.demo.wire.google import Google
from scanner.demo.wire.recorded import Recorded, answers_in, folder_of, methods_in
from scanner.demo.wire.server import WireServer

PROJECT = "demo-project"


def many(items: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """As many as asked for, each with a name, an id and an address of its own."""
    made = []
    for number in range(count):
        one = items[number % len(items)]
        text = json.dumps(one).replace(f'/{one["name"]}"', f'/{one["name"]}-{number}"')
        made.append(
            {**json.loads(text), "id": str(int(one["id"]) + number), "name": f"{one['name']}-{number}"}
        )
    return made


def estate(firewalls: int, instances: int) -> list[Recorded]:
    """The demo's answers, with lists that are as long as asked for."""
    answers = list(answers_in(folder_of("gcp")))
    for one in answers:
        if one.call == "compute.firewalls.list":
            one.body["items"] = many(one.body["items"], firewalls)
        if one.call == "compute.instances.aggregatedList":
            _spread(one.body["items"], instances)
        if one.call.endswith("getEffectiveFirewalls"):
            _without_secure_tags(one.body.get("firewallPolicys", []))
    return answers


def _without_secure_tags(policies: list[dict[str, Any]]) -> None:
    """Leave out the rules for which each interface under them is asked about by itself."""
    for policy in policies:
        policy["rules"] = [rule for rule in policy["rules"] if not rule.get("targetSecureTags")]


def _spread(scopes: dict[str, Any], instances: int) -> None:
    models = [item for scope in scopes.values() for item in scope.get("instances", [])]
    by_zone: dict[str, list[dict[str, Any]]] = {}
    for one in many(models, instances):
        by_zone.setdefault("zones/" + one["zone"].rpartition("/")[2], []).append(one)
    for zone, items in by_zone.items():
        scopes[zone] = {"instances": items}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--firewalls", type=int, default=10_000)
    words.add_argument("--instances", type=int, default=5_000)
    words.add_argument("--latency-ms", type=float, default=0)
    chosen = words.parse_args()
    answers = estate(chosen.firewalls, chosen.instances)
    with WireServer(
        Google(), methods_in(folder_of("gcp")), answers, latency=chosen.latency_ms / 1000
    ) as wire:

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
