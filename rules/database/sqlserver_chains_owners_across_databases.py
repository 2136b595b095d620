"""SQL Server, and its setting `cross db ownership chaining`."""

from scanner import CIS_GCP_5, SQLSERVER, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import switched_on


@rule(
    "sqlserver-chains-owners-across-databases",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.3.2"]],
    applies=lambda settings: settings.engine == SQLSERVER,
    passes={
        "off, as by default": DatabaseSettings(engine=SQLSERVER, chosen={}),
        "off": DatabaseSettings(engine=SQLSERVER, chosen={"cross db ownership chaining": "off"}),
    },
    fails={
        "on": DatabaseSettings(engine=SQLSERVER, chosen={"cross db ownership chaining": "on"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags 'cross db ownership chaining=off',<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/sqlserver/flags",),
)
def sqlserver_chains_owners_across_databases(settings: DatabaseSettings) -> Problems:
    """SQL Server lets the owner of one database into others.

    With ownership chaining across databases, whoever makes objects in one database reaches those of the same owner in
    every other, past the rights that are set there. A tenant, or a test database, becomes a door to the rest.
    """
    yield from switched_on(settings, "cross db ownership chaining", by_default=False)
