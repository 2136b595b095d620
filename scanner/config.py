"""surefoot.toml: what a user sets once, checked key by key, with the line of what is wrong."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from scanner.errors import UserError

FILE: Final = "surefoot.toml"
SeverityWord = Literal["info", "low", "medium", "high", "critical"]


class ConfigError(UserError):
    """A configuration that cannot be used. Names the file, the line, the key and what is allowed; exit code 2."""


class Table(BaseModel):
    """A table of a TOML file: no key but those that it names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


T = TypeVar("T", bound="Table")

EXPECTED: Final = {
    "bool_type": "true or false",
    "dict_type": "a table",
    "float_type": "a number",
    "int_type": "a whole number",
    "model_type": "a table",
    "path_type": "a path in a string",
    "string_type": "a string",
    "tuple_type": "an array",
}
"""What TOML calls what is expected, by pydantic's type of an error."""


class Aws(Table):
    """`[aws]`: which sign-ins, which regions; an organization, and the role to take on in its accounts.

    `organization` holds ids of the organization, of roots or of organizational units; "" is the whole of that one
    which the sign-in belongs to.
    """

    profiles: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    skip_regions: tuple[str, ...] = ()
    organization: tuple[str, ...] = ()
    role: str = ""
    external_id: str = ""


class Gcp(Table):
    """`[gcp]`: which projects; another endpoint for private access or an emulator."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    skip_regions: tuple[str, ...] = ()
    organization: str = ""
    folders: tuple[str, ...] = ()
    impersonate: str = ""
    endpoint: str = ""
    source: Literal["live", "assets"] = "live"


class Azure(Table):
    """`[azure]`: which subscriptions; another endpoint for sovereign clouds or an emulator."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    skip_regions: tuple[str, ...] = ()
    management_groups: tuple[str, ...] = ()
    endpoint: str = ""
    source: Literal["live", "graph"] = "live"


class PaceTable(Table):
    """`[pace]`: how much of a documented rate may be used (0 to 1), and calls a second in all."""

    share: Annotated[float, Field(gt=0, le=1)] = 0.5
    max_rate: Annotated[float, Field(gt=0)] | None = None


class WaiversTable(Table):
    """`[waivers]`: the file that holds them, and how many days ahead one may end."""

    file: Path | None = None
    max_days: Annotated[int, Field(ge=1)] | None = None


class StateTable(Table):
    """`[[iac.states]]`: a state of Terraform, the folder in which Terraform is run for it, the repository of both."""

    file: Path
    root: Path | None = None
    repository: str = ""


class IacTable(Table):
    """`[iac]`: the folder of the code that made the accounts, and the states of what it made."""

    dir: Path | None = None
    states: tuple[StateTable, ...] = ()
    url: str = ""
    """The address of a line of that code, with `{path}` and `{line}`, to which pages link."""


class HistoryTable(Table):
    """`[history]`: where every run is stored (a path, or a URL of PostgreSQL), and for how many days."""

    url: str = ""
    keep_days: Annotated[int, Field(ge=1)] = 400


class OwnerRule(Table):
    """`[[owners.rules]]`: an owner, or `{TAG}` for the value of a tag, and the patterns that must all fit."""

    owner: Annotated[str, Field(min_length=1)]
    tag: dict[str, str] = Field(default_factory=dict)
    account: str = ""
    ou: str = ""
    path: str = ""


class OwnersTable(Table):
    """`[owners]`: ordered rules, of which the first that fits counts, and units of accounts by name."""

    rules: tuple[OwnerRule, ...] = ()
    ou: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class RedactTable(Table):
    """`[redact]`: patterns of tag names, and of tag values, whose value is dropped before anything is kept."""

    tags: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


