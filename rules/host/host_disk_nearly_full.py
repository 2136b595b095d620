"""File systems of hosts that are about to be full."""

from typing import Annotated

from scanner import Cloud, Mount, Option, Problem, Problems, Severity, rule


@rule(
    "host-disk-nearly-full",
    severity=Severity.HIGH,
    passes={"half is free": Mount(total_gib=100, free_gib=50)},
    fails={
        "a twentieth is free": Mount(total_gib=100, free_gib=4),
        "a tenth is free": Mount(total_gib=100, free_gib=9),
    },
    fix={
        Cloud.HOST: "du -xh --max-depth 2 <path> | sort -h | tail finds what fills it; then make the volume larger: "
        "aws ec2 modify-volume --volume-id <volume> --size <GiB>, growpart and resize2fs"
    },
)
def host_disk_nearly_full(
    mount: Mount,
    *,
    percent: Annotated[float, Option("percent that must be free", at_least=0, at_most=100)] = 10,
) -> Problems:
    """File system is nearly full.

    A full disk stops what writes: databases, logs, package updates, often the login too. The last tenth goes in a night
    when something loops.

    Less than half of the percentage asked for is of high severity, the rest of medium. What root may still use beyond
    does not count.
    """
    share = 100 * mount.free_gib / mount.total_gib
    if share < percent:
        severity = Severity.HIGH if share < percent / 2 else Severity.MEDIUM
        yield Problem(f"{mount.free_gib:.1f} of {mount.total_gib:.1f} GiB are free ({share:.0f} %)", severity)
