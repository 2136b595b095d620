"""accounts.toml: what it says, what it may not say, and what differs by environment."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from scanner.accounts import Accounts, load
from scanner.config import Config, ConfigError, RuleTable
from scanner.models.resource import Cloud
from scanner.packs import load as load_packs
from scanner.rule import Severity
from scanner.runs.signing import Choice, _settings_for
from scanner.tuning import tune_for

GOOD = """
[[account]]
cloud = "aws"
id = "111111111111"
name = "payments"
environment = "prod"
owner = "payments@example.com"
role = "audit"
external_id = "nightly"
regions = ["eu-west-1"]

[[account]]
cloud = "azure"
id = "AAAAAAAA-0000-4000-8000-000000000001"
environment = "dev"

[[account]]
cloud = "gcp"
id = "shop-dev"

[environments.prod.rules.bucket-public]
severity = "critical"

[environments.dev.rules.database-without-backup]
days = 1
severity = "info"

[environments.dev.rules.volume-unencrypted]
enabled = false
"""


AWS = '[[account]]\ncloud = "aws"\nid = "1"\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "accounts.toml"
    path.write_text(text)
    return path


@pytest.fixture
def good(tmp_path: Path) -> Accounts:
    return load(written(tmp_path, GOOD))


def test_accounts_of_all_clouds(good: Accounts) -> None:
    assert [account.cloud for account in good.account] == ["aws", "azure", "gcp"]
    aws = good.by_key["aws", "111111111111"]
    assert (aws.role, aws.external_id, aws.regions) == ("audit", "nightly", ("eu-west-1",))
    assert aws.said == {"name": "payments", "environment": "prod", "owner": "payments@example.com"}
    assert ("azure", "aaaaaaaa-0000-4000-8000-000000000001") in good.by_key


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'{AWS}[[account]]\ncloud = "ibm"\nid = "2"', ":5: account.1.cloud: Input should be 'aws', 'gcp' or 'azure'"),
        (f'{AWS}\n{AWS}owned = "x"', ":8: account.1.owned: no such key; allowed here: cloud, environment, external_id"),
        ('[[account]]\ncloud = "aws"', ":1: account.0.id: Field required"),
        ('[[account]]\ncloud = "aws"\nid = " "', ":3: account.0.id: an account has an id"),
        (f"{AWS}{AWS}", ":6: account.1.id: 1 is listed before, as number 1"),
        (f'{AWS}environment = "prdo"\n[environments.prod]', ":4: account.0.environment: 'prdo' is no environment"),
        (f'{AWS}environment = "prdo"\n[environments.prod]', "there are: prod"),
        ('[[account]]\ncloud = "gcp"\nid = "p"\nrole = "r"', ":4: account.0.role: only an account of aws is"),
        (f'{AWS}profile = "p"\nrole = "r"', ":5: account.0.role: a profile says itself"),
        ('[environments.prod]\ncolour = "red"', ":2: environments.prod.colour: no such key; allowed here: rules"),
        ("[[account", "not TOML"),
    ],
    ids=["cloud", "key", "no-id", "empty-id", "twice", "environment", "allowed", "role", "profile", "table", "toml"],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load(path)
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"accounts\.toml: No such file"):
        load(tmp_path / "accounts.toml")


def test_severity_and_options_differ_by_environment(good: Accounts) -> None:
    config = Config(rules={"database-without-backup": RuleTable.model_validate({"days": 30})})
    tuned = tune_for(load_packs([]), config, good)
    by_id = {name: {one.rule.id: one for one in rules} for name, rules in tuned.items()}
    assert by_id["prod"]["bucket-public"].severity is Severity.CRITICAL
    assert by_id["prod"]["database-without-backup"].options == {"days": 30}
    assert by_id["dev"]["database-without-backup"].options == {"days": 1}
    assert by_id["dev"]["database-without-backup"].severity is Severity.INFO
    assert "volume-unencrypted" in by_id["prod"]
    assert "volume-unencrypted" not in by_id["dev"]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            "[environments.prod.rules.bucket-publik]\nseverity = 'low'",
            "environments.prod.rules.bucket-publik: no rule",
        ),
        ("[environments.prod.rules.bucket-public]\ndays = 3", "no such option"),
    ],
)
def test_a_rule_or_an_option_that_there_is_not_is_named(tmp_path: Path, rules: str, said: str) -> None:
    accounts = load(written(tmp_path, rules))
    with pytest.raises(ConfigError, match=said):
        tune_for(load_packs([]), Config(), accounts)


def test_listed_accounts_are_chosen_and_entered_as_they_say(good: Accounts) -> None:
    def chosen(cloud: Cloud, accounts: Mapping[Cloud, tuple[str, ...]] | None = None) -> object:
        choice = Choice(clouds=(cloud,), accounts=accounts or {})
        return _settings_for(cloud, Config(), choice, good, None)

    aws = chosen(Cloud.AWS)
    assert aws.ways["111111111111"].role == "audit"  # type: ignore[attr-defined]
    assert chosen(Cloud.GCP).accounts == ("shop-dev",)  # type: ignore[attr-defined]
    assert chosen(Cloud.GCP, {Cloud.GCP: ("other",)}).accounts == ("other",)  # type: ignore[attr-defined]
