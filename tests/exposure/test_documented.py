"""The example of `docs/exposure.md` is run as it stands there, on an account like the one that it speaks of."""

import re
from pathlib import Path

import pytest
from aws_cases import answers
from cases import ExposureCase
from scripted import Scripted, collect
from test_stores_aws import DATABASE

from scanner.exposure.exposures import Exposures
from scanner.inventory import Gap, Inventory, save
from scanner.models.resource import UnreadError
from scanner.providers.aws.sources import SOURCES

PAGE = Path(__file__).parents[2] / "docs" / "exposure.md"
WEB = {"p": "tcp", "from": 443, "to": 443, "src": ["0.0.0.0/0"]}
OFFICE = {"p": "tcp", "from": 5432, "to": 5432, "src": ["198.35.26.0/24"]}


def kept(folder: Path, *rules: dict[str, object], refused: bool = False) -> None:
    """Keep an inventory of a machine with a public address and a public database, both with these rules."""
    case = ExposureCase("", "aws", "", {"sg": [list(rules)], "eni": {"pub4": True}}, "", "", "")
    answered = {**answers(case), "rds:DescribeDBInstances": {"DBInstances": [DATABASE]}}
    (interface,) = answered["ec2:DescribeNetworkInterfaces"]["NetworkInterfaces"]
    interface["NetworkInterfaceId"] = "eni-0abc"
    collected = collect(Scripted(answered), SOURCES, Exposures.reads)
    gaps: list[Gap] = list(collected.gaps)
    resources = [one for one in collected.resources.values() if not (refused and one.kind() == "AccessList")]
    save(Inventory(resources, gaps), folder / "tonight.jsonl.zst")


def example() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(code)


def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    exec(compile(example(), str(PAGE), "exec"), names)  # noqa: S102 - what the page shows
    test = names["test_the_web_is_open_and_the_database_is_not"]
    assert callable(test)
    test()


def test_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, WEB, OFFICE)
    run(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "rules",
    [
        [OFFICE],
        [WEB, OFFICE, {"p": "tcp", "from": 22, "to": 22, "src": ["0.0.0.0/1"]}],
        [WEB, OFFICE, {"p": "tcp", "from": 5432, "to": 5432, "src": ["8.8.8.8/32"]}],
    ],
    ids=["web closed", "ssh open to half", "database open to one more"],
)
def test_it_fails(rules: list[dict[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, *rules)
    with pytest.raises(AssertionError):
        run(tmp_path, monkeypatch)


def test_it_says_what_was_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, WEB, OFFICE, refused=True)
    with pytest.raises(UnreadError, match="AccessList"):
        run(tmp_path, monkeypatch)
