"""Key vaults and public networks."""

from scanner import (
    CIS_AZURE_6,
    FROM_CHOSEN,
    FROM_EVERYWHERE,
    FROM_INSIDE,
    Cloud,
    KeyVault,
    Problems,
    Severity,
    rule,
    unknown_value,
)


@rule(
    "key-vault-on-public-network",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["8.3.7"]],
    passes={
        "private endpoints alone": KeyVault(networks=FROM_INSIDE),
    },
    fails={
        "every network": KeyVault(networks=FROM_EVERYWHERE),
        "chosen networks": KeyVault(networks=FROM_CHOSEN),
    },
    fix={
        Cloud.AZURE: "az keyvault update --name {name} --public-network-access Disabled\n"
        "# a managed HSM: az keyvault update-hsm --hsm-name {name} --public-network-access Disabled",
    },
    references=("https://learn.microsoft.com/azure/key-vault/general/private-link-service",),
)
def key_vault_on_public_network(vault: KeyVault) -> Problems:
    """Key vault can be reached over public networks.

    A stolen token of an application is all that it takes to read the vault from anywhere in the world. Where it
    answers inside your own network alone, the thief has to be there too.

    Make a private endpoint first; a list of networks is better than none, and less than this.
    """
    if vault.networks in (FROM_EVERYWHERE, FROM_CHOSEN):
        yield f"requests are taken over public networks, from {vault.networks}"
    elif vault.networks != FROM_INSIDE:
        raise unknown_value(vault, "networks", vault.networks)
