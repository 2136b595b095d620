"""SQL Server, and its setting `user connections`."""

from scanner import CIS_GCP_5, SQLSERVER, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import other_than


@rule(
    "sqlserver-limits-connections",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.3.3"]],
    applies=lambda settings: settings.engine == SQLSERVER,
    passes={
        "as many as there is room for": DatabaseSettings(engine=SQLSERVER, chosen={}),
        "said so": DatabaseSettings(engine=SQLSERVER, chosen={"user connections": "0"}),
    },
    fails={
        "ten": DatabaseSettings(engine=SQLSERVER, chosen={"user connections": "10"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags 'user connections=0',<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/sqlserver/flags",),
)
def sqlserver_limits_connections(settings: DatabaseSettings) -> Problems:
    """SQL Server takes a fixed number of connections.

    By itself SQL Server takes as many connections as it has room for, up to 32,767. A smaller number that somebody once
    chose turns away users when it is reached, administrators among them: an outage that looks like a broken network.
    """
    yield from other_than(settings, "user connections", ("0",), by_default="0")
