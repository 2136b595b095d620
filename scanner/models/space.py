"""How much room what stores data still has."""

from datetime import datetime
from typing import ClassVar

from scanner.models.resource import UNREAD, Resource


class DatabaseSpace(Resource):
    """The storage of one database that has a size: how much of it is free, now and a week ago.

    Not of databases that are switched off, and say nothing, nor of those whose storage has no size (Aurora, Spanner).
    """

    title: ClassVar[str] = "database storage"

    measured_at: datetime | None = UNREAD
    """The newest hour for which the cloud has a number. None: AWS says that it has none of the last week, as of an
    instance that was made a moment ago; there is nothing to judge."""
    free_gib: float = UNREAD
    """The least that was free in that hour, in GiB, of all that it can have. AWS `FreeStorageSpace` (bytes), and what
    `MaxAllocatedStorage` leaves above `AllocatedStorage`; GCP: `database/disk/utilization` of `dataDiskSizeGb`; Azure:
    `storage_percent` of `storageSizeGB`."""
    total_gib: float = UNREAD
    """All that it can have, in GiB. AWS `MaxAllocatedStorage`, else `AllocatedStorage`; GCP `dataDiskSizeGb`; Azure
    `storageSizeGB`."""
    grows: bool = UNREAD
    """Whether the cloud makes it larger by itself. AWS: `MaxAllocatedStorage` is above `AllocatedStorage`; GCP
    `storageAutoResize`, unless `storageAutoResizeLimit` is reached; Azure `autoGrow`."""
    week_ago_gib: float | None = UNREAD
    """As `free_gib`, six to seven days before; None: there is no number as old as that."""
