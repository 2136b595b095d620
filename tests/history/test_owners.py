"""Who answers for what: the first rule that fits, and nobody where none does. What is dropped before it is kept."""

from pathlib import Path

import pytest
from runs_made_up import HERE, THERE, verdict

from scanner.config import Config, ConfigError, OwnerRule, OwnersTable, RedactTable, load
from scanner.models.resource import Cloud, Code, Scope, Why
from scanner.models.storage import Bucket
from scanner.owners import AccountName, Owners
from scanner.redact import DROPPED, redacted

WWW = "arn:aws:s3:::www"


def bucket(**tags: str) -> Bucket:
    return Bucket(id=WWW, scope=HERE, tags=tags)


def owner(*rules: OwnerRule, path: str = "", named: AccountName | None = None, **tags: str) -> str:
    ou: dict[str, tuple[str, ...]] = {"production": ("1111*", "gcp:acme-*")}
    names = {} if named is None else {("aws", HERE.account): named}
    owners = Owners(OwnersTable(rules=rules, ou=ou), names)
    owners.meet(bucket(**tags))
    return owners.owner("Bucket", WWW, HERE, path)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (OwnerRule(owner="web", tag={"team": "web*"}), True),
        (OwnerRule(owner="web", tag={"team": "pay*"}), False),
        (OwnerRule(owner="web", tag={"other": "*"}), False),
        (OwnerRule(owner="web", account="1111*"), True),
        (OwnerRule(owner="web", account="aws:111122223333"), True),
        (OwnerRule(owner="web", account="4444*"), False),
        (OwnerRule(owner="web", ou="production"), True),
        (OwnerRule(owner="web", ou="staging"), False),
        (OwnerRule(owner="web", path="teams/web/*"), True),
        (OwnerRule(owner="web", path="teams/pay/*"), False),
        (OwnerRule(owner="web", tag={"team": "web*"}, account="4444*"), False),
    ],
)
def test_every_pattern_of_a_rule_has_to_fit(rule: OwnerRule, *, fits: bool) -> None:
    assert owner(rule, path="teams/web/main.tf", team="web-shop") == ("web" if fits else "")


def test_the_first_rule_that_fits_counts() -> None:
    first, second = OwnerRule(owner="a", account="1111*"), OwnerRule(owner="b", account="*")
    assert owner(first, second) == "a"
    assert owner(second, first) == "b"


def test_the_owner_can_be_what_a_tag_says() -> None:
    rule = OwnerRule(owner="team {team}", tag={"team": "*"})
    assert owner(rule, team="pay") == "team pay"
    assert owner(OwnerRule(owner="{team}")) == ""
    assert owner(OwnerRule(owner="{team}"), OwnerRule(owner="ops"), team="") == "ops"


def test_an_account_has_an_owner_where_no_rule_fits() -> None:
    named = AccountName("shop", "production", "shop-team")
    assert owner(named=named) == "shop-team"
    assert owner(OwnerRule(owner="web", account="*"), named=named) == "web"


def test_tags_that_were_not_read_name_nobody() -> None:
    owners = Owners(OwnersTable(rules=(OwnerRule(owner="{team}"), OwnerRule(owner="ops"))))
    owners.meet(Bucket(id=WWW, scope=HERE, unread={"tags": Why(code=Code.DENIED)}))
    assert owners.owner("Bucket", WWW, HERE) == "ops"


def test_verdicts_are_owned_and_accounts_named() -> None:
    names = {("azure", "0aa8e6d4"): AccountName("sub", "test")}
    owners = Owners(OwnersTable(rules=(OwnerRule(owner="web", account=HERE.account),)), names)
    ours, theirs = verdict(WWW), verdict(WWW, scope=THERE)._replace(resource="arn:aws:s3:::other")
    assert owners.of([ours, theirs], {}) == {ours.fingerprint: "web"}
    scope = Scope(Cloud.AZURE, "0AA8E6D4")
    assert owners.accounts([scope, HERE]) == {("azure", "0AA8E6D4"): names["azure", "0aa8e6d4"]}


def test_tags_are_read_only_where_a_rule_asks() -> None:
    assert Owners().tag_names == frozenset()
    table = OwnersTable(rules=(OwnerRule(owner="{a}", tag={"b": "*"}), OwnerRule(owner="c")))
    assert Owners(table).tag_names == {"a", "b"}


def test_values_are_dropped_by_the_name_of_their_tag_or_by_themselves() -> None:
    table = RedactTable(tags=("*secret*",), values=("*@example.com",))
    kept = redacted(bucket(team="web", db_secret="x", mail="a@example.com"), table)
    assert kept.tags == {"team": "web", "db_secret": DROPPED, "mail": DROPPED}
    plain = bucket(team="web")
    assert redacted(plain, table) is plain
    assert redacted(plain, RedactTable()) is plain


def test_the_tables_are_read_from_surefoot_toml(tmp_path: Path) -> None:
    path = tmp_path / "surefoot.toml"
    path.write_text(
        '[history]\nurl = "h.db"\n[[owners.rules]]\nowner = "{team}"\ntag = { team = "*" }\n'
        '[owners.ou]\nproduction = ["1111*"]\n[redact]\ntags = ["*secret*"]\n'
    )
    found = load(path)
    assert found.history.url == str(tmp_path / "h.db")
    assert found.owners.rules[0].tag == {"team": "*"}
    assert found.redact.tags == ("*secret*",)
    assert Config().history.url == ""
    path.write_text('[[owners.rules]]\ntag = { team = "*" }\n')
    with pytest.raises(ConfigError, match="owner"):
        load(path)
