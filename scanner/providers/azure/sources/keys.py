"""What is asked about keys: those in Key Vault, as far as its control plane tells of them."""

from typing import Final

from scanner.models.keys import Key
from scanner.models.resource import Resource
from scanner.providers.azure import keys
from scanner.providers.azure.calls import AzureCall, listed, within
from scanner.providers.azure.reading import region
from scanner.providers.spec import PARENT, Detail, Source

KEY_VAULT: Final = "Microsoft.KeyVault"
VERSION: Final = "2026-05-15"

#: Under which keys stand. It is no kind of ours.
VAULTS: Final = Source(
    kind=Resource,
    listing=listed(KEY_VAULT, "Vaults_ListBySubscription", "vaults", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    lacking=("tags",),
)

KEYS: Final = Source(
    kind=Key,
    listing=within(KEY_VAULT, "Keys_List", "keys", "vaults/keys", VERSION),
    level="account",
    under=VAULTS,
    id="{id}",
    name=f"{{{PARENT}.name}}/{{name}}",
    fields=keys.KEY,
    details=[
        Detail(
            call=AzureCall(
                KEY_VAULT,
                "Keys_Get",
                "",
                path="{id}",
                version=VERSION,
                permission=f"{KEY_VAULT}/vaults/keys/read",
            ),
            fills=keys.ROTATION,
        )
    ],
)

SOURCES: Final = (VAULTS, KEYS)
