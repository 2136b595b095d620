"""SQL Server, and its setting `contained database authentication`."""

from scanner import CIS_GCP_5, SQLSERVER, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import switched_on


@rule(
    "sqlserver-keeps-logins-in-databases",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.3.7"]],
    applies=lambda settings: settings.engine == SQLSERVER,
    passes={
        "off, as by default": DatabaseSettings(engine=SQLSERVER, chosen={}),
        "off": DatabaseSettings(engine=SQLSERVER, chosen={"contained database authentication": "off"}),
    },
    fails={
        "on": DatabaseSettings(engine=SQLSERVER, chosen={"contained database authentication": "on"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags 'contained database authentication=off',<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/sqlserver/flags",),
)
def sqlserver_keeps_logins_in_databases(settings: DatabaseSettings) -> Problems:
    """SQL Server lets databases keep logins of their own.

    A contained database brings its users and their passwords along. Whoever restores or attaches it, or may make users
    in it, lets people into the server whom its administrators have never seen and whose passwords no policy governs.
    """
    yield from switched_on(settings, "contained database authentication", by_default=False)
