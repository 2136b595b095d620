"""PostgreSQL, and its setting `log_statement`."""

from scanner import CIS_GCP_5, POSTGRES, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import other_than


@rule(
    "postgres-does-not-log-changes",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.2.4"]],
    applies=lambda settings: settings.engine == POSTGRES,
    passes={
        "changes of tables": DatabaseSettings(engine=POSTGRES, chosen={"log_statement": "ddl"}),
        "every change": DatabaseSettings(engine=POSTGRES, chosen={"log_statement": "mod"}),
    },
    fails={
        "nothing by default": DatabaseSettings(engine=POSTGRES, chosen={}),
        "nothing": DatabaseSettings(engine=POSTGRES, chosen={"log_statement": "none"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags log_statement=ddl,<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/postgres/flags",),
)
def postgres_does_not_log_changes(settings: DatabaseSettings) -> Problems:
    """PostgreSQL does not log changes of tables, users and rights.

    CREATE, ALTER, DROP and GRANT are what a mistake and an intruder have in common. With `ddl` each is logged with the
    name of who sent it. `mod` and `all` log data changes and queries too, which costs space and may put personal data
    into logs: they pass, but are not asked for.
    """
    yield from other_than(settings, "log_statement", ("ddl", "mod", "all"), by_default="none")
