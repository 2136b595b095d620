"""One connection to Google Cloud for every project: credentials, TLS, proxies, and plain JSON over HTTP.

The official clients turn JSON into protocol buffers at 72-100 µs an item, and importing google-cloud-compute takes
seconds; google-auth's own authorized session with orjson reads the same answers at a fifth of that. The official
clients stay the measure: tests hold every declared path, host and parameter against them.
"""

import threading
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import google.auth.exceptions
import orjson
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from requests.utils import get_environ_proxies

from scanner.models.resource import Code
from scanner.providers.endpoint import Endpoint
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.gcp.errors import one_line, translate
from scanner.providers.spec import CallError
from scanner.providers.tls import SharedTls, ca_bundle, plain

#: Seconds.
CONNECT_TIMEOUT: Final = 10.0
READ_TIMEOUT: Final = 60.0

#: On every call: answers are not padded with spaces for people.
ALWAYS: Final = (("prettyPrint", "false"),)


class Transport:
    """Sends one request at a time for any number of threads. `agent` is the user agent of every call."""

    def __init__(self, credentials: Any, endpoint: Endpoint | None, agent: str) -> None:
        self.credentials = credentials
        self.endpoint = endpoint
        self._renewing = threading.Lock()
        adapter = SharedTls(ca_bundle())
        self._auth = requests.Session()
        self._auth.mount("https://", adapter)
        self._request = Request(self._auth)
        self._http = AuthorizedSession(credentials, auth_request=self._request, max_refresh_attempts=1)
        self._http.mount("https://", adapter)
        self._http.mount("http://", plain())
        # Proxies are looked up once per host here; requests would read the environment again for every call.
        self._http.trust_env = False
        self._http.headers["User-Agent"] = agent
        self._proxies: dict[str, Mapping[str, str]] = {}

    def sign_in(self) -> None:
        """Fetch a token now. Raises google.auth.exceptions.GoogleAuthError."""
        self._renew()

    def _renew(self) -> None:
        """Renew the token when it is about to end, once, however many threads notice."""
        if self.credentials.valid:
            return
        with self._renewing:
            if not self.credentials.valid:
                self.credentials.refresh(self._request)

    def base(self, service: str) -> tuple[str, dict[str, str]]:
        """Return the address of an API, and the headers that it takes to reach it there."""
        host = f"{service}.{self.credentials.universe_domain}"
        if self.endpoint is None:
            return f"https://{host}", {}
        # One address on this machine stands for every API: the host that is meant goes along.
        return self.endpoint.of(service), {"Host": host} if self.endpoint.loopback else {}

    def ask(self, call: GcpCall, arguments: Mapping[str, Any], token: str | None) -> Mapping[str, Any]:
        """Send one request and return its answer as JSON. Raises CallError."""
        base, headers = self.base(call.service)
        url, body = address(base, call, arguments, token)
        try:
            self._renew()
            answer = self._http.request(
                call.method,
                url,
                data=None if body is None else orjson.dumps(body),
                headers=headers if body is None else {**headers, "Content-Type": "application/json"},
                timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
                proxies=self._proxies_for(base),
                allow_redirects=False,
            )
        except google.auth.exceptions.GoogleAuthError as error:
            raise self._unrenewed(error) from error
        except (requests.exceptions.RequestException, OSError) as error:
            raise unanswered(error) from error
        if not 200 <= answer.status_code < 300:  # noqa: PLR2004 - HTTP's numbers
            raise translate(answer.status_code, answer.headers, answer.content)
        return read(answer.content)

    def _proxies_for(self, base: str) -> Mapping[str, str]:
        found = self._proxies.get(base)
        if found is None:
            found = self._proxies[base] = get_environ_proxies(base, no_proxy=None)
        return found

    def _unrenewed(self, error: google.auth.exceptions.GoogleAuthError) -> CallError:
        """Judge why a token could not be renewed: what may pass, or the end of this sign-in."""
        again = isinstance(error, google.auth.exceptions.TransportError) or getattr(error, "retryable", False)
        code = Code.UNAVAILABLE if again else Code.DENIED
        return CallError(code, type(error).__name__, one_line(str(error)), again=again, fatal=not again)

    def close(self) -> None:
        """Close every connection."""
        self._http.close()
        self._auth.close()


def address(
    base: str, call: GcpCall, arguments: Mapping[str, Any], token: str | None
) -> tuple[str, Mapping[str, Any] | None]:
    """Return the URL of a request, and the body when it is to be posted. Raises KeyError for a missing word."""
    rest = dict(arguments)
    parts = []
    for part in call.path.split("/"):
        word = part.removeprefix("{").partition("}")[0] if part.startswith("{") else ""
        verb = part.partition("}")[2]
        name = word.removeprefix("+")
        parts.append(quote(str(rest.pop(name)), safe="/" if word != name else "") + verb if word else part)
    body = {name: rest.pop(name) for name in call.body} if call.body else None
    query = [(name, _worded(value)) for name, value in rest.items()] + [*ALWAYS]
    if token is not None:
        query.append((call.token, token))
    return f"{base}/{'/'.join(parts)}?{urlencode(query, doseq=True)}", body


def _worded(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def read(content: bytes) -> Mapping[str, Any]:
    """Parse an answer. Raises CallError when it is not what every one of these APIs promises: a JSON object."""
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        # Half an answer came through, or something in between answered.
        text = one_line(f"the answer is not JSON ({error}): {content[:120].decode(errors='replace')!r}")
        raise CallError(Code.MALFORMED, "UnreadableAnswer", text, again=True) from None
    if not isinstance(answer, dict):
        raise CallError(Code.MALFORMED, "UnpromisedAnswer", f"the answer is a JSON {type(answer).__name__}")
    return answer


def unanswered(error: Exception) -> CallError:
    """Judge a request that brought no answer."""
    text = one_line(str(error))
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        text = one_line(f"{error} (a private certificate authority goes into REQUESTS_CA_BUNDLE)")
        return CallError(Code.UNAVAILABLE, type(error).__name__, text)
    return CallError(Code.UNAVAILABLE, type(error).__name__, text, again=True)
