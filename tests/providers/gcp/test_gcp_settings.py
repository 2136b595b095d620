"""Flags of Cloud SQL instances as the API gives them."""

from typing import Any

import pytest
from mapped import mapped, unfilled

from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.gcp.sources import SQL_SETTINGS

SCOPE = Scope(Cloud.GCP, "demo-project")
INSTANCE: dict[str, Any] = {
    "kind": "sql#instance",
    "name": "orders",
    "project": "demo-project",
    "region": "us-central1",
    "databaseVersion": "POSTGRES_17",
    "settings": {"kind": "sql#settings", "userLabels": {"team": "shop"}},
}


def settings(**changes: Any) -> Any:
    inner = {**INSTANCE["settings"], **changes.pop("settings", {})}
    return mapped(SQL_SETTINGS, {**INSTANCE, "settings": inner, **changes}, scope=SCOPE)


def test_every_field_is_filled() -> None:
    assert not unfilled(SQL_SETTINGS)
    one = settings(settings={"databaseFlags": [{"name": "Log_Statement", "value": "DDL"}]})
    assert (one.engine, one.chosen, one.tags) == ("postgres", {"log_statement": "ddl"}, {"team": "shop"})
    assert one.id == "//cloudsql.googleapis.com/projects/demo-project/instances/orders"


def test_without_flags_everything_stands_at_its_default() -> None:
    assert settings().chosen == {}


@pytest.mark.parametrize("version", ["MYSQL_8_4", "MYSQL_5_7"])
def test_engines_are_named_without_their_version(version: str) -> None:
    assert settings(databaseVersion=version).engine == "mysql"


def test_an_engine_that_is_not_known_is_unread() -> None:
    assert settings(databaseVersion="SQL_DATABASE_VERSION_UNSPECIFIED").why("engine").code is Code.MALFORMED


def test_flags_in_another_shape_are_unread() -> None:
    assert settings(settings={"databaseFlags": [{"value": "on"}]}).why("chosen").code is Code.MALFORMED
