"""The exposure of a saved inventory, as lines and as a table, and one packet's way: through the command."""

import json
from pathlib import Path
from typing import Any

import pytest
from test_aws_chains import BALANCER, EC2, HOUSE, SCOPE, balancer, gap, group, interface, listener, rule
from typer.testing import CliRunner

from scanner.cli import app, commands
from scanner.exposure.exposures import reads_of
from scanner.inventory import Gap, Header, Inventory, save
from scanner.models.resource import Cloud, Code, Resource, Why
from scanner.models.routing import RouteTable

commands.register(app)


def kept(
    folder: Path, *resources: Resource, gaps: tuple[Gap, ...] = (), kinds: dict[str, Any] | None = None
) -> Path:
    path = folder / "kept.jsonl"
    asked = {kind.kind(): tuple(sorted(fields)) for kind, fields in reads_of(Cloud.AWS).items()}
    header = Header(asked if kinds is None else kinds, (SCOPE,))
    save(Inventory([*HOUSE, *resources], list(gaps), [], header), path)
    return path


def run(*words: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    error = f"{result.exception}" if result.exception and not isinstance(result.exception, SystemExit) else ""
    return result.exit_code, result.stdout, error


def lines(path: Path) -> list[dict[str, Any]]:
    code, out, _ = run("exposure", path, "-o", "jsonl")
    assert code in {0, 3}
    return [json.loads(line) for line in out.splitlines()]


class TestLines:
    def test_an_endpoint(self, tmp_path: Path) -> None:
        one, end = lines(kept(tmp_path, interface()))
        assert one == {
            "type": "exposure",
            "provider": "aws",
            "account": "123456789012",
            "region": "eu-west-1",
            "name": "eni-1",
            "endpoint": EC2 + "network-interface/eni-1",
            "owner": "i-1",
            "addresses": ["54.1.1.1"],
            "effective": [
                {
                    "family": 4,
                    "protocol": "tcp",
                    "ports": [22, 22],
                    "class": "W",
                    "sources": ["0.0.0.0/0"],
                    "via": [
                        "rtb-1 0.0.0.0/0 to igw-1",
                        "acl-1 rule 100",
                        "acl-1 rule 100 out",
                        "sg-1 tcp 22 from 0.0.0.0/0",
                    ],
                }
            ],
            "rule_level": [
                {
                    "family": 4,
                    "protocol": "tcp",
                    "ports": [22, 22],
                    "class": "W",
                    "sources": ["0.0.0.0/0"],
                    "via": ["sg-1 tcp 22 from 0.0.0.0/0"],
                }
            ],
        }
        assert end == {
            "type": "end",
            "complete": True,
            "counts": {"endpoints": 1, "firewalls": 0, "gaps": 0},
        }

    def test_a_firewall_on_nothing(self, tmp_path: Path) -> None:
        one, end = lines(kept(tmp_path))
        assert (one["type"], one["firewall"]) == ("firewall", EC2 + "security-group/sg-1")
        assert one["attached"] is False
        assert [(each["ports"], each["class"]) for each in one["rule_level"]] == [([22, 22], "W")]
        assert end["counts"] == {"endpoints": 0, "firewalls": 1, "gaps": 0}

    def test_a_firewall_of_which_it_is_not_known(self, tmp_path: Path) -> None:
        one, told, end = lines(kept(tmp_path, gaps=(gap("Endpoint"),)))
        assert (one["type"], one["attached"], told["type"], told["kind"]) == (
            "firewall",
            None,
            "gap",
            "Endpoint",
        )
        assert end["counts"]["gaps"] == 1

    def test_parts_are_not_told_twice(self, tmp_path: Path) -> None:
        part = interface("eni-2", owner="ELB app/web/50dc6c495c0c9188")
        told = lines(kept(tmp_path, balancer(), listener(), part))
        assert [one["endpoint"] for one in told if one["type"] == "exposure"] == [BALANCER]

    def test_what_was_never_asked_is_a_gap(self, tmp_path: Path) -> None:
        told = lines(kept(tmp_path, kinds={"Endpoint": (), "Firewall": ()}))
        assert {one["kind"] for one in told if one["type"] == "gap"} == {
            kind.kind() for kind in reads_of(Cloud.AWS)
        } - {"Endpoint", "Firewall"}

    def test_what_was_not_read(self, tmp_path: Path) -> None:
        lost = group(name="sg-2", unread=Why(code=Code.DENIED, permission="p"))
        told = lines(kept(tmp_path, interface(owner=Why(code=Code.DENIED)), lost))
        assert [one.get("unread", "") for one in told] == ["", "Firewall.rules: p", ""]
        assert told[0]["owner"] is None

    def test_exit_codes(self, tmp_path: Path) -> None:
        assert run("exposure", kept(tmp_path, interface()))[0] == 0
        missing = kept(tmp_path, interface(), gaps=(gap("Listener"),))
        assert run("exposure", missing)[0] == 3
        assert run("exposure", missing, "--allow-gaps")[0] == 0
        assert run("exposure", kept(tmp_path, interface(running=Why(code=Code.DENIED))))[0] == 3

    def test_to_a_file(self, tmp_path: Path) -> None:
        out = tmp_path / "out.jsonl"
        assert run("exposure", kept(tmp_path, interface()), "-o", f"jsonl={out}") == (0, "", "")
        assert len(out.read_text().splitlines()) == 2

    def test_one_region(self, tmp_path: Path) -> None:
        elsewhere = interface("eni-2").model_copy(update={"scope": SCOPE._replace(region="us-east-1")})
        _, out, _ = run(
            "exposure", kept(tmp_path, interface(), elsewhere), "-o", "jsonl", "--region", "aws:us-east-1"
        )
        assert [json.loads(one)["name"] for one in out.splitlines()[:-1]] == ["eni-2"]

    def test_a_format_that_is_none(self, tmp_path: Path) -> None:
        code, _, error = run("exposure", kept(tmp_path), "-o", "sarif")
        assert (code, error) == (1, "-o sarif: FORMAT is one of table, jsonl, alone or as FORMAT=PATH")


def test_table(tmp_path: Path) -> None:
    rules = rule(), rule(ref="tcp 80 from 8.8.8.0/24", ports=((80, 80),), sources=("8.8.8.0/24",))
    spare = group(rule(ref="all from ::/0", protocol="all", ports=(), sources=("::/0",)), name="sg-2")
    path = kept(tmp_path, interface(), balancer(), interface("eni-3", addresses=()), group(*rules), spare)
    code, out, _ = run("exposure", path)
    assert code == 0
    assert out.splitlines() == [
        "reachable from the internet",
        "  eni-1 of i-1 at 54.1.1.1",
        "    by rtb-1 0.0.0.0/0 to igw-1, acl-1 rule 100, acl-1 rule 100 out, and:",
        "    tcp 22 (IPv4)  everyone  by sg-1 tcp 22 from 0.0.0.0/0",
        "    tcp 80 (IPv4)  few       by sg-1 tcp 80 from 8.8.8.0/24",
        "",
        "firewalls that let the internet in, on nothing that was read",
        "  security-group/sg-2",
        "    tcp 0-65535 (IPv6)  everyone  by all from ::/0",
        "    udp 0-65535 (IPv6)  everyone  by all from ::/0",
        "",
        "3 endpoints, 1 reachable, 1 firewall on nothing that was read",
    ]


class TestReach:
    def test_what_decides_at_each_layer(self, tmp_path: Path) -> None:
        code, out, _ = run("reach", "eni-1", "--port", "22", "--from", "8.8.8.8", kept(tmp_path, interface()))
        assert code == 0
        assert out.splitlines() == [
            "tcp 22 from 8.8.8.8 to eni-1",
            "  address          passed on",
            "  route            passed on  rtb-1 0.0.0.0/0 to igw-1",
            "  network ACL in   passed on  acl-1 rule 100",
            "  network ACL out  passed on  acl-1 rule 100 out",
            "  security groups  let in     sg-1 tcp 22 from 0.0.0.0/0",
            "reachable",
        ]

    def test_where_it_ends(self, tmp_path: Path) -> None:
        _, out, _ = run("reach", "54.1.1.1", "--port", "23", "--from", "8.8.8.8", kept(tmp_path, interface()))
        assert out.splitlines()[-2:] == [
            "  security groups  stopped    no rule of a security group matches",
            "not reachable",
        ]

    def test_where_something_was_not_read(self, tmp_path: Path) -> None:
        path = kept(
            tmp_path, interface(running=Why(code=Code.DENIED, permission="ec2:DescribeInstanceStatus"))
        )
        code, out, _ = run("reach", "eni-1", "--port", "22", "--from", "8.8.8.8", path)
        assert code == 3
        assert "perhaps passed on  not read: Endpoint.running: ec2:DescribeInstanceStatus" in out
        assert out.splitlines()[-1] == "not known: something that was not read decides"

    def test_addresses_that_nobody_has(self, tmp_path: Path) -> None:
        """People write examples with them: they are walked like any other, and the answer says what they are."""
        _, out, _ = run(
            "reach", "eni-1", "--port", "22", "--from", "198.51.100.7", kept(tmp_path, interface())
        )
        assert "reachable" in out.splitlines()
        assert "198.51.100.0/24 (Documentation (TEST-NET-2)): nobody on the internet has it" in out

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["eni-9", "--port", "22", "--from", "8.8.8.8"], "eni-9: no endpoint has this id or name"),
            (["eni-1", "--port", "22"], "--from: say who sends"),
            (["eni-1", "--from", "8.8.8.8"], "a packet of protocol 'tcp' has a port"),
            (["eni-1", "--port", "22", "--from", "8.8.8.0/24"], "is not an IPv4 or IPv6 address"),
            (["eni-1", "--port", "1", "--from", "8.8.8.8", "--protocol", "x"], "unknown protocol 'x'"),
        ],
    )
    def test_wrong_words(self, words: list[str], said: str, tmp_path: Path) -> None:
        code, _, error = run("reach", *words, kept(tmp_path, interface()))
        assert code == 1  # main() makes it 2
        assert said in error

    def test_every_way_that_differs(self, tmp_path: Path) -> None:
        zones = balancer(subnets=("subnet-1", "subnet-2"))
        other = RouteTable(
            id=EC2 + "route-table/rtb-2",
            scope=SCOPE,
            network="vpc-1",
            subnets=("subnet-2",),
            main=False,
            routes=(),
        )
        path = kept(tmp_path, zones, listener(), other, subnet_2())
        _, out, _ = run("reach", "web", "--port", "22", "--from", "8.8.8.8", path)
        assert "way 2 of 2" in out
        assert "stopped    no route back to the internet" in out
        assert out.splitlines()[-1] == "reachable"


def subnet_2() -> Resource:
    from test_aws_chains import subnet

    return subnet("subnet-2")


def test_rules_of_one_group_are_told_together(tmp_path: Path) -> None:
    halves = (rule(ref="lower", sources=("0.0.0.0/1",)), rule(ref="upper", sources=("128.0.0.0/1",)))
    code, out, _ = run(
        "exposure", kept(tmp_path, interface(firewalls=("sg-2",)), group(*halves, name="sg-2"))
    )
    assert code == 0
    before, own = out.split("and:")
    assert "lower" not in before
    assert "by sg-2 lower, sg-2 upper" in " ".join(own.split())


def test_a_group_without_a_rule_is_closed_and_not_unknown(tmp_path: Path) -> None:
    empty = group(name="sg-2").model_copy(update={"rules": ()})
    one, _ = lines(kept(tmp_path, interface(firewalls=("sg-2",)), empty))[:2]
    assert (one["effective"], one["rule_level"]) == ([], [])
