"""PostgreSQL, and its setting `log_connections`."""

from scanner import CIS_GCP_5, POSTGRES, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import switched_off


@rule(
    "postgres-does-not-log-connections",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.2.2"]],
    applies=lambda settings: settings.engine == POSTGRES,
    passes={
        "on": DatabaseSettings(engine=POSTGRES, chosen={"log_connections": "on"}),
    },
    fails={
        "off by default": DatabaseSettings(engine=POSTGRES, chosen={}),
        "off": DatabaseSettings(engine=POSTGRES, chosen={"log_connections": "off"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags log_connections=on,<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/postgres/flags",),
)
def postgres_does_not_log_connections(settings: DatabaseSettings) -> Problems:
    """PostgreSQL does not log who connects.

    After a break-in one wants to know from where and under which name somebody tried to get in, and since when. Failed
    attempts are logged as errors, but without this setting nothing tells of those that succeeded.
    """
    yield from switched_off(settings, "log_connections")
