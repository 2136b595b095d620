"""Storage accounts and keys that grow old unseen."""

from scanner import CIS_AZURE_6, Cloud, Problems, Severity, StorageAccount, rule


@rule(
    "storage-account-without-key-reminder",
    severity=Severity.INFO,
    controls=[CIS_AZURE_6["9.3.1.1"]],
    passes={
        "every 90 days": StorageAccount(reminder_days=90),
    },
    fails={
        "nobody is reminded": StorageAccount(reminder_days=None),
    },
    fix={
        Cloud.AZURE: "az storage account update --name {name} --resource-group <resource-group> --key-exp-days "
        "90",
    },
    references=("https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage",),
)
def storage_account_without_key_reminder(account: StorageAccount) -> Problems:
    """Storage account does not remind anybody to renew its keys.

    The keys of the account open everything in it and never expire by themselves. With a period set, the portal and
    policies show the accounts whose keys are older, so that renewing them does not hang on somebody's memory.

    That keys are old is a finding of its own; this is about the reminder.
    """
    if account.reminder_days is None:
        yield "no period is set after which its keys count as old"
