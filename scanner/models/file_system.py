"""File systems that machines mount over the network."""

from datetime import datetime
from typing import ClassVar

from scanner.models.resource import UNREAD, Resource


class FileSystem(Resource):
    """A file system, or on Azure a share, that many machines mount at once."""

    title: ClassVar[str] = "file system"

    encrypted: bool = UNREAD
    """AWS `Encrypted` of EFS. FSx, GCP and Azure lack it: theirs always are."""
    created_at: datetime | None = UNREAD
    """None: nobody says. AWS `CreationTime`; GCP `createTime`; Azure: None, a share says only when it was changed."""
    backed_up: bool = UNREAD
    """The service's own switch for automatic backups is on, whatever came of it. AWS: `Status` of the backup policy of
    EFS, `AutomaticBackupRetentionDays` of FSx is not 0; GCP: false, Filestore has no such switch; Azure: false, for
    the same reason."""
    soft_delete_days: float | None = UNREAD
    """Days for which it can be brought back when it was deleted; None: it cannot. Azure `shareDeleteRetentionPolicy` of
    the file service. AWS and GCP lack it: there a backup is all that is left."""
    smb_versions: tuple[str, ...] = UNREAD
    """Versions of SMB by which it is mounted: `SMB2.1`, `SMB3.0`, `SMB3.1.1`. Not applicable to what is mounted by NFS.
    Azure `protocolSettings.smb.versions` of the file service; absent: all of them. AWS and GCP lack it."""
    smb_ciphers: tuple[str, ...] = UNREAD
    """By which that traffic is encrypted: `AES-128-CCM`, `AES-128-GCM`, `AES-256-GCM`. Azure
    `protocolSettings.smb.channelEncryption`; absent: all of them. AWS and GCP lack it."""
