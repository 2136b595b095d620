"""Who owns a resource stands on it before it is judged, so that a rule may ask; and what is missing is said."""

import json
import sys
from pathlib import Path

import estate
import pytest

from scanner.config import Config
from scanner.engine import Outcome, Tuned, World, judge
from scanner.iac import MissingExtraError, Ownership, StateFile
from scanner.iac.hcl import _parser
from scanner.models.resource import Cloud
from scanner.models.storage import Bucket
from scanner.report.known import Known
from scanner.rule import NOW, Problems, Severity, rule
from scanner.run import Choice, Scan


@rule(
    "bucket-without-code",
    severity=Severity.LOW,
    passes={"in a state": Bucket(managed_by="terraform aws_s3_bucket.b")},
    fails={"made by hand": Bucket(managed_by=None)},
    fix={},
)
def bucket_without_code(bucket: Bucket) -> Problems:
    """Bucket is managed by no code."""
    if bucket.managed_by is None:
        yield "no code makes it"


def test_a_rule_may_ask_who_owns_a_resource() -> None:
    scan = Scan(Config(), Choice(), [Tuned(bucket_without_code)])
    assert [one for one in scan.saved(estate.INVENTORY).verdicts if one.rule == "bucket-without-code"] == []
    scan.known = Known(ownership=Ownership(None, [StateFile(estate.STATE)]))
    verdicts = scan.saved(estate.INVENTORY).verdicts
    assert {one.outcome for one in verdicts} == {Outcome.PASS}
    assert len(verdicts) == 7


def test_code_says_nothing_of_a_cloud_that_no_state_is_of(tmp_path: Path) -> None:
    scan = Scan(Config(), Choice(), [Tuned(bucket_without_code)])
    scan.known = Known(ownership=Ownership(estate.FOLDER, []))
    assert list(scan.saved(estate.INVENTORY).verdicts) == [], (
        "code without its states tells what may be, not what is"
    )
    other = {
        "mode": "managed",
        "type": "aws_vpc",
        "name": "v",
        "instances": [{"attributes": {"id": "vpc-1"}}],
    }
    (tmp_path / "x.tfstate").write_text(json.dumps({"version": 4, "resources": [other]}))
    scan.known = Known(ownership=Ownership(None, [StateFile(tmp_path / "x.tfstate")]))
    verdicts = scan.saved(estate.INVENTORY).verdicts
    assert {(one.outcome, one.scope.cloud) for one in verdicts} == {(Outcome.FAIL, Cloud.AWS)}


def test_without_code_there_is_no_verdict_and_no_unknown() -> None:
    tuned = Tuned(bucket_without_code)
    assert judge(tuned, Bucket(), World([tuned]), NOW) is None


@pytest.mark.parametrize("package", ["tree_sitter", "tree_sitter_hcl"])
def test_a_missing_package_is_said_with_its_install_line(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    _parser.cache_clear()
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'surefoot\[iac\]'"):
        Ownership(estate.FOLDER, [])
    _parser.cache_clear()


def test_states_alone_need_no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    _parser.cache_clear()
    for package in ("tree_sitter", "tree_sitter_hcl", "yaml"):
        monkeypatch.setitem(sys.modules, package, None)
    ownership = Ownership(None, [StateFile(estate.STATE)])
    assert next(iter(ownership.described("arn:aws:s3:::estate-downloads"))).endswith("its code is not here")
    _parser.cache_clear()
