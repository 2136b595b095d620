"""One connection to Azure Resource Manager for every subscription: the SDK's own pipeline, and plain JSON through it.

Measured (tests/bench/azure_client.py): azure-mgmt-network turns a page of 500 security groups into objects in ten times
the CPU that its pipeline and orjson take for the same page. So the pipeline is the SDK's, its answers are read as
they come, and azure-mgmt-network is not imported. It stays the measure: tests hold every path, version and policy
against it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import orjson
import requests
from azure.core.exceptions import AzureError, ClientAuthenticationError, ServiceRequestError
from azure.core.pipeline.policies import HeadersPolicy, ProxyPolicy, RequestIdPolicy, UserAgentPolicy
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest
from azure.mgmt.core import ARMPipelineClient
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy
from requests.utils import get_environ_proxies

from scanner.models.resource import Code
from scanner.providers.azure.calls import AzureCall
from scanner.providers.azure.errors import one_line
from scanner.providers.spec import CallError
from scanner.providers.tls import SharedTls, ca_bundle, plain

#: Seconds.
CONNECT_TIMEOUT: Final = 10
READ_TIMEOUT: Final = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Sends one request at a time for any number of threads. `agent` is the user agent of every call.

    Without a credential nobody signs in. Whatever an answer names as its next page, requests go to `address` alone.
    """

    def __init__(self, address: str, credential: Any, scope: str, agent: str) -> None:
        self.address = address
        self._session = requests.Session()
        self._session.mount("https://", SharedTls(ca_bundle()))
        self._session.mount("http://", plain())
        # Bundle and proxies are looked up once here; requests would read the environment again for every call.
        self._session.trust_env = False
        self._client = ARMPipelineClient[HttpRequest, Any](
            address,
            policies=policies(credential, scope, agent, get_environ_proxies(address, no_proxy=None)),
            transport=RequestsTransport(
                session=self._session,
                session_owner=False,
                connection_timeout=CONNECT_TIMEOUT,
                read_timeout=READ_TIMEOUT,
            ),
        )

    def send(self, method: str, target: str, body: Any = None) -> Answer:
        """Send one request to `target` (path and query) and return its answer. Raises CallError for none."""
        request = HttpRequest(method, self.address + target, json=body)
        with answering():
            # Streamed, the SDK does not parse the body itself.
            response = self._client.send_request(request, stream=True)
            return Answer(response.status_code, response.headers, response.read())

    def close(self) -> None:
        """Close every connection."""
        self._client.close()
        self._session.close()


def policies(credential: Any, scope: str, agent: str, proxies: Mapping[str, str]) -> list[Any]:
    """Return what each request goes through: the SDK's own policies, but for those that must not, or need not, run.

    Left out: the one that registers resource providers (it writes), retries (`pace.py` has them, for all calls
    together), redirects (a token must not go elsewhere), parsing, logging and tracing.
    """
    through: list[Any] = [
        RequestIdPolicy(),
        HeadersPolicy({"Accept": "application/json"}),
        UserAgentPolicy(base_user_agent=agent),
        ProxyPolicy(proxies=dict(proxies)),
    ]
    if credential is not None:
        through.append(ARMChallengeAuthenticationPolicy(credential, scope))
    return through


@contextmanager
def answering() -> Iterator[None]:
    """Turn what the SDK raises into a CallError."""
    try:
        yield
    except ClientAuthenticationError as error:
        # Token endpoints are another service: what it refuses ends the sign-in.
        raise CallError(Code.DENIED, type(error).__name__, one_line(error.message), fatal=True) from error
    except (AzureError, requests.exceptions.RequestException, OSError) as error:
        raise unanswered(error) from error


def unanswered(error: Exception) -> CallError:
    """Judge a request that brought no answer."""
    said = one_line(str(error))
    if isinstance(error, ServiceRequestError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        text = one_line(f"{said} (a private certificate authority goes into REQUESTS_CA_BUNDLE)")
        return CallError(Code.UNAVAILABLE, "UntrustedCertificate", text)
    return CallError(Code.UNAVAILABLE, type(error).__name__, said, again=True)


def target_of(call: AzureCall, arguments: Mapping[str, Any]) -> str:
    """Return path and query of a call. Raises KeyError for a missing word, ValueError for an id that is none."""
    rest, path = dict(arguments), call.path
    for word in ("id", "account", "namespace", "group"):
        if f"{{{word}}}" in path:
            value = rest.pop(word)
            path = path.replace(f"{{{word}}}", _id(value) if word == "id" else quote(str(value), safe=""))
    return f"{path}?{urlencode({'api-version': call.version, **rest})}"


def _id(value: Any) -> str:
    """Return an item's id as a path. Raises ValueError for one that would lead elsewhere."""
    parts = str(value).split("/")
    if parts[:2] != ["", "subscriptions"] or not {"", ".", ".."}.isdisjoint(parts[1:]):
        raise ValueError(f"{value!r} is not the id of a resource in a subscription")
    return quote(str(value), safe="/()$,;=!*'+@&:-._~")


def target_in(link: str) -> str:
    """Return path and query of a link in an answer; its host is of no interest, for requests go to one place only.

    Raises ValueError for a link that is none.
    """
    parts = urlsplit(link)
    if not parts.path.startswith("/"):
        raise ValueError(f"{link[:80]!r} is not a link")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def read(body: bytes) -> Mapping[str, Any]:
    """Parse an answer. Raises CallError when it is not what Azure promises: a JSON object."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        text = one_line(f"the answer is not JSON ({error}): {body[:120].decode(errors='replace')!r}")
        raise CallError(Code.MALFORMED, "UnreadableAnswer", text, again=True) from None
    if not isinstance(answer, dict):
        raise CallError(Code.MALFORMED, "UnpromisedAnswer", f"the answer is a JSON {type(answer).__name__}")
    return answer
