"""What a project's audit logs leave out."""

from scanner import (
    ADMIN_READ,
    CIS_GCP_5,
    DATA_READ,
    DATA_WRITE,
    Cloud,
    Problem,
    Problems,
    ProjectSettings,
    Severity,
    rule,
)

_ALL = (ADMIN_READ, DATA_READ, DATA_WRITE)


@rule(
    "project-without-full-audit-log",
    severity=Severity.MEDIUM,
    controls=[CIS_GCP_5["2.1"].partly()],
    passes={"everything of everyone": ProjectSettings(logged=_ALL, unlogged_members=())},
    fails={
        "changes alone": ProjectSettings(logged=(), unlogged_members=()),
        "not who read what": ProjectSettings(logged=(ADMIN_READ, DATA_WRITE), unlogged_members=()),
        "everybody but one": ProjectSettings(logged=_ALL, unlogged_members=("user:ines@example.com",)),
    },
    fix={
        Cloud.GCP: "gcloud projects get-iam-policy {name} --format json > policy.json\n"
        "# add to auditConfigs: service allServices with the log types ADMIN_READ, DATA_READ and DATA_WRITE, and\n"
        "# take exemptedMembers away; then:\n"
        "gcloud projects set-iam-policy {name} policy.json",
    },
    references=("https://cloud.google.com/logging/docs/audit/configure-data-access",),
)
def project_without_full_audit_log(project: ProjectSettings) -> Problems:
    """Project does not write down who read or wrote which data.

    Changes are always in the audit logs. Who read a secret, a customer's rows or the list of permissions is not, unless
    somebody asks for it, and after a theft that is the question. Whoever is left out of the log can do it unseen.

    What folders and the organization ask for counts as well and is not seen from here. Data access logs cost money by
    their size: where only some services hold data worth it, waive this with their names.
    """
    missing = [what for what in _ALL if what not in project.logged]
    if missing:
        yield f"not logged for all services: {', '.join(missing)}"
    if project.unlogged_members:
        yield Problem(f"left out of the log: {', '.join(project.unlogged_members)}", Severity.LOW)
