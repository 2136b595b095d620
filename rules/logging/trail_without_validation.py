"""Audit trails that could have been changed."""

from scanner import CIS_AWS_7, Cloud, Problems, Severity, Trail, rule


@rule(
    "trail-without-validation",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["4.2"]],
    passes={"files are signed": Trail(validated=True)},
    fails={"files are not signed": Trail(validated=False)},
    fix={Cloud.AWS: "aws cloudtrail update-trail --name {id} --enable-log-file-validation"},
    references=(
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
    ),
)
def trail_without_validation(trail: Trail) -> Problems:
    """Audit trail does not prove that its files are unchanged.

    Whoever breaks in takes themselves out of the record. With validation CloudTrail signs a digest of its files every
    hour, so that a file which was changed or deleted is noticed, and the record can be shown to others.
    """
    if not trail.validated:
        yield "log file validation is off"
