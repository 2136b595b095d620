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
