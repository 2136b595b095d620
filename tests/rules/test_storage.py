"""What the examples of rules on storage cannot show: what is unread, what is not known, and how bad it is."""

import itertools

import pytest
from shipped import RULES

from scanner.engine import Outcome, Verdict, run_case
from scanner.models.account import Account
from scanner.models.resource import Code, Why
from scanner.models.storage import Bucket, PlainHttp, PublicBlock, PublicGrant
from scanner.rule import Case

DENIED = Why(code=Code.DENIED, permission="s3:GetIt")
GRANT = PublicGrant(who="everyone", may=("read",), said="s3:GetObject")
SHUT = PublicBlock(policies=True, acls=True)
OPEN = PublicBlock(policies=False, acls=False)
#: Each is how a block may be: missing, open, shut, or not read.
BLOCKS = {"none": None, "open": OPEN, "shut": SHUT, "unread": DENIED}


def facts(**given: object) -> dict[str, object]:
    """Arguments of a model: a `Why` in place of a value is an unread field."""
    return {
        **{name: value for name, value in given.items() if not isinstance(value, Why)},
        "unread": {name: value for name, value in given.items() if isinstance(value, Why)},
    }


def bucket(**given: object) -> Bucket:
    return Bucket.model_validate(facts(**given))


def judged(rule_id: str, subject: Bucket, *others: Account) -> Verdict:
    verdict = run_case(RULES[rule_id], Case(subject, others))
    assert verdict is not None
    return verdict


@pytest.mark.parametrize(("own", "account"), list(itertools.product(BLOCKS, BLOCKS)))
@pytest.mark.parametrize("by", ["policy_grants", "acl_grants"])
def test_one_block_that_holds_is_enough(by: str, own: str, account: str) -> None:
    grants: dict[str, object] = {"policy_grants": (), "acl_grants": (), by: (GRANT,)}
    subject = bucket(**grants, acls_disabled=False, public_block=BLOCKS[own])
    owner = Account.model_validate(facts(public_block=BLOCKS[account]))
    outcome = judged("bucket-public", subject, owner).outcome
    if "shut" in (own, account):
        assert outcome is Outcome.PASS
    elif "unread" in (own, account):
        assert outcome is Outcome.UNKNOWN
    else:
        assert outcome is Outcome.FAIL


def test_what_is_unread_does_not_matter_where_nothing_is_granted() -> None:
    subject = bucket(policy_grants=(), acl_grants=(), public_block=DENIED, acls_disabled=DENIED)
    assert judged("bucket-public", subject).outcome is Outcome.PASS


def test_the_block_of_the_bucket_covers_a_grant_of_which_nothing_is_known() -> None:
    subject = bucket(policy_grants=DENIED, acl_grants=(), public_block=SHUT)
    verdict = judged("bucket-public", subject)
    assert verdict.outcome is Outcome.PASS


@pytest.mark.parametrize("unread", ["policy_grants", "acl_grants"])
def test_a_grant_that_is_known_stands_though_the_other_is_unread(unread: str) -> None:
    grants: dict[str, object] = {"policy_grants": (GRANT,), "acl_grants": (GRANT,), unread: DENIED}
    subject = bucket(**grants, public_block=None, acls_disabled=False)
    verdict = judged("bucket-public", subject, Account(public_block=None))
    assert verdict.outcome is Outcome.FAIL
    assert len(verdict.messages) == 1
    assert [name for name, _ in verdict.unread] == [f"Bucket.{unread}"]


def test_an_unread_grant_is_not_a_pass() -> None:
    subject = bucket(policy_grants=(), acl_grants=DENIED, public_block=None, acls_disabled=False)
    assert judged("bucket-public", subject, Account(public_block=None)).outcome is Outcome.UNKNOWN


def test_acls_that_are_off_settle_it() -> None:
    subject = bucket(policy_grants=(), acl_grants=(GRANT,), acls_disabled=True, public_block=DENIED)
    assert judged("bucket-public", subject).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("may", "severity"),
    [
        (("read",), "high"),
        (("list",), "high"),
        (("read", "write"), "critical"),
        (("admin",), "critical"),
        (("other",), "medium"),
    ],
)
def test_writing_is_worse_than_reading(may: tuple[str, ...], severity: str) -> None:
    grant = PublicGrant(who="any account", may=may, said="...")
    subject = bucket(policy_grants=(grant,), acl_grants=(), public_block=None)
    assert judged("bucket-public", subject, Account(public_block=None)).severity == severity


@pytest.mark.parametrize(
    ("rule_id", "subject"),
    [
        (
            "bucket-public",
            bucket(
                policy_grants=(PublicGrant(who="everyone", may=("smell",), said="..."),),
                acl_grants=(),
                public_block=None,
            ),
        ),
        ("bucket-allows-plain-http", bucket(plain_http=PlainHttp(state="maybe", reasons=()))),
        ("bucket-without-versioning", bucket(versioning="paused", soft_delete_days=None)),
    ],
)
def test_a_value_that_is_not_known_is_never_a_pass(rule_id: str, subject: Bucket) -> None:
    verdict = judged(rule_id, subject, Account(public_block=None))
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.unread[0].why.code is Code.MALFORMED
