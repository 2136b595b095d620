"""PostgreSQL, and its setting `log_min_duration_statement`."""

from scanner import CIS_GCP_5, POSTGRES, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import other_than


@rule(
    "postgres-logs-slow-statements",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.2.7"]],
    applies=lambda settings: settings.engine == POSTGRES,
    passes={
        "off, as by default": DatabaseSettings(engine=POSTGRES, chosen={}),
        "off": DatabaseSettings(engine=POSTGRES, chosen={"log_min_duration_statement": "-1"}),
    },
    fails={
        "those of a second": DatabaseSettings(engine=POSTGRES, chosen={"log_min_duration_statement": "1000"}),
        "all of them": DatabaseSettings(engine=POSTGRES, chosen={"log_min_duration_statement": "0"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags log_min_duration_statement=-1,<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/postgres/flags",),
)
def postgres_logs_slow_statements(settings: DatabaseSettings) -> Problems:
    """PostgreSQL writes the text of slow statements to its log.

    The text of a statement holds what was asked for: names, addresses, now and then a password. In a log it lies where
    more people look, and longer, than the data themselves. Query insights show which statements are slow without it.

    Teams that need the log for tuning can accept the finding, or switch this rule off.
    """
    yield from other_than(settings, "log_min_duration_statement", ("-1",), by_default="-1")
