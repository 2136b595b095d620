"""File systems and encryption at rest."""

from scanner import CIS_AWS_7, NOTHING_TO_FIX, Cloud, FileSystem, Problems, Severity, rule


@rule(
    "file-system-unencrypted",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["3.3.1"]],
    passes={"encrypted": FileSystem(encrypted=True)},
    fails={"plain": FileSystem(encrypted=False)},
    fix={
        Cloud.AWS: "aws efs create-file-system --encrypted --tags Key=Name,Value=<new-name>\n"
        "# copy the data over, for instance with AWS DataSync, mount the new one, then:\n"
        "aws efs delete-file-system --file-system-id {name}",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html",),
)
def file_system_unencrypted(system: FileSystem) -> Problems:
    """File system is not encrypted.

    Its backups are in the clear as well, and no key stands between the data and whoever gets at the storage or at a
    copy of it. It can only be chosen when a file system is made, so the fix is a new one and a move: plan it before an
    auditor or a customer asks for it.
    """
    if not system.encrypted:
        yield "the data on the file system are not encrypted"
