"""What is asked about key vaults and managed HSMs, as far as their control plane tells of keys and secrets."""

from typing import Final

from scanner.models.keys import Key, KeyVault, Secret
from scanner.providers.azure import diagnostics, keys
from scanner.providers.azure.calls import AzureCall, diagnostic_settings, listed, within
from scanner.providers.azure.reading import region
from scanner.providers.spec import PARENT, Detail, Source

KEY_VAULT: Final = "Microsoft.KeyVault"
VERSION: Final = "2026-05-15"


def _key(operation: str, type: str) -> AzureCall:
    """Declare one key by itself: lists leave its rotation policy out."""
    permission = f"{KEY_VAULT}/{type}/read"
    return AzureCall(KEY_VAULT, operation, "", path="{id}", version=VERSION, permission=permission)


VAULTS: Final = Source(
    kind=KeyVault,
    listing=listed(KEY_VAULT, "Vaults_ListBySubscription", "vaults", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=keys.VAULT,
    details=[Detail(call=diagnostic_settings(), fills=diagnostics.VAULT_LOG)],
)

KEYS: Final = Source(
    kind=Key,
    listing=within(KEY_VAULT, "Keys_List", "keys", "vaults/keys", VERSION),
    level="account",
    under=VAULTS,
    id="{id}",
    name=f"{{{PARENT}.name}}/{{name}}",
    fields=keys.KEY,
    details=[Detail(call=_key("Keys_Get", "vaults/keys"), fills=keys.ROTATION)],
    not_applicable=keys.without_end,
)

SECRETS: Final = Source(
    kind=Secret,
    listing=within(KEY_VAULT, "Secrets_List", "secrets", "vaults/secrets", VERSION),
    level="account",
    under=VAULTS,
    id="{id}",
    name=f"{{{PARENT}.name}}/{{name}}",
    fields=keys.SECRET,
    lacking=keys.SECRET_LACKS,
    not_applicable=keys.without_end,
)

HSMS: Final = Source(
    kind=KeyVault,
    listing=listed(KEY_VAULT, "ManagedHsms_ListBySubscription", "managedHSMs", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=keys.HSM,
    details=[Detail(call=diagnostic_settings(), fills=diagnostics.VAULT_LOG)],
)

HSM_KEYS: Final = Source(
    kind=Key,
    listing=within(KEY_VAULT, "ManagedHsmKeys_List", "keys", "managedHSMs/keys", VERSION),
    level="account",
    under=HSMS,
    id="{id}",
    name=f"{{{PARENT}.name}}/{{name}}",
    fields=keys.KEY,
    details=[Detail(call=_key("ManagedHsmKeys_Get", "managedHSMs/keys"), fills=keys.ROTATION)],
    not_applicable=keys.without_end,
)

SOURCES: Final = (VAULTS, KEYS, SECRETS, HSMS, HSM_KEYS)
