"""Keys that anybody may use."""

from scanner import (
    CIS_AWS_7,
    CIS_GCP_5,
    EVERYONE,
    MAY_READ,
    MAY_WRITE,
    Cloud,
    KeyAccess,
    Problems,
    PublicGrant,
    Severity,
    rule,
)


@rule(
    "key-open-to-everyone",
    severity=Severity.CRITICAL,
    controls=[CIS_AWS_7["2.21"].partly(), CIS_GCP_5["1.10"].partly()],
    passes={"nobody outside": KeyAccess(grants=())},
    fails={
        "everyone may decrypt": KeyAccess(
            grants=(
                PublicGrant(
                    who=EVERYONE,
                    may=(MAY_READ, MAY_WRITE),
                    said="roles/cloudkms.cryptoKeyEncrypterDecrypter",
                ),
            )
        ),
        "any account has a role": KeyAccess(
            grants=(PublicGrant(who="any account", may=("other",), said="roles/viewer"),)
        ),
    },
    fix={
        Cloud.AWS: "aws kms get-key-policy --key-id {name} --query Policy --output text > policy.json\n"
        "# name accounts or roles where the policy says Principal *, or add the condition kms:CallerAccount\n"
        "aws kms put-key-policy --key-id {name} --policy-name default --policy file://policy.json",
        Cloud.GCP: "gcloud kms keys remove-iam-policy-binding {name} --member <allUsers or allAuthenticatedUsers> "
        "--role <role>",
    },
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://cloud.google.com/kms/docs/iam",
    ),
)
def key_open_to_everyone(key: KeyAccess) -> Problems:
    """Key may be used by anybody.

    Whatever the key encrypts is as good as not encrypted: whoever gets hold of a copy, a backup or a disk decrypts it
    with a call that the cloud answers. It takes one wrong word in one command.

    Looked at is the policy of the key itself. On AWS a grant counts unless a condition limits it to fixed accounts,
    organizations or networks. On Google Cloud, what the key ring and the project grant is not seen from here.
    """
    for grant in key.grants:
        yield f"{grant.who_in_words} has {grant.said}" + (
            ", and may decrypt" if MAY_READ in grant.may else ""
        )