class Webhook(Table):
    """`[[notify.webhooks]]`: `url`, or the environment variable that holds it; the least severity that is told."""

    url: str = ""
    url_env: str = ""
    at_least: SeverityWord = "low"
    owner: str = ""

    @model_validator(mode="after")
    def _one(self) -> "Webhook":
        if bool(self.url) is bool(self.url_env):
            raise ValueError("give either url, or url_env: the environment variable that holds it")
        return self


class Mail(Table):
    """`[[notify.mail]]`: server, sender, receivers. The password stands in an environment variable."""

    server: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_env: str = ""
    sender: str
    to: Annotated[tuple[str, ...], Field(min_length=1)]
    at_least: SeverityWord = "low"
    owner: str = ""

    @model_validator(mode="after")
    def _private(self) -> "Mail":
        here = self.server in ("localhost", "127.0.0.1", "::1")
        if self.tls == "none" and not here:
            raise ValueError('tls = "none" is for a server on this machine only')
        if self.user and not self.password_env:
            raise ValueError("user needs password_env: the environment variable that holds the password")
        return self


class NotifyTable(Table):
    """`[notify]`: who is told what is new, fixed and newly unknown. `always`: also when nothing is."""

    webhooks: tuple[Webhook, ...] = ()
    mail: tuple[Mail, ...] = ()
    always: bool = False
    report_url: str = ""


class ProbeTable(Table):
    """`[probe]`: what a vantage point probes beside the public addresses of a scan, from where, how fast.

    `closed` are targets that are expected to be closed. `ports` are asked of every address of a scan. `timeout` is in
    seconds, `rate` in connections a second.
    """

    vantage: str = "here"
    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] | None = None
    trust: tuple[Path, ...] = ()
    connect: tuple[str, ...] = ()
    timeout: Annotated[float, Field(gt=0, le=60)] = 3.0
    rate: Annotated[float, Field(gt=0, le=10_000)] = 500.0
    at_once: Annotated[int, Field(ge=2, le=4096)] = 256


class RuleTable(BaseModel):
    """`[rules.ID]`: a rule's severity, whether it runs, and its own options by their names."""

    model_config = ConfigDict(frozen=True, extra="allow")

    severity: SeverityWord | None = None
    enabled: bool = True


class Config(Table):
    """The whole file; every key has a default, so that no file is needed."""

    clouds: tuple[Literal["aws", "gcp", "azure"], ...] = ()
    fail_on: Literal["never", "info", "low", "medium", "high", "critical"] = "low"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    packs: tuple[Path, ...] = ()
    frameworks: tuple[Path, ...] = ()
    accounts: Path | None = None
    waivers: WaiversTable = WaiversTable()
    iac: IacTable = IacTable()
    history: HistoryTable = HistoryTable()
    owners: OwnersTable = OwnersTable()
    redact: RedactTable = RedactTable()
    notify: NotifyTable = NotifyTable()
    probe: ProbeTable = ProbeTable()
    aws: Aws = Aws()
    gcp: Gcp = Gcp()
    azure: Azure = Azure()
    pace: PaceTable = PaceTable()
    rules: dict[str, RuleTable] = Field(default_factory=dict)

    _file: Path | None = None
    _text: str = ""

    def problem(self, path: tuple[str, ...], text: str) -> ConfigError:
        """Build the error for a key that turned out wrong later (an unknown rule, a wrong option)."""
        return problem_at(self._file or Path(FILE), self._text, path, text)


def load(path: Path | None = None) -> Config:
    """Read `path`, or `surefoot.toml` in the current folder when it is there. Raises ConfigError."""
    file = path or Path(FILE)
    if path is None and not file.is_file():
        return Config()
    config, text = read_toml(file, Config)
    folder = file.resolve().parent
    config = config.model_copy(
        update={
            "packs": tuple(folder / pack for pack in config.packs),
            "frameworks": tuple(folder / framework for framework in config.frameworks),
            "accounts": config.accounts and folder / config.accounts,
            "waivers": _within(folder, config.waivers),
            "history": _history(folder, config.history),
            "probe": config.probe.model_copy(
                update={"trust": tuple(folder / path for path in config.probe.trust)}
            ),
            "iac": _within(folder, config.iac).model_copy(
                update={"states": tuple(_within(folder, state) for state in config.iac.states)}
            ),
        }
    )
    config._file, config._text = file, text  # noqa: SLF001 - our own private fields
    return config


