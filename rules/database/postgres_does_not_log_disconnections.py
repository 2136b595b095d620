"""PostgreSQL, and its setting `log_disconnections`."""

from scanner import CIS_GCP_5, POSTGRES, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import switched_off


@rule(
    "postgres-does-not-log-disconnections",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.2.3"]],
    applies=lambda settings: settings.engine == POSTGRES,
    passes={
        "on": DatabaseSettings(engine=POSTGRES, chosen={"log_disconnections": "on"}),
    },
    fails={
        "off by default": DatabaseSettings(engine=POSTGRES, chosen={}),
        "off": DatabaseSettings(engine=POSTGRES, chosen={"log_disconnections": "off"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags log_disconnections=on,<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/postgres/flags",),
)
def postgres_does_not_log_disconnections(settings: DatabaseSettings) -> Problems:
    """PostgreSQL does not log who leaves.

    The end of a session comes with how long it took: a connection that stood open for a night, or a thousand that last
    a second, are seen there and nowhere else.
    """
    yield from switched_off(settings, "log_disconnections")
