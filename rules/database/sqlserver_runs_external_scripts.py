"""SQL Server, and its setting `external scripts enabled`."""

from scanner import CIS_GCP_5, SQLSERVER, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import switched_on


@rule(
    "sqlserver-runs-external-scripts",
    severity=Severity.MEDIUM,
    controls=[CIS_GCP_5["6.3.1"]],
    applies=lambda settings: settings.engine == SQLSERVER,
    passes={
        "off, as by default": DatabaseSettings(engine=SQLSERVER, chosen={}),
        "off": DatabaseSettings(engine=SQLSERVER, chosen={"external scripts enabled": "off"}),
    },
    fails={
        "on": DatabaseSettings(engine=SQLSERVER, chosen={"external scripts enabled": "on"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags 'external scripts enabled=off',<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/sqlserver/flags",),
)
def sqlserver_runs_external_scripts(settings: DatabaseSettings) -> Problems:
    """SQL Server runs scripts in other languages.

    With `external scripts enabled` whoever may call one procedure runs R or Python beside the database, with what that
    process can reach. Few need it, and it makes every hole in a query larger.
    """
    yield from switched_on(settings, "external scripts enabled", by_default=False)
