"""Projects whose logs are kept nowhere else."""

from scanner import (
    CIS_GCP_5,
    Case,
    Cloud,
    InAccount,
    LogSink,
    Problems,
    ProjectSettings,
    Severity,
    UnreadError,
    all_of,
    rule,
)


@rule(
    "project-without-log-sink",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.3"].partly()],
    passes={
        "a sink takes everything": Case(
            ProjectSettings(), others=[LogSink(id="s", enabled=True, filter=None, leaves_out=0)]
        ),
    },
    fails={
        "no sink": ProjectSettings(),
        "some entries alone": Case(
            ProjectSettings(),
            others=[LogSink(id="s", enabled=True, filter='NOT LOG_ID("cloudaudit")', leaves_out=0)],
        ),
        "switched off": Case(
            ProjectSettings(), others=[LogSink(id="s", enabled=False, filter=None, leaves_out=0)]
        ),
        "all but some": Case(
            ProjectSettings(), others=[LogSink(id="s", enabled=True, filter=None, leaves_out=1)]
        ),
    },
    fix={
        Cloud.GCP: "gcloud logging sinks create <name> storage.googleapis.com/<bucket> --project {name}, then let its "
        "writer identity write there: gcloud storage buckets add-iam-policy-binding gs://<bucket> "
        "--member <writer-identity> --role roles/storage.objectCreator",
    },
    references=("https://cloud.google.com/logging/docs/export/configure_export_v2",),
)
def project_without_log_sink(_project: ProjectSettings, sinks: InAccount[LogSink]) -> Problems:
    """Project sends its logs nowhere where they outlast it.

    Most log entries are gone after 30 days, and all of them with the project. Break-ins are found after months. A sink
    without a filter copies every entry to where nobody of the project can delete it.

    A sink of a folder or of the organization does the same for all projects below, and is not seen from here: waive
    this where there is one.
    """
    missing: UnreadError | None = None
    try:
        for sink in sinks:
            try:
                if _takes_everything(sink):
                    return
            except UnreadError as unread:
                missing = missing or unread
    except UnreadError as unread:
        missing = missing or unread
    if missing is not None:
        raise missing
    yield "no sink that is on takes every log entry"


def _takes_everything(sink: LogSink) -> bool:
    return all_of(lambda: sink.enabled, lambda: sink.filter is None, lambda: sink.leaves_out == 0)
