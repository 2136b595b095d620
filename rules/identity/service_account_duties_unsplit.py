"""One person who makes service accounts and acts as them."""

from scanner import CIS_GCP_5, Cloud, Problems, ProjectSettings, RoleGrant, Severity, rule

from ._roles import members_with_both

_MAKES = frozenset({"roles/iam.serviceAccountAdmin"})
_USES = frozenset({"roles/iam.serviceAccountUser"})
_INES = "user:ines@example.com"


@rule(
    "service-account-duties-unsplit",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["1.9"].partly()],
    passes={
        "two people": ProjectSettings(
            grants=(
                RoleGrant(who=_INES, role="roles/iam.serviceAccountAdmin"),
                RoleGrant(who="user:noor@example.com", role="roles/iam.serviceAccountUser"),
            )
        ),
    },
    fails={
        "one person": ProjectSettings(
            grants=(
                RoleGrant(who=_INES, role="roles/iam.serviceAccountAdmin"),
                RoleGrant(who=_INES, role="roles/iam.serviceAccountUser"),
            )
        ),
    },
    fix={
        Cloud.GCP: "gcloud projects remove-iam-policy-binding {name} --member <member> "
        "--role roles/iam.serviceAccountUser",
    },
    references=("https://cloud.google.com/iam/docs/service-account-permissions",),
)
def service_account_duties_unsplit(project: ProjectSettings) -> Problems:
    """Same member administers service accounts and may act as them.

    With both roles one stolen session makes a new identity, gives it what it likes and works as it, and nobody else has
    to agree. With each role at another person a second one has to take part, or at least gets to see it.

    Members of groups are not looked up: a group counts as one member.
    """
    for who in members_with_both(project.grants, _MAKES, _USES):
        yield f"{who} administers service accounts, and may act as them"
