"""SQL Server, and its setting `3625`."""

from scanner import CIS_GCP_5, SQLSERVER, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import switched_off


@rule(
    "sqlserver-tells-much-in-errors",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.3.6"]],
    applies=lambda settings: settings.engine == SQLSERVER,
    passes={
        "on": DatabaseSettings(engine=SQLSERVER, chosen={"3625": "on"}),
    },
    fails={
        "off by default": DatabaseSettings(engine=SQLSERVER, chosen={}),
        "off": DatabaseSettings(engine=SQLSERVER, chosen={"3625": "off"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags 3625=on,<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/sqlserver/flags",),
)
def sqlserver_tells_much_in_errors(settings: DatabaseSettings) -> Problems:
    """SQL Server tells everyone all about its errors.

    Trace flag 3625 puts asterisks in place of details in error messages for those who are not administrators. Without
    it names of logins, tables and constraints reach whoever tries things out.
    """
    yield from switched_off(settings, "3625")
