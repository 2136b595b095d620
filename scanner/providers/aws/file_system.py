"""EFS and FSx file systems."""

from typing import Final

from scanner.models.file_system import FileSystem
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.reading import tags
from scanner.providers.spec import Detail, Raw, Source
from scanner.providers.values import known

_POLICY: Final = {"ENABLED": True, "ENABLING": True, "DISABLED": False, "DISABLING": False}
_CONFIGURATIONS: Final = (
    "WindowsConfiguration",
    "LustreConfiguration",
    "OntapConfiguration",
    "OpenZFSConfiguration",
)
#: Lustre for data that are somewhere else as well: FSx makes no backups of it.
_SCRATCH: Final = frozenset({"SCRATCH_1", "SCRATCH_2"})


def policy_on(answer: Raw | None) -> bool:
    """Tell whether EFS has its backup policy switched on; most file systems from before 2020 have none."""
    return answer is not None and known(_POLICY, answer["BackupPolicy"]["Status"])


def automatic_backups(raw: Raw) -> bool:
    """Tell whether FSx makes backups by itself: zero days is how it says that it does not. Lustre may say nothing."""
    [said] = [raw[name] for name in _CONFIGURATIONS if raw.get(name) is not None]
    return bool(said.get("AutomaticBackupRetentionDays"))


def is_scratch(raw: Raw) -> bool:
    """Tell whether a file system is one that cannot be backed up."""
    return (raw.get("LustreConfiguration") or {}).get("DeploymentType") in _SCRATCH


def no_backups_of_scratch(raw: Raw) -> tuple[str, ...]:
    """Return the fields that a scratch file system has no answer to."""
    return ("backed_up",) if is_scratch(raw) else ()


#: What is deleted is gone but for its backups; how a file system is mounted by SMB, Windows in it decides.
LACKS: Final = ("soft_delete_days", "smb_versions", "smb_ciphers")

EFS: Final = Source(
    kind=FileSystem,
    listing=AwsCall("efs", "DescribeFileSystems", "FileSystems", params={"MaxItems": 100}),
    id="arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{FileSystemId}",
    name="{FileSystemId}",
    fields={"encrypted": "Encrypted", "created_at": "CreationTime", "tags": tags},
    details=[
        Detail(
            call=AwsCall(
                "efs",
                "DescribeBackupPolicy",
                given={"FileSystemId": "{FileSystemId}"},
                absent=("PolicyNotFound",),
            ),
            fills={"backed_up": policy_on},
        )
    ],
    lacking=LACKS,
)

FSX: Final = Source(
    kind=FileSystem,
    listing=AwsCall("fsx", "DescribeFileSystems", "FileSystems", params={"MaxResults": 100}),
    id="{ResourceARN}",
    name="{FileSystemId}",
    fields={"created_at": "CreationTime", "backed_up": automatic_backups, "tags": tags},
    # Every file system of FSx is encrypted.
    lacking=("encrypted", *LACKS),
    not_applicable=no_backups_of_scratch,
)

SOURCES: Final = (EFS, FSX)
