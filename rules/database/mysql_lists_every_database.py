"""MySQL, and its setting `skip_show_database`."""

from scanner import CIS_GCP_5, MYSQL, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import switched_off


@rule(
    "mysql-lists-every-database",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.1.2"]],
    applies=lambda settings: settings.engine == MYSQL,
    passes={
        "on": DatabaseSettings(engine=MYSQL, chosen={"skip_show_database": "on"}),
    },
    fails={
        "off by default": DatabaseSettings(engine=MYSQL, chosen={}),
        "off": DatabaseSettings(engine=MYSQL, chosen={"skip_show_database": "off"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags skip_show_database=on,<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/mysql/flags",),
)
def mysql_lists_every_database(settings: DatabaseSettings) -> Problems:
    """MySQL shows the names of all databases to everyone who may log in.

    Whoever gets in with any account at all reads the names of every database with SHOW DATABASES, and names tell a lot:
    customers, projects, which one is worth the effort. With `skip_show_database` that takes a privilege of its own.
    """
    yield from switched_off(settings, "skip_show_database")
