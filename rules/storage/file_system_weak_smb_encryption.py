"""File shares and how their traffic is encrypted."""

from scanner import CIS_AZURE_6, NOTHING_TO_FIX, Cloud, FileSystem, Problems, Severity, rule, unknown_value

WEAKER = ("AES-128-CCM", "AES-128-GCM")


@rule(
    "file-system-weak-smb-encryption",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["9.1.3"]],
    passes={
        "AES-256-GCM alone": FileSystem(smb_ciphers=("AES-256-GCM",)),
    },
    fails={
        "all of them": FileSystem(smb_ciphers=("AES-128-CCM", "AES-128-GCM", "AES-256-GCM")),
    },
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az storage account file-service-properties update --account-name <storage-account> "
        "--resource-group <resource-group> --channel-encryption AES-256-GCM",
    },
    references=("https://learn.microsoft.com/azure/storage/files/files-smb-protocol",),
)
def file_system_weak_smb_encryption(share: FileSystem) -> Problems:
    """File share is mounted with weaker encryption than it could be.

    What is agreed on is the best that both ends know, unless somebody in between leaves the best out. With
    AES-256-GCM alone there is nothing weaker to agree on. Nobody breaks AES-128 today: this is for data that have
    to stay secret for decades, and for rules that ask for 256 bits.

    The setting is one of the storage account, for all of its shares.
    """
    for cipher in share.smb_ciphers:
        if cipher not in (*WEAKER, "AES-256-GCM"):
            raise unknown_value(share, "smb_ciphers", cipher)
    weaker = [cipher for cipher in WEAKER if cipher in share.smb_ciphers]
    if weaker:
        yield f"accepted beside AES-256-GCM: {' and '.join(weaker)}"
