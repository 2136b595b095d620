"""Signing in to Google Cloud: application default credentials, on behalf of a service account when asked."""

import os
import warnings
from typing import Any, Final

import google.auth
from google.auth import exceptions, impersonated_credentials
from google.auth.credentials import AnonymousCredentials

from scanner.providers.endpoint import Endpoint
from scanner.providers.gcp.errors import one_line
from scanner.providers.spec import SignInError

#: No narrower scope is accepted by every API that is read; what may be done is for the permissions to say.
SCOPES: Final = ("https://www.googleapis.com/auth/cloud-platform",)

#: Seconds that a token lasts which is taken on behalf of a service account; it is renewed when it ends.
LIFETIME: Final = 3600

KEY_FILE: Final = "GOOGLE_APPLICATION_CREDENTIALS"
_LOGIN: Final = "gcloud auth application-default login"


def enter(endpoint: Endpoint | None, impersonate: str) -> tuple[Any, str]:
    """Return credentials (no token fetched yet) and the project that the environment names, "" for none.

    An address on this machine gets nobody's credentials, unless GOOGLE_APPLICATION_CREDENTIALS names some.
    Raises SignInError.
    """
    if endpoint is not None and endpoint.loopback and not os.environ.get(KEY_FILE):
        return AnonymousCredentials(), os.environ.get("GOOGLE_CLOUD_PROJECT", "")
    try:
        with warnings.catch_warnings():
            # It warns of people's own credentials without a project to charge; an API that minds says so itself.
            warnings.simplefilter("ignore", UserWarning)
            credentials, project = google.auth.default(scopes=SCOPES)
    except exceptions.GoogleAuthError as error:
        raise SignInError(advice(error)) from None
    if impersonate:
        credentials = impersonated_credentials.Credentials(
            source_credentials=credentials,
            target_principal=impersonate,
            target_scopes=list(SCOPES),
            lifetime=LIFETIME,
        )
    return credentials, project or ""


def identity_of(credentials: Any) -> str:
    """Return who is signed in: an e-mail address where the credentials know it."""
    if isinstance(credentials, AnonymousCredentials):
        return "nobody (anonymous, on this machine)"
    for name in ("service_account_email", "signer_email", "account"):
        found = getattr(credentials, name, "")
        if found:
            return str(found)
    return "the application default credentials"


def advice(error: Exception, impersonate: str = "") -> str:
    """Say what to do about a sign-in that does not work."""
    said = one_line(str(error))
    if isinstance(error, exceptions.RefreshError) and impersonate:
        return (
            f"Google Cloud: no token for {impersonate}: {said}. It takes the permission "
            "iam.serviceAccounts.getAccessToken on it (role Service Account Token Creator)"
        )
    if isinstance(error, exceptions.RefreshError):
        return f"Google Cloud: the sign-in has ended or was refused: {said}. Run: {_LOGIN}"
    if isinstance(error, exceptions.TransportError):
        return f"Google Cloud: no token could be fetched: {said}"
    return f"Google Cloud: no credentials. Run: {_LOGIN} (or let {KEY_FILE} name a credentials file): {said}"
