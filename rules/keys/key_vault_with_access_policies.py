"""Key vaults and who decides about them."""

from scanner import CIS_AZURE_6, Cloud, KeyVault, Problems, Severity, rule


@rule(
    "key-vault-with-access-policies",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["8.3.6"]],
    passes={
        "roles": KeyVault(by_roles=True),
    },
    fails={
        "a list of its own": KeyVault(by_roles=False),
    },
    fix={
        Cloud.AZURE: "az keyvault update --name {name} --enable-rbac-authorization true",
    },
    references=("https://learn.microsoft.com/azure/key-vault/general/rbac-migration",),
)
def key_vault_with_access_policies(vault: KeyVault) -> Problems:
    """Key vault decides about access by a list of its own.

    Whoever may change the vault, as every contributor of its resource group may, can then write themselves onto its
    list and read all of its keys and secrets. With roles that takes the right to give roles, access can be given to
    one secret and for some hours, and reviews see it.

    Give the roles that those on the list need before you switch.
    """
    if not vault.by_roles:
        yield "access policies of its own decide, and no roles"
