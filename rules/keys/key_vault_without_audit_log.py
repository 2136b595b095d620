"""Key vaults in which nobody sees who used what."""

from scanner import CIS_AZURE_6, Cloud, KeyVault, Problems, Severity, rule


@rule(
    "key-vault-without-audit-log",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["6.1.1.4"]],
    passes={
        "audit events are kept": KeyVault(audit_log="to-logs"),
    },
    fails={
        "nothing is kept": KeyVault(audit_log=None),
    },
    fix={
        Cloud.AZURE: "az monitor diagnostic-settings create --name <name> --resource {id} --workspace "
        '<workspace-id> --logs \'[{"categoryGroup":"audit","enabled":true}]\'',
    },
    references=("https://learn.microsoft.com/azure/key-vault/general/logging",),
)
def key_vault_without_audit_log(vault: KeyVault) -> Problems:
    """Key vault does not log who used what.

    After a break-in the question is which secrets were read, for those have to be changed. Without the log the
    answer is all of them, tonight.

    A diagnostic setting has to take the category AuditEvent, or a group that holds it; where it goes to is not
    looked at.
    """
    if vault.audit_log is None:
        yield "no diagnostic setting takes its audit events"
