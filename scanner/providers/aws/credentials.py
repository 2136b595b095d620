"""Whose credentials a scan uses: what a profile resolves to, and what to do when it does not work."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import botocore.session
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own
    CredentialRetrievalError,
    LoginError,
    MetadataRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    RefreshWithMFAUnsupportedError,
    SSOError,
    TokenRetrievalError,
)

from scanner.providers.aws.clients import new_session
from scanner.providers.aws.errors import EXPIRED, FAILURES, UNRECOGNIZED, one_line, translate
from scanner.providers.spec import SignInError

#: What botocore raises when credentials cannot be had or renewed, before anything is sent.
NO_CREDENTIALS: Final = (
    CredentialRetrievalError,
    LoginError,
    MetadataRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    RefreshWithMFAUnsupportedError,
    SSOError,
    TokenRetrievalError,
)

NONE_FOUND: Final = (
    "no AWS credentials were found: name a profile with --profile, sign in with `aws configure sso`, or set "
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One way in: a profile (None: as the environment says), its botocore session, and its credentials.

    `again` returns the way in anew, when these credentials have died. Raises SignInError.
    """

    profile: str | None
    session: botocore.session.Session
    credentials: Any
    again: "Callable[[], Entry]"

    @property
    def keys(self) -> tuple[str, str, str | None]:
        """The access key, secret and token as they are now. Raises what botocore raises when renewal fails."""
        frozen = self.credentials.get_frozen_credentials()
        return frozen.access_key, frozen.secret_key, frozen.token


def enter(profile: str | None) -> Entry:
    """Resolve a profile to credentials, which may ask STS, SSO, a container or the machine. Raises SignInError."""
    try:
        session = new_session(profile)
    except ProfileNotFound as error:
        known = ", ".join(sorted(botocore.session.Session(profile=profile).available_profiles)) or "none"
        raise SignInError(f"AWS: {one_line(str(error))}; known profiles: {known}") from None
    except BotoCoreError as error:
        raise SignInError(f"AWS: {one_line(str(error))}") from None
    try:
        credentials = session.get_credentials()
        if credentials is None:
            raise SignInError(NONE_FOUND)
        entry = Entry(profile, session, credentials, lambda: enter(profile))
        _ = entry.keys
    except EOFError:
        raise SignInError(
            f"AWS profile {name_of(session)} asks for an MFA code, and there is no terminal"
        ) from None
    except FAILURES as error:
        raise SignInError(advice(error, session)) from None
    return entry


def name_of(session: botocore.session.Session) -> str:
    """Return the profile's name, `default` when none is named."""
    return str(session.profile or "default")


def _profile_with(session: botocore.session.Session, prefix: str) -> str:
    """Return the profile, or the one behind it (source_profile), that has a setting with this prefix; else ""."""
    profiles: Mapping[str, Any] = session.full_config.get("profiles", {})
    name, seen = name_of(session), set[str]()
    while name in profiles and name not in seen:
        seen.add(name)
        if any(setting.startswith(prefix) for setting in profiles[name]):
            return name
        name = str(profiles[name].get("source_profile", ""))
    return ""


def renewal(session: botocore.session.Session) -> str:
    """Return the command that renews the sign-in of a profile, "" when no command of AWS's does."""
    for prefix, command in (("sso_", "aws sso login"), ("login_session", "aws login")):
        name = _profile_with(session, prefix)
        if name:
            return command if name == "default" else f"{command} --profile {shlex.quote(name)}"
    return ""


def advice(error: Exception, session: botocore.session.Session) -> str:
    """Say in one line why the sign-in does not work, and what to do."""
    name, command = name_of(session), renewal(session)
    said = one_line(str(error))
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
    if command and (isinstance(error, SSOError | TokenRetrievalError | LoginError) or code in EXPIRED):
        return f"the sign-in of AWS profile {name} has expired: run `{command}`"
    if code in EXPIRED:
        return f"the AWS session token of {_whose(session)} has expired: get a new one ({said})"
    if code in UNRECOGNIZED:
        return (
            f"AWS does not know the credentials of {_whose(session)} ({said}); keys of GovCloud or China need "
            "AWS_REGION to name one of their regions"
        )
    if isinstance(error, ConnectionError):
        return f"AWS cannot be reached: {one_line(str(translate(error)))}{_by_endpoint(error)}"
    return f"AWS profile {name}: {said}"


def _whose(session: botocore.session.Session) -> str:
    method = getattr(session.get_credentials(), "method", "")
    return "the environment" if method == "env" else f"profile {name_of(session)}"


def _by_endpoint(error: ConnectionError) -> str:
    address = str(error.kwargs.get("endpoint_url", ""))
    known = not address or "amazonaws.com" in address
    return "" if known else "; the address comes from AWS_ENDPOINT_URL or the profile's endpoint_url"
