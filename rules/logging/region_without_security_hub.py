"""Regions in which AWS gathers no findings."""

from scanner import CIS_AWS_7, Cloud, Problems, RegionSettings, Severity, rule


@rule(
    "region-without-security-hub",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["5.16"]],
    passes={"it is on": RegionSettings(findings_gathered=True)},
    fails={"it is off": RegionSettings(findings_gathered=False)},
    fix={Cloud.AWS: "aws securityhub enable-security-hub --region {name}"},
    references=("https://docs.aws.amazon.com/securityhub/latest/userguide/what-is-securityhub.html",),
)
def region_without_security_hub(region: RegionSettings) -> Problems:
    """Region has Security Hub switched off.

    GuardDuty, Inspector and Access Analyzer then report each in its own corner, and nobody looks into all corners of
    all regions. If your team gathers findings elsewhere, waive this for the account and say where.
    """
    if not region.findings_gathered:
        yield "the service that gathers findings, Security Hub, is off"
