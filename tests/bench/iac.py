"""How long it takes to lead findings to their lines: `python tests/bench/iac.py`.

300 files of Terraform: 25 roots of 4 files, which call modules of a shared library of 200, each called with `for_each`.
The state has 5,000 buckets and groups with the resources that carry their settings; each has one finding. Counted is
all of it: reading the code and the states, saying who manages each resource, and finding the line of each finding.
"""

import json
import random
import sys
import tempfile
import time
from pathlib import Path

from scanner.iac import Ownership, StateFile, Subject
from scanner.iac.settings import settings_of
from scanner.models.network import Firewall
from scanner.models.resource import Cloud, Resource, Scope
from scanner.models.storage import Bucket

ROOTS, CALLS, RESOURCES = 25, 4, 5_000
MODULES = 200
SCOPE = Scope(Cloud.AWS, "111122223333", "eu-west-1")
MESSAGE = "tcp 22 is open to the whole internet (IPv4) by tcp 22 from 0.0.0.0/0"

_RULE = """resource "aws_vpc_security_group_ingress_rule" "{name}" {{
  security_group_id = aws_security_group.this.id
  ip_protocol       = "tcp"
  from_port         = {port}
  to_port           = {port}
  cidr_ipv4         = "0.0.0.0/0"
}}
"""
_MODULE = (
    """resource "aws_s3_bucket" "this" {
  bucket = var.name
}
resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration {
    status = "Suspended"
  }
}
resource "aws_security_group" "this" {
  name = var.name
}
"""
    + _RULE.format(name="web", port=443)
    + _RULE.format(name="ssh", port=22)
)
_FILLER = 'resource "aws_iam_role" "r{n}" {{\n  name = "role-{n}"\n  tags = {{ team = "a", n = "{n}" }}\n}}\n'


def _code(folder: Path) -> None:
    for number in range(MODULES):
        path = folder / "library" / f"m{number}" / "main.tf"
        path.parent.mkdir(parents=True)
        path.write_text(_MODULE + "".join(_FILLER.format(n=n) for n in range(40)))
    for root in range(ROOTS):
        for call in range(CALLS):
            path = folder / "live" / f"root{root}" / f"part{call}.tf"
            path.parent.mkdir(parents=True, exist_ok=True)
            calls = (
                f'module "c{number}" {{\n  source = "../../library/m{number}"\n  for_each = var.names\n}}\n'
                for number in range(
                    root * MODULES // ROOTS + call * 2, root * MODULES // ROOTS + call * 2 + 2
                )
            )
            path.write_text("".join(calls) + "".join(_FILLER.format(n=n) for n in range(60)))


def _state(root: int, count: int) -> tuple[dict[str, object], list[Resource]]:
    live: list[Resource] = []
    blocks: dict[tuple[str, str, str], list[dict[str, object]]] = {}

    def add(module: str, type_: str, name: str, **attributes: str) -> None:
        block = blocks.setdefault((module, type_, name), [])
        block.append({"attributes": {**attributes, "policy": "x" * 400, "tags": {"secret": "y" * 100}}})

    for number in range(count):
        call = root * MODULES // ROOTS + number % (MODULES // ROOTS)
        module, name = f'module.c{call}["n{number}"]', f"r{root}-n{number}"
        if number % 2:
            add(module, "aws_s3_bucket", "this", id=name, arn=f"arn:aws:s3:::{name}")
            add(module, "aws_s3_bucket_versioning", "this", id=name, bucket=name)
            live.append(Bucket(id=f"arn:aws:s3:::{name}", scope=SCOPE))
        else:
            id_ = f"sg-{random.Random(name).randrange(16**17):017x}"  # noqa: S311 - made up
            arn = f"arn:aws:ec2:eu-west-1:111122223333:security-group/{id_}"
            add(module, "aws_security_group", "this", id=id_, arn=arn)
            for rule in ("web", "ssh"):
                add(
                    module,
                    "aws_vpc_security_group_ingress_rule",
                    rule,
                    id=f"sgr-{name}-{rule}",
                    security_group_id=id_,
                )
            live.append(Firewall(id=arn, scope=SCOPE))
    resources = [
        {"module": module, "mode": "managed", "type": type_, "name": name, "instances": instances}
        for (module, type_, name), instances in blocks.items()
    ]
    return {"version": 4, "resources": resources}, live


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / ".git").mkdir()
        _code(folder)
        live: list[Resource] = []
        states = []
        for root in range(ROOTS):
            state, resources = _state(root, RESOURCES // ROOTS)
            path = folder / f"{root}.json"
            path.write_text(json.dumps(state))
            states.append(StateFile(path, folder / "live" / f"root{root}"))
            live += resources
        lines = sum(len(path.read_bytes().splitlines()) for path in folder.rglob("*.tf"))
        began, work = time.perf_counter(), time.process_time()
        ownership = Ownership(folder, states)
        read = time.perf_counter()
        managed = sum(ownership.marked(one).managed_by is not None for one in live)
        marked = time.perf_counter()
        settings = {
            "Bucket": settings_of("Bucket", ["versioning"]),
            "Firewall": settings_of("Firewall", ["rules"]),
        }
        places = [
            ownership.locate(Subject(one.scope, one.kind(), one.id), settings[one.kind()], [MESSAGE])
            for one in live
        ]
        ended, work = time.perf_counter(), time.process_time() - work
        found = {place.line for place in places if place is not None}
    files = ownership.sources.files if ownership.sources else 0
    sys.stdout.write(
        f"{files} files, {lines:,} lines, {len(states)} states, {len(live):,} resources\n"
        f"read {read - began:.2f} s, marked {marked - read:.2f} s, located {ended - marked:.2f} s, "
        f"in all {ended - began:.2f} s, of the processor {work:.2f} s\n"
        f"{managed:,} managed; lines {sorted(found)}; without a line: {places.count(None)}\n"
    )


if __name__ == "__main__":
    main()
