"""PostgreSQL, and its setting `log_error_verbosity`."""

from scanner import CIS_GCP_5, POSTGRES, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import other_than


@rule(
    "postgres-logs-too-much-of-errors",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.2.1"]],
    applies=lambda settings: settings.engine == POSTGRES,
    passes={
        "as it is by default": DatabaseSettings(engine=POSTGRES, chosen={}),
        "shorter": DatabaseSettings(engine=POSTGRES, chosen={"log_error_verbosity": "terse"}),
    },
    fails={
        "with lines of source code": DatabaseSettings(
            engine=POSTGRES, chosen={"log_error_verbosity": "verbose"}
        ),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags log_error_verbosity=default,<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/postgres/flags",),
)
def postgres_logs_too_much_of_errors(settings: DatabaseSettings) -> Problems:
    """PostgreSQL writes more about each error than anybody needs.

    With `verbose` every error carries the file, the function and the line of the server's own source code. It makes
    logs long, and tells whoever reads them how the server is built. `default` holds what it takes to find a fault.
    """
    yield from other_than(settings, "log_error_verbosity", ("default", "terse"), by_default="default")
