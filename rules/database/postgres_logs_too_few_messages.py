"""PostgreSQL, and its setting `log_min_messages`."""

from scanner import CIS_GCP_5, POSTGRES, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import other_than

#: From all that there is, down to warnings.
_WITH_WARNINGS = ("debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning")


@rule(
    "postgres-logs-too-few-messages",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.2.5"]],
    applies=lambda settings: settings.engine == POSTGRES,
    passes={
        "warnings, as by default": DatabaseSettings(engine=POSTGRES, chosen={}),
        "chosen": DatabaseSettings(engine=POSTGRES, chosen={"log_min_messages": "warning"}),
        "more than asked": DatabaseSettings(engine=POSTGRES, chosen={"log_min_messages": "notice"}),
    },
    fails={
        "errors alone": DatabaseSettings(engine=POSTGRES, chosen={"log_min_messages": "error"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags log_min_messages=warning,<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/postgres/flags",),
)
def postgres_logs_too_few_messages(settings: DatabaseSettings) -> Problems:
    """PostgreSQL leaves warnings out of its log.

    Warnings come before failures: a table that nears the end of its transaction numbers, a checkpoint that comes too
    often. With `error` or less the log is silent until it is too late.

    Every level that includes warnings passes; those below `notice` are for a search of minutes, and fill disks.
    """
    yield from other_than(settings, "log_min_messages", _WITH_WARNINGS, by_default="warning")
