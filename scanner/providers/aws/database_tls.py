"""Whether a parameter group of RDS makes connections without TLS impossible: one parameter, another for each engine."""

from collections.abc import Sequence
from typing import Final

from scanner.providers.spec import Raw

_FORCE: Final = "rds.force_ssl"
_REQUIRE: Final = "require_secure_transport"
_PARAMETERS: Final = {
    "postgres": _FORCE,
    "aurora-postgresql": _FORCE,
    "sqlserver": _FORCE,
    "mysql": _REQUIRE,
    "mariadb": _REQUIRE,
    "aurora-mysql": _REQUIRE,
    "docdb": "tls",
    "neptune": "neptune_enforce_ssl",
}
# DocumentDB names the least version that it takes in place of a plain "enabled".
_ON: Final = frozenset({"1", "on", "true", "enabled", "fips-140-3", "tls1.2+", "tls1.3+"})
_OFF: Final = frozenset({"0", "off", "false", "disabled"})
#: Engine to the first version of which a group that says nothing forces TLS, for those whose default the user guides
#: of RDS and Aurora give (None: no version does).
_FORCED_SINCE: Final = {
    "postgres": (15, 0),
    "aurora-postgresql": (15, 0),
    "mysql": None,
    "aurora-mysql": (8, 4),
    "mariadb": (11, 8),
}


def tls_required(rows: Sequence[Raw], database: Raw) -> bool:
    """Tell whether connections without TLS are refused. Raises ValueError where that is not known."""
    engine = database["Engine"]
    family = "sqlserver" if engine.startswith("sqlserver-") else engine
    if family not in _PARAMETERS:
        raise ValueError(f"is about {engine}, whose options for encryption this version does not read")
    name = _PARAMETERS[family]
    value = next((row.get("ParameterValue") for row in rows if row["ParameterName"] == name), None)
    if value is None:
        return _by_default(family, database["EngineVersion"], name)
    if value.lower() not in _ON | _OFF:
        raise ValueError(f"says {name} = {value!r}, which this version does not know")
    return value.lower() in _ON


def _by_default(engine: str, version: str, name: str) -> bool:
    """Return what a group that gives the parameter no value comes to."""
    if engine not in _FORCED_SINCE:
        raise ValueError(f"gives {name} no value, and the default of {engine} {version} is not known")
    major, minor = [*version.split("."), "0"][:2]
    since = _FORCED_SINCE[engine]
    return since is not None and (int(major), int(minor)) >= since
