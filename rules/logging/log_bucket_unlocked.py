"""Logs that can be deleted before their time."""

from scanner import CIS_GCP_5, Cloud, LogSink, Problems, Severity, rule


@rule(
    "log-bucket-unlocked",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["2.4"]],
    applies=lambda sink: sink.enabled,
    passes={"locked": LogSink(enabled=True, locked=True)},
    fails={
        "not locked": LogSink(enabled=True, locked=False),
        "the bucket is gone": LogSink(enabled=True, locked=None),
    },
    fix={
        Cloud.GCP: "gcloud storage buckets update gs://<bucket> --retention-period <days>d, and when that is right for "
        "good: gcloud storage buckets update gs://<bucket> --lock-retention-period",
    },
    references=("https://cloud.google.com/storage/docs/bucket-lock",),
)
def log_bucket_unlocked(sink: LogSink) -> Problems:
    """Logs are exported to a bucket that can be emptied.

    An export protects against whoever breaks into the project, not against whoever breaks into where it goes. With a
    locked retention period no one can delete entries before their time, the owner of the bucket included, and nobody
    can shorten it. A lock is for ever: choose the period first.

    Judged are sinks that write to Cloud Storage. A bucket that is gone loses every entry without a word.
    """
    if sink.locked is None:
        yield "the bucket that it writes to does not exist"
    elif not sink.locked:
        yield "the retention of the bucket that it writes to is not locked"