def _within(folder: Path, table: T) -> T:
    """Return a table whose paths start at the folder of the file, whatever folder the command runs in."""
    paths = {name: folder / value for name, value in table if isinstance(value, Path)}
    return table.model_copy(update=paths)


def read_toml(file: Path, root: type[T]) -> tuple[T, str]:
    """Read a TOML file into its root table, and return that and the text. Raises ConfigError."""
    try:
        text = file.read_text(encoding="utf-8")
        return root.model_validate(tomllib.loads(text)), text
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8: {error.reason} at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: not TOML: {error}") from None
    except ValidationError as error:
        said = [_said(file, text, root, entry) for entry in error.errors(include_url=False)]
        raise ConfigError("\n".join(said)) from None


def problem_at(file: Path, text: str, path: tuple[str, ...], said: str) -> ConfigError:
    """Build the error for a key: its file and line, its name, what is wrong."""
    return ConfigError(f"{file}:{line_of(text, path)}: {'.'.join(path)}: {said}")


def _history(folder: Path, table: HistoryTable) -> HistoryTable:
    """Return the table with a plain path starting at the folder of the file; a URL stands as it is."""
    if not table.url or "://" in table.url:
        return table
    return table.model_copy(update={"url": str(folder / table.url)})


def _said(file: Path, text: str, root: type[BaseModel], error: Any) -> str:
    path = tuple(str(part) for part in error["loc"] if not str(part).startswith("function-"))
    said = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        said = f"no such key; allowed here: {', '.join(_allowed(root, path[:-1]))}"
    elif error["type"] in EXPECTED:
        said = f"{EXPECTED[error['type']]} is expected, not {_named(error['input'])}"
        if allowed := _allowed(root, path):
            said += f"; keys that it may have: {', '.join(allowed)}"
    return f"{file}:{line_of(text, path)}: {'.'.join(path)}: {said}"


def _named(value: object) -> str:
    """Say of what type of TOML a value is."""
    types = {
        dict: "a table",
        list: "an array",
        str: "a string",
        bool: "a boolean",
        int: "a number",
        float: "a number",
    }
    return types.get(type(value), "a time")


def _allowed(root: type[BaseModel], path: tuple[str, ...]) -> list[str]:
    table, parts = root, iter(path)
    for part in parts:
        field = table.model_fields.get(part)
        if field is None:
            return []
        tables = [one for one in (field.annotation, *get_args(field.annotation)) if _is_table(one)]
        if not tables:
            return []
        table = tables[0]
        if table is not field.annotation:
            next(parts, None)  # the number of a table in an array, or its name in a map
    return sorted(table.model_fields)


def _is_table(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def line_of(text: str, path: tuple[str, ...]) -> int:
    """Return the line of a key (from 1): the last line on its path that is found. Tables of an array have numbers."""
    table: tuple[str, ...] = ()
    best, found = 0, 1
    arrays: Counter[tuple[str, ...]] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(#.*)?$", line)
        if header:
            table = _parts(header[2])
            if header[1] == "[[":
                arrays[table] += 1
                table = (*table, str(arrays[table] - 1))
            here = table
        else:
            key = re.match(r"\s*([\w\"'.-]+)\s*=", line)
            if not key:
                continue
            here = (*table, *_parts(key[1]))
        # An array of tables stands for the key itself too: a table may be expected there.
        at = here[:-1] if header and header[1] == "[[" and here[:-1] == path else here
        if at == path[: len(at)] and len(at) > best:
            best, found = len(at), number
    return found


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip(" \"'") for part in name.split("."))
