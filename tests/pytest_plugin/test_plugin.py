"""The plugin in a pytest of its own: verdicts as tests, the fixture `cloud`, and what a plain run pays."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xmlschema

from scanner.inventory import Gap, Header, Inventory, save
from scanner.models.database import Database
from scanner.models.endpoint import Address, Endpoint, Service
from scanner.models.network import Firewall, NetworkRule
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.models.routing import AccessList, Network, Route, RouteTable, Subnet
from scanner.models.storage import Volume

HERE = Scope(Cloud.AWS, "111122223333", "eu-west-1")
SCHEMA = Path(__file__).parents[1] / "schemas" / "junit-10.xsd"
ROOT = Path(__file__).parents[2]

# Each starts pytest anew: half a second.
pytestmark = pytest.mark.slow

Pytest = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Pytest:
    """Run pytest in an empty folder, in a process of its own."""

    def start(*words: str, code: str = "") -> "subprocess.CompletedProcess[str]":
        if code:
            (tmp_path / "test_mine.py").write_text(code)
        environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
        if "no:" not in " ".join(words):
            command[3:3] = ["-p", "surefoot"]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return start


def facts(kind: type[Resource], id_: str, **given: object) -> Resource:
    return kind.model_validate({"id": id_, "name": id_, "scope": HERE, **given})


def world(*blocks: str) -> list[Resource]:
    """A database with a public address whose group lets these blocks in to its port; one without; three volumes."""
    rule = {"ref": "sgr-1", "direction": "ingress", "action": "allow", "protocol": "tcp", "enabled": True}
    let_in = NetworkRule.model_validate(
        {**rule, "ports": [(5432, 5432)], "sources": blocks, "source_references": [], "unresolvable_sources": [],
         "from_internet": None, "destinations": []}
    )  # fmt: skip
    every = {"action": "allow", "protocol": "all", "ports": [], "priority": 100, "source_references": [],
             "unresolvable_sources": [], "from_internet": None, "enabled": True}  # fmt: skip
    both = [
        NetworkRule.model_validate(
            {**every, "ref": "rule 100", "direction": "ingress", "sources": ["0.0.0.0/0"], "destinations": []}
        ),
        NetworkRule.model_validate(
            {
                **every,
                "ref": "rule 100 out",
                "direction": "egress",
                "sources": [],
                "destinations": ["0.0.0.0/0"],
            }
        ),
    ]
    route = Route(
        destination="0.0.0.0/0", address_list=None, target="igw-1", to_internet=True, active=True, priority=0
    )
    address = Address(family=4, public="orders.example.org", private=None, blocked=False)
    return [
        facts(Database, "orders", public=True, members=()),
        facts(Database, "ledger", public=False, members=()),
        facts(
            Endpoint,
            "orders",
            owner="orders",
            addresses=[address],
            network="vpc-1",
            subnets=["subnet-1"],
            firewalls=["sg-1"],
            running=True,
            services=[Service(protocol="tcp", ports=(5432, 5432))],
            memberships=(),
            sources=None,
        ),
        facts(Firewall, "sg-1", rules=[let_in]),
        facts(Network, "vpc-1", internet_gateways=["igw-1"]),
        facts(Subnet, "subnet-1", network="vpc-1", unadvertised=(), block=None, block_exclusion=None),
        facts(RouteTable, "rtb-1", network="vpc-1", subnets=(), main=True, routes=[route]),
        facts(AccessList, "acl-1", subnets=["subnet-1"], rules=both),
        facts(Volume, "good", encrypted=True, tags={}),
        facts(Volume, "bad", encrypted=False, tags={}),
        facts(
            Volume, "unread", unread={"encrypted": {"code": "denied", "permission": "ec2:DescribeVolumes"}}
        ),
    ]


def inventory(path: Path, *resources: Resource, gaps: tuple[Gap, ...] = ()) -> Path:
    from scanner.models import kinds

    every = {name: tuple(kind.fact_fields()) for name, kind in kinds().items()}
    header = Header(every, (HERE,), started=datetime(2026, 11, 1, tzinfo=UTC), version="0")
    save(Inventory(list(resources), list(gaps), [], header), path)
    return path


class TestPlain:
    def test_a_run_that_does_not_ask_imports_nothing_of_the_scanner(self, run: Pytest) -> None:
        code = (
            "import sys\n"
            "def test_it():\n"
            "    ours = {m for m in sys.modules if m.split('.')[0] in ('scanner', 'rules')}\n"
            "    assert ours == {'scanner', 'scanner.pytest_plugin'}, ours\n"
            "    assert 'pydantic' not in sys.modules and 'boto3' not in sys.modules\n"
        )
        ran = run("-q", code=code)
        assert ran.returncode == 0, ran.stdout

    def test_a_test_without_the_fixture_keeps_its_traceback(self, run: Pytest) -> None:
        code = "from scanner.models.storage import Volume\ndef test_it():\n    assert Volume().encrypted\n"
        assert "test_mine.py:3" in run("-q", code=code).stdout

    def test_the_entry_point_is_declared(self) -> None:
        import tomllib

        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        assert project["entry-points"]["pytest11"] == {"surefoot": "scanner.pytest_plugin"}


class TestVerdicts:
    @pytest.fixture
    def kept(self, tmp_path: Path) -> Path:
        gap = Gap(HERE, "Bucket", Code.DENIED, "s3:ListAllMyBuckets", "s3:ListBuckets", "AccessDenied")
        (tmp_path / "surefoot.toml").write_text('select = ["volume-unencrypted"]\n')
        return inventory(tmp_path / "kept.jsonl", *world("0.0.0.0/0"), gaps=(gap,))

    def test_each_is_a_test(self, run: Pytest, kept: Path) -> None:
        ran = run("--surefoot", kept.name, "-v", "-rA")
        assert ran.returncode == 1
        assert "volume-unencrypted[good] PASSED" in ran.stdout
        assert "volume-unencrypted[bad] FAILED" in ran.stdout
        assert "volume-unencrypted[unread] ERROR" in ran.stdout
        assert "not-read[aws:111122223333/eu-west-1 Bucket] ERROR" in ran.stdout
        assert "1 failed, 1 passed, 2 errors" in ran.stdout

    def test_failures_are_words(self, run: Pytest, kept: Path) -> None:
        out = run("--surefoot", kept.name).stdout
        assert "the data on the volume is not encrypted" in out
        assert "could not read Volume.encrypted: ec2:DescribeVolumes" in out
        assert "s3:ListAllMyBuckets" in out
        assert "Traceback" not in out
        assert "pytest_plugin.py" not in out

    def test_unknown_is_never_a_pass(self, run: Pytest, kept: Path) -> None:
        ran = run("--surefoot", kept.name, "-k", "unread")
        assert ran.returncode == 1
        assert "1 error" in ran.stdout

    @pytest.mark.parametrize(
        ("choice", "said"),
        [
            (("-m", "medium", "-k", "good"), "1 passed"),
            (("-m", "critical"), "no tests ran|deselected"),
            (("-k", "bad"), "1 failed"),
            (("-k", "Volume and good"), "1 passed"),
        ],
    )
    def test_choosing(self, choice: tuple[str, ...], said: str, run: Pytest, kept: Path) -> None:
        assert re.search(said, run("--surefoot", kept.name, *choice).stdout)

    def test_a_run_says_the_same_as_its_inventory(self, run: Pytest, kept: Path, tmp_path: Path) -> None:
        written = subprocess.run(
            [sys.executable, "-m", "scanner", "evaluate", kept.name, "-o", "jsonl", "--fail-on", "never"],
            cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        (tmp_path / "run.jsonl").write_text(written.stdout)
        saved, again = (run("--surefoot", name, "-rA", "-q").stdout for name in (kept.name, "run.jsonl"))
        lines = [
            re.findall(r"^(?:PASSED|FAILED|ERROR) \S+?::(.*?)(?: - .*)?$", out, re.MULTILINE)
            for out in (saved, again)
        ]
        assert sorted(lines[0]) == sorted(lines[1])
        assert len(lines[0]) == 4

    def test_a_run_that_was_cut_short_is_no_success(self, run: Pytest, tmp_path: Path) -> None:
        head = {"type": "run", "schema": 1, "started": "2026-11-01T00:00:00Z", "rules": {},
                "scopes": [{"provider": "aws", "account": "1", "region": "global"}]}  # fmt: skip
        (tmp_path / "run.jsonl").write_text(json.dumps(head) + "\n")
        ran = run("--surefoot", "run.jsonl")
        assert ran.returncode == 1
        assert "was cut short" in ran.stdout

    def test_junit_is_valid(self, run: Pytest, kept: Path, tmp_path: Path) -> None:
        run("--surefoot", kept.name, "--junitxml", "out.xml")
        xmlschema.XMLSchema(SCHEMA).validate(tmp_path / "out.xml")
        assert 'errors="2" failures="1"' in (tmp_path / "out.xml").read_text()

    def test_with_workers(self, run: Pytest, kept: Path) -> None:
        ran = run("--surefoot", kept.name, "-n", "2")
        assert "1 failed, 1 passed, 2 errors" in ran.stdout

    def test_beside_tests_of_ones_own(self, run: Pytest, kept: Path) -> None:
        ran = run(
            "--surefoot", kept.name, "test_mine.py", "-k", "good or mine", code="def test_mine(): pass\n"
        )
        assert "2 passed" in ran.stdout
        alone = run("--surefoot", kept.name, "-k", "good or mine")
        assert "1 passed" in alone.stdout

    @pytest.mark.parametrize(("text", "said"), [("", "empty"), ("{}\n", "type"), ("x", "not JSON")])
    def test_a_file_that_is_neither(self, text: str, said: str, run: Pytest, tmp_path: Path) -> None:
        (tmp_path / "it.jsonl").write_text(text)
        ran = run("--surefoot", "it.jsonl")
        assert ran.returncode == 2
        assert said in ran.stdout
        assert "Traceback" not in ran.stdout

    def test_a_file_that_is_not_there(self, run: Pytest) -> None:
        ran = run("--surefoot", "nowhere.jsonl")
        assert ran.returncode == 4
        assert "no such file" in ran.stderr

    def test_what_is_accepted_is_skipped(self, run: Pytest, kept: Path, tmp_path: Path) -> None:
        (tmp_path / "accepted.toml").write_text(
            '[[waiver]]\nrule = "volume-unencrypted"\nresource = "bad"\nreason = "a test"\nowner = "me"\n'
            "until = 2026-12-31\n"
        )
        with (tmp_path / "surefoot.toml").open("a") as file:
            file.write('[waivers]\nfile = "accepted.toml"\n')
        ran = run("--surefoot", kept.name, "-k", "bad", "-rs")
        assert "1 skipped" in ran.stdout, ran.stdout
        assert "accepted: a test" in ran.stdout


OFFICE = (
    "def test_database_only_from_office(cloud):\n"
    "    assert cloud.database('orders').reachable_from('8.8.8.0/24', port=5432).only\n"
)


class TestCloud:
    def test_only_from_the_office(self, run: Pytest, tmp_path: Path) -> None:
        inventory(tmp_path / "kept.jsonl", *world("8.8.8.0/24"))
        ran = run("--surefoot-cloud", "kept.jsonl", code=OFFICE)
        assert ran.returncode == 0, ran.stdout

    def test_a_failure_shows_the_rule(self, run: Pytest, tmp_path: Path) -> None:
        inventory(tmp_path / "kept.jsonl", *world("8.8.8.0/24", "9.9.9.0/24"))
        ran = run("--surefoot-cloud", "kept.jsonl", code=OFFICE)
        assert ran.returncode == 1
        assert "others than 8.8.8.0/24 reach tcp 5432 of database orders" in ran.stdout
        assert "sgr-1" in ran.stdout

    def test_what_the_office_cannot_reach_is_not_only_from_there(self, run: Pytest, tmp_path: Path) -> None:
        inventory(tmp_path / "kept.jsonl", *world("9.9.9.0/24"))
        assert run("--surefoot-cloud", "kept.jsonl", code=OFFICE).returncode == 1

    def test_what_was_not_read_is_neither_yes_nor_no(self, run: Pytest, tmp_path: Path) -> None:
        resources = [one for one in world("8.8.8.0/24") if not isinstance(one, Firewall)]
        gap = Gap(HERE, "Firewall", Code.DENIED, "ec2:DescribeSecurityGroups")
        inventory(tmp_path / "kept.jsonl", *resources, gaps=(gap,))
        ran = run("--surefoot-cloud", "kept.jsonl", code=OFFICE)
        assert ran.returncode == 1
        assert "could not be read, so that nothing is known" in ran.stdout
        assert "ec2:DescribeSecurityGroups" in ran.stdout
        assert "Traceback" not in ran.stdout

    def test_facts_and_names(self, run: Pytest, tmp_path: Path) -> None:
        inventory(tmp_path / "kept.jsonl", *world("8.8.8.0/24"))
        code = (
            "import pytest\n"
            "def test_facts(cloud):\n"
            "    assert not cloud.volume('bad').encrypted\n"
            "    assert [one.name for one in cloud.every('Volume')] == ['good', 'bad', 'unread']\n"
            "    assert not cloud.database('ledger').reachable_from('0.0.0.0/0', port=5432)\n"
            "    assert not cloud.database('orders').reachable_from('0.0.0.0/0', port=22)\n"
            "    assert cloud.endpoint('orders').reachable_from('8.8.8.8', '9.9.9.9', port=5432)\n"
            "def test_no_name(cloud):\n"
            "    cloud.volume('nobody')\n"
            "def test_unread(cloud):\n"
            "    assert cloud.volume('unread').encrypted\n"
        )
        ran = run("--surefoot-cloud", "kept.jsonl", code=code)
        assert "2 failed, 1 passed" in ran.stdout, ran.stdout
        assert "nobody: no Volume has this name or id; there is bad, good, unread" in ran.stdout
        assert "Volume.encrypted: ec2:DescribeVolumes" in ran.stdout

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ((), "needs --surefoot-cloud SOURCE"),
            (("--surefoot-cloud", "nowhere.jsonl"), "neither clouds"),
        ],
    )
    def test_without_a_source(self, words: tuple[str, ...], said: str, run: Pytest) -> None:
        ran = run(*words, code=OFFICE)
        assert ran.returncode != 0
        assert said in ran.stdout
