"""SQL Server, and its setting `remote access`."""

from scanner import CIS_GCP_5, SQLSERVER, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import switched_on


@rule(
    "sqlserver-allows-remote-procedures",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.3.5"]],
    applies=lambda settings: settings.engine == SQLSERVER,
    passes={
        "off": DatabaseSettings(engine=SQLSERVER, chosen={"remote access": "off"}),
    },
    fails={
        "on by default": DatabaseSettings(engine=SQLSERVER, chosen={}),
        "on": DatabaseSettings(engine=SQLSERVER, chosen={"remote access": "on"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags 'remote access=off',<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/sqlserver/flags",),
)
def sqlserver_allows_remote_procedures(settings: DatabaseSettings) -> Problems:
    """SQL Server lets other servers run its procedures.

    `remote access` is an old way to run stored procedures from another server, off in nothing but name since linked
    servers came, and on by default. It can be used to make this server work for somebody else.
    """
    yield from switched_on(settings, "remote access", by_default=True)
