"""Root's second factor."""

from scanner import CIS_AWS_7, NOTHING_TO_FIX, Account, Cloud, Problems, Severity, rule


@rule(
    "root-without-hardware-mfa",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["2.6"]],
    passes={"a device": Account(root_password=True, root_mfa=True, root_mfa_virtual=False)},
    fails={
        "a program": Account(root_password=True, root_mfa=True, root_mfa_virtual=True),
        "nothing": Account(root_password=True, root_mfa=False, root_mfa_virtual=False),
    },
    fix={
        Cloud.AWS: "# in the console, signed in as root: My security credentials, Assign MFA device, Passkey or "
        "security key; then take the virtual one away:\n"
        "aws iam deactivate-mfa-device --user-name <root> --serial-number <serial-of-the-virtual-device>",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    applies=lambda account: account.root_password,
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-hw-mfa-for-root.html",),
)
def root_without_hardware_mfa(account: Account) -> Problems:
    """Root's second factor is a program.

    The codes of a program can be copied from the phone that shows them, and typed into a page that only looks like the
    console. A security key gives nothing away, and signs for the true page alone. No policy limits root: it is the one
    sign-in that is worth the price of a key in a safe.
    """
    if account.root_mfa_virtual:
        yield "root's second factor is a virtual one"
    elif not account.root_mfa:
        yield "root has no second factor at all"
