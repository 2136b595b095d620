"""MySQL, and its setting `local_infile`."""

from scanner import CIS_GCP_5, MYSQL, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import switched_on


@rule(
    "mysql-reads-local-files",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.1.3"]],
    applies=lambda settings: settings.engine == MYSQL,
    passes={
        "off": DatabaseSettings(engine=MYSQL, chosen={"local_infile": "off"}),
    },
    fails={
        "on by default": DatabaseSettings(engine=MYSQL, chosen={}),
        "on": DatabaseSettings(engine=MYSQL, chosen={"local_infile": "on"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} "
        "--database-flags local_infile=off,<all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/mysql/flags",),
)
def mysql_reads_local_files(settings: DatabaseSettings) -> Problems:
    """MySQL takes files from its clients.

    LOAD DATA LOCAL lets the server ask a client for any file that the client's user may read, and a client that runs
    in a web server hands it over: a hole in one query becomes a way to read that machine's files. Programs that load
    data in bulk can do so by an import instead.
    """
    yield from switched_on(settings, "local_infile", by_default=True)
