"""Programs that may do everything."""

from scanner import CIS_GCP_5, Cloud, Problems, ProjectSettings, RoleGrant, Severity, rule

from ._roles import is_program

_BROAD = ("roles/owner", "roles/editor")
_CI = "serviceAccount:ci@shop.iam.gserviceaccount.com"


@rule(
    "program-with-admin-role",
    severity=Severity.HIGH,
    controls=[CIS_GCP_5["1.6"].partly()],
    passes={
        "what its task needs": ProjectSettings(grants=(RoleGrant(who=_CI, role="roles/run.developer"),)),
        "a person": ProjectSettings(grants=(RoleGrant(who="user:ines@example.com", role="roles/owner"),)),
        "an agent of Google's": ProjectSettings(
            grants=(RoleGrant(who="serviceAccount:1@cloudservices.gserviceaccount.com", role="roles/editor"),)
        ),
        "an agent of one service": ProjectSettings(
            grants=(
                RoleGrant(
                    who="serviceAccount:service-415104041262@dataflow-service-producer-prod.iam.gserviceaccount.com",
                    role="roles/editor",
                ),
            )
        ),
    },
    fails={
        "everything": ProjectSettings(grants=(RoleGrant(who=_CI, role="roles/owner"),)),
        "all of one service": ProjectSettings(grants=(RoleGrant(who=_CI, role="roles/storage.admin"),)),
    },
    fix={
        Cloud.GCP: "gcloud projects remove-iam-policy-binding {name} --member <member> --role <role>, after it has "
        "been given what its task needs: gcloud projects add-iam-policy-binding {name} --member <member> --role <role>",
    },
    references=("https://cloud.google.com/iam/docs/best-practices-service-accounts",),
)
def program_with_admin_role(project: ProjectSettings) -> Problems:
    """Service account may administer the project.

    Programs run with what they find: a library, a build step, a request from outside can become their own commands.
    One that is owner or editor, or administers a service, hands all of that over. Its keys and tokens lie on machines
    and in logs, without a second factor.

    Looked at are roles in the project itself, of service accounts that somebody made. Roles of single resources and
    those handed down by folders are not seen from here, nor what a custom role with another name allows.
    """
    for grant in project.grants:
        broad = grant.role in _BROAD or "admin" in grant.role.rpartition("/")[2].lower()
        if broad and is_program(grant.who):
            yield f"{grant.who.removeprefix('serviceAccount:')} has {grant.role}"
