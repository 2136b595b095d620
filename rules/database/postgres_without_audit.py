"""PostgreSQL, and its setting `cloudsql.enable_pgaudit`."""

from scanner import CIS_GCP_5, POSTGRES, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import switched_off


@rule(
    "postgres-without-audit",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.2.8"].partly()],
    applies=lambda settings: settings.engine == POSTGRES,
    passes={
        "on": DatabaseSettings(engine=POSTGRES, chosen={"cloudsql.enable_pgaudit": "on"}),
    },
    fails={
        "off by default": DatabaseSettings(engine=POSTGRES, chosen={}),
        "off": DatabaseSettings(engine=POSTGRES, chosen={"cloudsql.enable_pgaudit": "off"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags cloudsql.enable_pgaudit=on,<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/postgres/flags",),
)
def postgres_without_audit(settings: DatabaseSettings) -> Problems:
    """PostgreSQL has no audit log.

    The ordinary log tells of statements as they were sent; who read which table it does not tell. With pgAudit reads
    and writes are recorded by session and object, in Cloud Audit Logs. It takes `cloudsql.enable_pgaudit`, the
    extension in each database, and `pgaudit.log`; this rule sees the first of them.
    """
    yield from switched_off(settings, "cloudsql.enable_pgaudit")
