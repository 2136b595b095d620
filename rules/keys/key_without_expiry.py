"""Keys without an end."""

from scanner import CIS_AZURE_6, NOTHING_TO_FIX, NOW, Cloud, Key, Problems, Severity, rule


@rule(
    "key-without-expiry",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["8.3.1"], CIS_AZURE_6["8.3.2"]],
    passes={
        "an end": Key(expires=NOW),
    },
    fails={
        "no end": Key(expires=None),
    },
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az keyvault key set-attributes --id <key-id> --expires <date>",
    },
    references=("https://learn.microsoft.com/azure/key-vault/keys/about-keys-details",),
)
def key_without_expiry(key: Key) -> Problems:
    """Key never expires.

    A key with an end is renewed, because it has to be; one without is used until somebody remembers it, by programs
    that nobody knows any more. An end also sends events before it comes, so that nobody is taken by surprise.

    Keys that are switched off are left out. Give the key a rotation policy before its end, or what uses it stops.
    """
    if key.expires is None:
        yield "it has no end"
