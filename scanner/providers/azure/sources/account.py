"""What is asked about a subscription itself."""

from typing import Final

from scanner.models.account import Account
from scanner.providers.azure.calls import SUBSCRIPTION, AzureCall
from scanner.providers.azure.reading import tags
from scanner.providers.spec import Detail, Once, Source

#: A subscription has neither a root user nor users of its own, and keeps its activity log without being told to; people
#: log in to machines as each machine says.
LACKS: Final = (
    "needs_trail", "os_login", "password_policy", "root_keys", "root_mfa", "root_mfa_virtual", "root_password",
    "root_used", "security_contact", "shell_users", "support_roles",
)  # fmt: skip

ACCOUNT: Final = Source(
    kind=Account,
    listing=Once(),
    level="account",
    id=SUBSCRIPTION,
    name="{account}",
    # A subscription has no switch over all of its storage accounts.
    fields={"public_block": lambda _: None},
    lacking=LACKS,
    details=[
        Detail(
            call=AzureCall(
                "Microsoft.Resources",
                "Subscriptions_Get",
                "",
                path=SUBSCRIPTION,
                version="2022-12-01",
                permission="Microsoft.Resources/subscriptions/read",
            ),
            fills={"tags": tags},
        )
    ],
)

SOURCES: Final = (ACCOUNT,)
