"""One person who looks after keys and uses them."""

from scanner import CIS_GCP_5, Cloud, Problems, ProjectSettings, RoleGrant, Severity, rule

_ADMINISTERS = "roles/cloudkms.admin"
_USES = frozenset(
    {
        "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        "roles/cloudkms.cryptoKeyDecrypter",
        "roles/cloudkms.cryptoKeyEncrypter",
    }
)
_INES = "user:ines@example.com"


@rule(
    "key-duties-unsplit",
    severity=Severity.MEDIUM,
    controls=[CIS_GCP_5["1.12"].partly()],
    passes={
        "two people": ProjectSettings(
            grants=(
                RoleGrant(who=_INES, role=_ADMINISTERS),
                RoleGrant(who="user:noor@example.com", role="roles/cloudkms.cryptoKeyDecrypter"),
            )
        ),
    },
    fails={
        "one person": ProjectSettings(
            grants=(
                RoleGrant(who=_INES, role=_ADMINISTERS),
                RoleGrant(who=_INES, role="roles/cloudkms.cryptoKeyDecrypter"),
            )
        ),
    },
    fix={
        Cloud.GCP: "gcloud projects remove-iam-policy-binding {name} --member <member> --role <role>",
    },
    references=("https://cloud.google.com/kms/docs/separation-of-duties",),
)
def key_duties_unsplit(project: ProjectSettings) -> Problems:
    """Same member administers keys and may use them.

    A key of one's own is a second lock only while those who may take it away are others than those who read with it.
    Whoever has both can read everything that it protects and then destroy it: theft and ransom in one session.

    Looked at are roles in the project itself; members of groups are not looked up.
    """
    uses: dict[str, list[str]] = {}
    for grant in project.grants:
        if grant.role in _USES:
            uses.setdefault(grant.who, []).append(grant.role)
    for grant in project.grants:
        if grant.role == _ADMINISTERS and grant.who in uses:
            yield f"{grant.who} has {_ADMINISTERS} and {', '.join(sorted(uses[grant.who]))}"
