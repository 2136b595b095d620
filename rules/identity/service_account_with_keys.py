"""Programs that carry keys."""

from scanner import CIS_GCP_5, Cloud, Problems, ServiceAccount, Severity, rule


@rule(
    "service-account-with-keys",
    severity=Severity.MEDIUM,
    controls=[CIS_GCP_5["1.5"]],
    passes={"none": ServiceAccount(keys=())},
    fails={"one": ServiceAccount(keys=("c00dbbc9",))},
    fix={
        Cloud.GCP: "gcloud iam service-accounts keys delete <key-id> --iam-account {name}, after the program was given "
        "the identity of its machine, or workload identity federation: "
        "https://cloud.google.com/iam/docs/workload-identity-federation",
    },
    references=("https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",),
)
def service_account_with_keys(account: ServiceAccount) -> Problems:
    """Service account has keys that somebody made.

    A key is a file that works from anywhere until it is deleted, and files get copied: to laptops, into images, into
    repositories. Machines and services of the cloud need none, they get tokens by who they are, and programs elsewhere
    can exchange tokens of their own (workload identity federation).
    """
    count = len(account.keys)
    if count:
        yield f"it has {count} key{'s' if count > 1 else ''} that somebody made: {', '.join(account.keys)}"
