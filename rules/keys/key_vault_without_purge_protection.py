"""Key vaults that can be emptied for good."""

from scanner import CIS_AZURE_6, Cloud, KeyVault, Problems, Severity, rule


@rule(
    "key-vault-without-purge-protection",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["8.3.5"]],
    passes={
        "nobody can purge": KeyVault(purge_protected=True),
    },
    fails={
        "it can be purged": KeyVault(purge_protected=False),
    },
    fix={
        Cloud.AZURE: "az keyvault update --name {name} --enable-purge-protection true\n"
        "# a managed HSM: az keyvault update-hsm --hsm-name {name} --enable-purge-protection true",
    },
    references=("https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",),
)
def key_vault_without_purge_protection(vault: KeyVault) -> Problems:
    """Key vault can be purged.

    A key that is gone takes everything along that was encrypted with it: disks, databases, backups. Somebody with
    enough rights, or who has stolen them, deletes and purges it in two calls, and no support can bring it back.
    With purge protection what is deleted stays for its days of grace, whoever asks.

    It cannot be switched off again.
    """
    if not vault.purge_protected:
        yield "what is deleted from it can be purged at once"
