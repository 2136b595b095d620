"""Console passwords that nobody uses."""

from datetime import datetime, timedelta
from typing import Annotated

from scanner import CIS_AWS_7, NOW, Cloud, Option, Problems, Severity, User, rule

LONG_AGO = NOW - timedelta(days=300)


@rule(
    "user-password-unused",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["2.11"].partly()],
    applies=lambda user: user.password,
    passes={
        "used yesterday": User(password=True, created=LONG_AGO, password_used=NOW - timedelta(days=1)),
        "a new user": User(password=True, created=NOW - timedelta(days=3), password_used=None),
    },
    fails={
        "used last summer": User(password=True, created=LONG_AGO, password_used=NOW - timedelta(days=200)),
        "never used": User(password=True, created=LONG_AGO, password_used=None),
    },
    fix={Cloud.AWS: "aws iam delete-login-profile --user-name {name}"},
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",),
)
def user_password_unused(
    user: User,
    now: datetime,
    *,
    days: Annotated[float, Option("days without use after which a password has to go", at_least=1)] = 45,
) -> Problems:
    """User has a password for the console that is not used.

    People leave, and their passwords stay. Nobody notices when somebody else tries one out, because nobody expects that
    user to sign in at all.
    """
    limit = now - timedelta(days=days)
    if user.password_used is None:
        if user.created < limit:
            yield f"the user is {(now - user.created).days} days old and never signed in with the password"
    elif user.password_used < limit:
        yield f"the password was last used {(now - user.password_used).days} days ago"
