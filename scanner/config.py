"""surefoot.toml: what a user sets once, checked key by key, with the line of what is wrong."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scanner.errors import UserError

FILE: Final = "surefoot.toml"
SeverityWord = Literal["info", "low", "medium", "high", "critical"]


class ConfigError(UserError):
    """A configuration that cannot be used. Names the file, the line, the key and what is allowed; exit code 2."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


T = TypeVar("T", bound=_Table)


class Aws(_Table):
    """`[aws]`: which sign-ins, which regions; an organization, and the role to take on in its accounts.

    `organization` holds ids of the organization, of roots or of organizational units; "" is the whole of that one
    which the sign-in belongs to.
    """

    profiles: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    skip_regions: tuple[str, ...] = ()
    organization: tuple[str, ...] = ()
    role: str = "surefoot"
    external_id: str = ""


class Gcp(_Table):
    """`[gcp]`: which projects; another endpoint for private access or an emulator."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    skip_regions: tuple[str, ...] = ()
    organization: str = ""
    folders: tuple[str, ...] = ()
    impersonate: str = ""
    endpoint: str = ""
    source: Literal["live", "assets"] = "live"


class Azure(_Table):
    """`[azure]`: which subscriptions; another endpoint for sovereign clouds or an emulator."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    skip_regions: tuple[str, ...] = ()
    management_groups: tuple[str, ...] = ()
    endpoint: str = ""
    source: Literal["live", "graph"] = "live"


class PaceTable(_Table):
    """`[pace]`: how much of a documented rate may be used (0 to 1), and calls a second in all."""

    share: Annotated[float, Field(gt=0, le=1)] = 0.5
    max_rate: Annotated[float, Field(gt=0)] | None = None


class WaiversTable(_Table):
    """`[waivers]`: the file that holds them, and how many days ahead one may end."""

    file: Path | None = None
    max_days: Annotated[int, Field(ge=1)] | None = None


class StateTable(_Table):
    """`[[iac.states]]`: a state of Terraform, the folder in which Terraform is run for it, the repository of both."""

    file: Path
    root: Path | None = None
    repository: str = ""


class IacTable(_Table):
    """`[iac]`: the folder of the code that made the accounts, and the states of what it made."""

    dir: Path | None = None
    states: tuple[StateTable, ...] = ()


class RuleTable(BaseModel):
    """`[rules.ID]`: a rule's severity, whether it runs, and its own options by their names."""

    model_config = ConfigDict(frozen=True, extra="allow")

    severity: SeverityWord | None = None
    enabled: bool = True


class Config(_Table):
    """The whole file; every key has a default, so that no file is needed."""

    clouds: tuple[Literal["aws", "gcp", "azure"], ...] = ()
    fail_on: Literal["never", "info", "low", "medium", "high", "critical"] = "low"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    packs: tuple[Path, ...] = ()
    frameworks: tuple[Path, ...] = ()
    waivers: WaiversTable = WaiversTable()
    iac: IacTable = IacTable()
    aws: Aws = Aws()
    gcp: Gcp = Gcp()
    azure: Azure = Azure()
    pace: PaceTable = PaceTable()
    rules: dict[str, RuleTable] = Field(default_factory=dict)

    _file: Path | None = None
    _text: str = ""

    def problem(self, path: tuple[str, ...], text: str) -> ConfigError:
        """Build the error for a key that turned out wrong later (an unknown rule, a wrong option)."""
        return ConfigError(f"{self._file or FILE}:{line_of(self._text, path)}: {'.'.join(path)}: {text}")


def load(path: Path | None = None) -> Config:
    """Read `path`, or `surefoot.toml` in the current folder when it is there. Raises ConfigError."""
    file = path or Path(FILE)
    if path is None and not file.is_file():
        return Config()
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8: {error.reason} at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: not TOML: {error}") from None
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        said = [_said(file, text, entry) for entry in error.errors(include_url=False)]
        raise ConfigError("\n".join(said)) from None
    folder = file.resolve().parent
    config = config.model_copy(
        update={
            "packs": tuple(folder / pack for pack in config.packs),
            "frameworks": tuple(folder / framework for framework in config.frameworks),
            "waivers": _within(folder, config.waivers),
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


def _said(file: Path, text: str, error: Any) -> str:
    path = tuple(str(part) for part in error["loc"] if not str(part).startswith("function-"))
    said = error["msg"]
    if error["type"] == "extra_forbidden":
        said = f"no such key; allowed here: {', '.join(_allowed(path[:-1]))}"
    return f"{file}:{line_of(text, path)}: {'.'.join(path)}: {said}"


def _allowed(path: tuple[str, ...]) -> list[str]:
    table: type[BaseModel] = Config
    for part in path:
        annotation = table.model_fields[part].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        table = annotation
    return sorted(table.model_fields)


def line_of(text: str, path: tuple[str, ...]) -> int:
    """Return the line of a key (from 1): the last line on its path that is found."""
    table, found = "", 1
    best = 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?\s*(.+?)\s*\]\]?\s*(#.*)?$", line)
        if header:
            table = ".".join(part.strip(" \"'") for part in header[1].split("."))
            here: tuple[str, ...] = tuple(table.split("."))
        else:
            key = re.match(r"\s*([\w\"'.-]+)\s*=", line)
            if not key:
                continue
            inner = tuple(part.strip(" \"'") for part in key[1].split("."))
            here = (*(tuple(table.split(".")) if table else ()), *inner)
        if here == path[: len(here)] and len(here) > best:
            best, found = len(here), number
    return found
