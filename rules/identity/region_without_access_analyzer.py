"""Regions in which nobody looks for access from outside."""

from scanner import CIS_AWS_7, Cloud, Problems, RegionSettings, Severity, rule


@rule(
    "region-without-access-analyzer",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["2.18"]],
    passes={"access from outside is analyzed": RegionSettings(access_analyzed=True)},
    fails={"nobody looks": RegionSettings(access_analyzed=False)},
    fix={
        Cloud.AWS: "aws accessanalyzer create-analyzer --region {name} --analyzer-name outside --type ACCOUNT",
    },
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html",),
)
def region_without_access_analyzer(region: RegionSettings) -> Problems:
    """Region has no analyzer of access from outside.

    IAM Access Analyzer works out, by proof and not by pattern, which buckets, roles, keys, queues and secrets somebody
    outside of the account can use, and says so within the half hour in which a policy changed. For access from outside
    it is free of charge. It works region by region.
    """
    if not region.access_analyzed:
        yield "no analyzer for access from outside is active"
