"""People, and the machines of a project that they log in to."""

from scanner import CIS_GCP_5, NOTHING_TO_FIX, Account, Cloud, Problems, Severity, rule


@rule(
    "account-without-os-login",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["4.4"]],
    passes={"logins by identity": Account(os_login=True), "no machines": Account(os_login=None)},
    fails={"logins by keys": Account(os_login=False)},
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: "gcloud compute project-info add-metadata --project {name} --metadata enable-oslogin=TRUE",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://cloud.google.com/compute/docs/oslogin",),
)
def account_without_os_login(account: Account) -> Problems:
    """Project lets people log in to machines by keys that nobody takes back.

    Keys in metadata are names without people: nobody knows who holds them, they never expire, and whoever leaves keeps
    theirs. With OS Login the cloud's own permissions say who may log in, with a second factor where one is asked for,
    and access ends with the account.
    """
    if account.os_login is False:
        yield "people log in to its machines by keys in metadata"
