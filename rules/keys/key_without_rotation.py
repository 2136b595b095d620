"""Keys that stay the same."""

from typing import Annotated

from scanner import CIS_AWS_7, CIS_AZURE_6, CIS_GCP_5, Cloud, Key, Option, Problems, Severity, rule


@rule(
    "key-without-rotation",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["4.6"], CIS_GCP_5["1.11"].partly(), CIS_AZURE_6["8.3.9"]],
    applies=lambda key: key.own and key.enabled and key.rotatable,
    passes={"every year": Key(own=True, enabled=True, rotatable=True, rotation_days=365)},
    fails={
        "never": Key(own=True, enabled=True, rotatable=True, rotation_days=None),
        "every seven years": Key(own=True, enabled=True, rotatable=True, rotation_days=2560),
    },
    fix={
        Cloud.AWS: "aws kms enable-key-rotation --key-id {id} --rotation-period-in-days 365",
        Cloud.GCP: "gcloud kms keys update {name} --keyring <keyring> --location <location> --rotation-period 365d "
        "--next-rotation-time <time>",
        Cloud.AZURE: "az keyvault key rotation-policy update --vault-name <vault> --name {name} --value policy.json",
    },
    references=("https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",),
)
def key_without_rotation(
    key: Key,
    *,
    days: Annotated[
        float, Option("days after which a key has to be rotated at the latest", at_least=1)
    ] = 365,
) -> Problems:
    """Key is not rotated.

    The longer one key is used, the more data is lost with it if it ever leaks, and the harder it is to say what was
    encrypted with it. Rotation is free of work: the service keeps the old material to decrypt old data, and nothing
    that uses the key notices.

    Judged are keys of the account's own that are enabled and that the cloud can rotate by itself. Asymmetric keys and
    keys whose material was brought along cannot be, and a replica follows its primary key.
    """
    if key.rotation_days is None:
        yield "automatic rotation is off"
    elif key.rotation_days > days:
        yield f"it is rotated every {key.rotation_days:g} days, more than {days:g}"
