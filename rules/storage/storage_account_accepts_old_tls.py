"""Storage accounts and versions of TLS."""

from scanner import CIS_AZURE_6, TLS_VERSIONS, Cloud, Problems, Severity, StorageAccount, rule, unknown_value

CURRENT = ("TLSv1.2", "TLSv1.3")


@rule(
    "storage-account-accepts-old-tls",
    severity=Severity.LOW,
    controls=[CIS_AZURE_6["9.3.6"]],
    passes={
        "TLS 1.2": StorageAccount(oldest_tls="TLSv1.2"),
        "TLS 1.3": StorageAccount(oldest_tls="TLSv1.3"),
    },
    fails={
        "TLS 1.0": StorageAccount(oldest_tls="TLSv1.0"),
    },
    fix={
        Cloud.AZURE: "az storage account update --name {name} --resource-group <resource-group> "
        "--min-tls-version TLS1_2",
    },
    references=(
        "https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version",
    ),
)
def storage_account_accepts_old_tls(account: StorageAccount) -> Problems:
    """Storage account accepts TLS 1.0 or 1.1.

    TLS 1.0 and 1.1 were withdrawn in 2021 (RFC 8996). What still asks for them is an old program that nobody
    updates, or somebody in between who wants the weakest that is offered.

    Azure has begun to refuse them whatever an account says; the setting makes it certain, and shows which program
    fails while there is somebody to look.
    """
    if account.oldest_tls not in TLS_VERSIONS:
        raise unknown_value(account, "oldest_tls", account.oldest_tls)
    if account.oldest_tls not in CURRENT:
        yield f"{account.oldest_tls} is taken"
