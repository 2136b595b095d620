"""PostgreSQL, and its setting `log_min_error_statement`."""

from scanner import CIS_GCP_5, POSTGRES, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import other_than

#: From all that there is, down to errors.
_WITH_ERRORS = ("debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning", "error")


@rule(
    "postgres-hides-failing-statements",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.2.6"]],
    applies=lambda settings: settings.engine == POSTGRES,
    passes={
        "errors, as by default": DatabaseSettings(engine=POSTGRES, chosen={}),
        "chosen": DatabaseSettings(engine=POSTGRES, chosen={"log_min_error_statement": "error"}),
    },
    fails={
        "fatal ones alone": DatabaseSettings(engine=POSTGRES, chosen={"log_min_error_statement": "fatal"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags log_min_error_statement=error,<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/postgres/flags",),
)
def postgres_hides_failing_statements(settings: DatabaseSettings) -> Problems:
    """PostgreSQL does not log which statement failed.

    An error without its statement is a riddle, and a row of failing statements is how an attempt to inject SQL looks
    in the log. Every level that includes errors passes.
    """
    yield from other_than(settings, "log_min_error_statement", _WITH_ERRORS, by_default="error")
