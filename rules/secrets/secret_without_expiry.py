"""Secrets without an end."""

from scanner import CIS_AZURE_6, NOTHING_TO_FIX, NOW, Cloud, Problems, Secret, Severity, rule


@rule(
    "secret-without-expiry",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["8.3.3"], CIS_AZURE_6["8.3.4"]],
    passes={
        "an end": Secret(expires=NOW),
    },
    fails={
        "no end": Secret(expires=None),
    },
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az keyvault secret set-attributes --vault-name <vault> --name <secret> --expires <date>",
    },
    references=("https://learn.microsoft.com/azure/key-vault/secrets/about-secrets",),
)
def secret_without_expiry(secret: Secret) -> Problems:
    """Secret never expires.

    A password that never ends is never changed, and known to everybody who ever worked on the system. The end of a
    secret is an event that somebody can be told of, weeks before.

    Secrets that are switched off are left out. What fetches a secret after its end still gets it from the vault by
    default, but is told; see that somebody listens.
    """
    if secret.expires is None:
        yield "it has no end"
