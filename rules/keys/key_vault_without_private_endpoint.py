"""Key vaults and private endpoints."""

from scanner import CIS_AZURE_6, Cloud, KeyVault, Problems, Severity, rule


@rule(
    "key-vault-without-private-endpoint",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["8.3.8"]],
    passes={
        "a private endpoint": KeyVault(private_endpoint=True),
    },
    fails={
        "none": KeyVault(private_endpoint=False),
    },
    fix={
        Cloud.AZURE: "az network private-endpoint create --name <name> --resource-group <resource-group> "
        "--subnet <subnet-id> --private-connection-resource-id {id} --group-id <vault-or-managedhsm> "
        "--connection-name <name>",
    },
    references=("https://learn.microsoft.com/azure/key-vault/general/private-link-service",),
)
def key_vault_without_private_endpoint(vault: KeyVault) -> Problems:
    """Key vault has no private endpoint.

    Without one, your own machines reach the vault by its public address, so that it has to keep one. With a private
    endpoint the way to it is inside your network, and the public one can be closed.

    Counted are endpoints that were let in.
    """
    if not vault.private_endpoint:
        yield "no private endpoint leads to it"
