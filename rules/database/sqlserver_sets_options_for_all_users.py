"""SQL Server, and its setting `user options`."""

from scanner import CIS_GCP_5, SQLSERVER, Cloud, DatabaseSettings, Problems, Severity, rule

from ._settings import is_chosen


@rule(
    "sqlserver-sets-options-for-all-users",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["6.3.4"]],
    applies=lambda settings: settings.engine == SQLSERVER,
    passes={
        "left alone": DatabaseSettings(engine=SQLSERVER, chosen={}),
    },
    fails={
        "set": DatabaseSettings(engine=SQLSERVER, chosen={"user options": "4"}),
    },
    fix={
        Cloud.GCP: "gcloud sql instances patch {name} --database-flags <all other flags with their values>",
    },
    references=("https://cloud.google.com/sql/docs/sqlserver/flags",),
)
def sqlserver_sets_options_for_all_users(settings: DatabaseSettings) -> Problems:
    """SQL Server sets options for every user.

    `user options` changes how statements behave for everyone who connects and sets nothing: whether arithmetic errors
    stop a query, how NULLs compare. A program that was tested elsewhere gives other results here, in silence.
    """
    yield from is_chosen(settings, "user options")
