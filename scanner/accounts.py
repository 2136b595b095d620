"""accounts.toml: accounts of all clouds, how each is entered, and what differs by environment. Checked key by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, field_validator

from scanner.config import Aws, ConfigError, RuleTable, Table, problem_at, read_toml

FILE: Final = "accounts.toml"
CloudWord = Literal["aws", "gcp", "azure"]


@dataclass(frozen=True, slots=True)
class Way:
    """How one AWS account is entered: by a profile, or by a role (its name or ARN) and what its trust asks for."""

    profile: str = ""
    role: str = ""
    external_id: str = ""


class AwsAsked(Aws):
    """What AWS is asked to sign in to: `[aws]` of surefoot.toml, and what stands beside it.

    `ways` maps accounts to how they are entered. `session_policy` holds the parameters of AssumeRole that limit what
    a role may do for this run. `endpoint` is the address of every service.
    """

    ways: Mapping[str, Way] = Field(default_factory=dict)
    session_policy: Mapping[str, Any] = Field(default_factory=dict)
    endpoint: str = ""


class Account(Table):
    """`[[account]]`: one account, project or subscription. `regions`: only these; none: as surefoot.toml says."""

    cloud: CloudWord
    id: str
    name: str = ""
    environment: str = ""
    owner: str = ""
    role: str = ""
    external_id: str = ""
    profile: str = ""
    regions: tuple[str, ...] = ()

    @field_validator("id")
    @classmethod
    def _id(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("an account has an id")
        return value

    @property
    def key(self) -> tuple[str, str]:
        """(cloud, id), by which it is found; Azure's ids are equal whatever their case."""
        return self.cloud, self.id.lower() if self.cloud == "azure" else self.id

    @property
    def said(self) -> dict[str, str]:
        """What reports say of it."""
        parts = {"name": self.name, "environment": self.environment, "owner": self.owner}
        return {name: value for name, value in parts.items() if value}


class Environment(Table):
    """`[environments.NAME]`: severities and options of rules that differ there, as in surefoot.toml."""

    rules: dict[str, RuleTable] = Field(default_factory=dict)


class Accounts(Table):
    """The whole file. `by_key` finds an account by (cloud, id)."""

    account: tuple[Account, ...] = ()
    environments: dict[str, Environment] = Field(default_factory=dict)

    _file: Path | None = None
    _text: str = ""

    @property
    def by_key(self) -> dict[tuple[str, str], Account]:
        """Accounts by (cloud, id)."""
        return {account.key: account for account in self.account}

    def problem(self, path: tuple[str, ...], text: str) -> ConfigError:
        """Build the error for a key that turned out wrong later (an unknown rule, a wrong option)."""
        return problem_at(self._file or Path(FILE), self._text, path, text)


def load(path: Path) -> Accounts:
    """Read accounts.toml. Raises ConfigError that names the file, the line, the key and what is allowed."""
    accounts, text = read_toml(path, Accounts)
    accounts._file, accounts._text = path, text  # noqa: SLF001 - our own private fields
    seen: dict[tuple[str, str], int] = {}
    for number, account in enumerate(accounts.account):
        here = ("account", str(number))
        first = seen.setdefault(account.key, number)
        if first != number:
            raise accounts.problem((*here, "id"), f"{account.id} is listed before, as number {first + 1}")
        if account.environment and account.environment not in accounts.environments:
            allowed = ", ".join(accounts.environments) or "none; write a table [environments.NAME] for each"
            raise accounts.problem(
                (*here, "environment"), f"{account.environment!r} is no environment; there are: {allowed}"
            )
        for key in ("role", "external_id", "profile"):
            if getattr(account, key) and account.cloud != "aws":
                raise accounts.problem((*here, key), "only an account of aws is entered by it")
        if account.profile and account.role:
            raise accounts.problem((*here, "role"), "a profile says itself which role it takes on")
    return accounts
