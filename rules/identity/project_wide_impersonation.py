"""People who may act as any program of a project."""

from scanner import CIS_GCP_5, Cloud, Problems, ProjectSettings, RoleGrant, Severity, rule

_ACTS = ("roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator")


@rule(
    "project-wide-impersonation",
    severity=Severity.MEDIUM,
    controls=[CIS_GCP_5["1.7"].partly()],
    passes={
        "other roles": ProjectSettings(
            grants=(RoleGrant(who="user:ines@example.com", role="roles/run.developer"),)
        ),
    },
    fails={
        "a person": ProjectSettings(grants=(RoleGrant(who="user:ines@example.com", role=_ACTS[0]),)),
        "a group, by tokens": ProjectSettings(
            grants=(RoleGrant(who="group:devs@example.com", role=_ACTS[1]),)
        ),
    },
    fix={
        Cloud.GCP: "gcloud projects remove-iam-policy-binding {name} --member <member> --role <role>, then for each "
        "service account that they do need: gcloud iam service-accounts add-iam-policy-binding <service-account> "
        "--member <member> --role <role>",
    },
    references=("https://cloud.google.com/iam/docs/service-account-permissions",),
)
def project_wide_impersonation(project: ProjectSettings) -> Problems:
    """Somebody may act as every service account of the project.

    Whoever may use or sign for service accounts has all that any of them may do, today's and tomorrow's: the most
    powerful one of the project decides. In the logs it looks as if the program did it. Given for one service account,
    the same role stays as small as that account.
    """
    for grant in project.grants:
        if grant.role in _ACTS and not grant.who.startswith("serviceAccount:"):
            yield f"{grant.who} has {grant.role} on the whole project"
