"""Who owns a resource stands on it before it is judged, so that a rule may ask; and what is missing is said."""

import sys

import estate
import pytest

from scanner.config import Config
from scanner.engine import Outcome, Tuned, World, judge
from scanner.iac import MissingExtraError, Ownership, StateFile
from scanner.iac.hcl import _parser
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
    only_code = Ownership(None, [])
    scan.known = Known(ownership=only_code)
    assert {one.outcome for one in scan.saved(estate.INVENTORY).verdicts} == {Outcome.FAIL}


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
