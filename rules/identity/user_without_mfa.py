"""Users without a second factor."""

from scanner import CIS_AWS_7, Cloud, Problems, Severity, User, rule


@rule(
    "user-without-mfa",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["2.10"]],
    applies=lambda user: user.password,
    passes={"a second factor": User(password=True, mfa=True)},
    fails={"a password alone": User(password=True, mfa=False)},
    fix={
        Cloud.AWS: "aws iam create-virtual-mfa-device --virtual-mfa-device-name {name} --outfile <file> "
        "--bootstrap-method "
        "QRCodePNG, then aws iam enable-mfa-device --user-name {name} --serial-number <serial> "
        "--authentication-code1 <code> --authentication-code2 <code>; until then aws iam delete-login-profile "
        "--user-name {name}",
    },
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html",),
)
def user_without_mfa(user: User) -> Problems:
    """User signs in to the console with a password alone.

    Passwords are phished, guessed and used twice. One that works without a second factor is an open door to everything
    that the user may do, from anywhere. Users without a password for the console are not judged.
    """
    if not user.mfa:
        yield "no second factor is registered"
