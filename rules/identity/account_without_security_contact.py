"""Whom the cloud calls."""

from scanner import CIS_AWS_7, Account, Cloud, Problems, Severity, rule


@rule(
    "account-without-security-contact",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["2.3"]],
    passes={"somebody": Account(security_contact=True)},
    fails={"nobody": Account(security_contact=False)},
    fix={
        Cloud.AWS: "aws account put-alternate-contact --alternate-contact-type SECURITY --name <name> --title <title> "
        "--email-address <address> --phone-number <number>",
        Cloud.GCP: "not judged here: see project-without-contacts",
        Cloud.AZURE: "not judged here: contacts of Microsoft Defender for Cloud have rules of their own",
    },
    references=(
        "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html",
    ),
)
def account_without_security_contact(account: Account) -> Problems:
    """Account names nobody to tell about abuse.

    When AWS sees a key of yours in public, or machines of yours that attack others, it writes to the security contact,
    and without one to the address that the account was opened with, which may be that of somebody who left. If nobody
    answers, it closes things down.
    """
    if not account.security_contact:
        yield "there is no alternate contact of the type SECURITY"
