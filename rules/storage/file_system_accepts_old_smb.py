"""File shares and versions of SMB."""

from scanner import CIS_AZURE_6, NOTHING_TO_FIX, Cloud, FileSystem, Problems, Severity, rule, unknown_value

OLD = ("SMB2.1", "SMB3.0")


@rule(
    "file-system-accepts-old-smb",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["9.1.2"]],
    passes={
        "SMB 3.1.1 alone": FileSystem(smb_versions=("SMB3.1.1",)),
    },
    fails={
        "all versions": FileSystem(smb_versions=("SMB2.1", "SMB3.0", "SMB3.1.1")),
    },
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az storage account file-service-properties update --account-name <storage-account> "
        "--resource-group <resource-group> --versions SMB3.1.1",
    },
    references=("https://learn.microsoft.com/azure/storage/files/files-smb-protocol",),
)
def file_system_accepts_old_smb(share: FileSystem) -> Problems:
    """File share is mounted by old versions of SMB.

    SMB 2.1 knows no encryption, and 3.0 lets somebody in between talk both ends into weaker settings. SMB 3.1.1
    checks that nobody did; everything since Windows 10 and Linux 4.18 speaks it.

    The setting is one of the storage account, for all of its shares. See who still mounts by an older version
    first: they are cut off.
    """
    for version in share.smb_versions:
        if version not in (*OLD, "SMB3.1.1"):
            raise unknown_value(share, "smb_versions", version)
    old = [version for version in OLD if version in share.smb_versions]
    if old:
        yield f"{' and '.join(old)} is accepted" if len(old) == 1 else f"{' and '.join(old)} are accepted"
