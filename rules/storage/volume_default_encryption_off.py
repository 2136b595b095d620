"""Regions in which new volumes are not encrypted."""

from scanner import (
    CIS_AWS_7,
    Case,
    Cloud,
    InRegion,
    Problem,
    Problems,
    RegionSettings,
    Severity,
    Volume,
    rule,
)


@rule(
    "volume-default-encryption-off",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["6.1.1"]],
    passes={"new volumes are encrypted": RegionSettings(volumes_encrypted=True)},
    fails={
        "nobody uses the region yet": RegionSettings(volumes_encrypted=False),
        "the region has volumes": Case(RegionSettings(volumes_encrypted=False), others=[Volume(id="vol-1")]),
    },
    fix={Cloud.AWS: "aws ec2 enable-ebs-encryption-by-default --region {name}"},
    references=("https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html",),
)
def volume_default_encryption_off(region: RegionSettings, volumes: InRegion[Volume]) -> Problems:
    """Region does not encrypt new volumes by default.

    Then every volume is encrypted only if whoever makes it thinks of it, and the one that is forgotten cannot be
    encrypted later: it has to be copied and swapped. One switch per region ends that, costs nothing, and changes
    nothing about volumes that exist.

    A region without volumes is of low severity: it is where somebody starts something in a hurry.
    """
    if region.volumes_encrypted:
        return
    yield Problem("new volumes are not encrypted by default", Severity.LOW)
    if any(True for _ in volumes):
        yield Problem("the region is in use: it has volumes")
