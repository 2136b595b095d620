"""One Azure subscription's working sign-in: sends declared calls, one attempt and one page at a time."""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.azure.calls import LOCATIONS, NOT_REGISTERED, PROVIDER, AzureCall
from scanner.providers.azure.errors import PERHAPS_UNREGISTERED, retry_after, translate
from scanner.providers.azure.graph import Graph
from scanner.providers.azure.limits import graph_limit, left_in, limit_of
from scanner.providers.azure.transport import Answer, Transport, read, target_in, target_of
from scanner.providers.spec import Call, CallError, Limit, Page

#: Seconds: how long the end of a posted read action is waited for; between two looks when Azure does not say; and at
#: least between two.
LONGEST_WAIT: Final = 120.0
BETWEEN: Final = 2.0
SHORTEST: Final = 0.05

#: States of a resource provider that say that nobody can have anything of it in the subscription.
_UNUSED: Final = frozenset({"notregistered", "unregistered"})


class AzureSession:
    """One subscription, signed in. Safe to share between threads.

    It sends the calls in `declared` and no others. Answers do not depend on a region: every list is one of the whole
    subscription. With a `graph`, lists whose JSON Resource Graph holds are asked there.
    """

    def __init__(
        self,
        account: str,
        identity: str,
        transport: Transport,
        declared: Iterable[Call],
        graph: Graph | None = None,
    ) -> None:
        self.cloud = Cloud.AZURE
        self.partition = ""
        self.origin = "Azure Resource Graph where it holds them, else live" if graph else "live"
        self.home = ""
        self.account = account
        self.identity = identity
        self._transport = transport
        self._declared = frozenset(call.name for call in declared)
        self._graph = graph
        self._lock = threading.Lock()
        self._left: float | None = None
        self._renewals = 0
        self._fresh = True
        self._over: CallError | None = None
        self._unused: dict[str, bool] = {}

    # -- what a session is asked ----------------------------------------------------------------------------

    def regions(self) -> Sequence[str]:
        """Regions of the subscription, sorted; none where they may not be listed. Raises CallError."""
        try:
            answer = self.send(LOCATIONS, Scope(Cloud.AZURE, self.account), {"account": self.account}).answer
        except CallError as error:
            if error.again or error.fatal:
                raise
            # Nothing is lost: no list is asked by region, and what stands in an unknown one is kept.
            return ()
        return sorted(
            row["name"]
            for row in answer["value"]
            if row.get("metadata", {}).get("regionType", "Physical") == "Physical"
        )

    def limit(self, call: Call, scope: Scope) -> Limit:  # noqa: ARG002 - lists are those of the whole subscription
        """Return the bucket that Azure counts this call in, as documented, less what it says is gone."""
        if self._graph is not None and self._graph.holds(call):
            return graph_limit()
        return limit_of(self.account, self._left)

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:  # noqa: ARG002
        """Send the call once, without a retry, for one page. Raises CallError."""
        if call.name not in self._declared or not isinstance(call, AzureCall):
            raise CallError(Code.DENIED, "Undeclared", f"{call.name} is not sent: no source declares it")
        if self._graph is not None and self._graph.holds(call):
            return self._graph.page(call, self.account, token, self._asked)
        arguments = call.prepared(arguments)
        target, body = (target_of(call, arguments), _body(token)) if call.asks else (token, None)
        try:
            answer = read(self._asked(call.method, target or target_of(call, arguments), body).body)
        except CallError as error:
            raise self._judged(call, error) from error
        return Page(answer, _next(call, answer, token))

    # -- how ------------------------------------------------------------------------------------------------

    def _asked(self, method: str, target: str, body: Any = None) -> Answer:
        """Send one request and wait for its end. Raises CallError for anything but success."""
        answer = self._sent(method, target, body)
        until = time.monotonic() + LONGEST_WAIT
        while answer.status == 202:  # noqa: PLR2004 - HTTP's number
            said = retry_after(answer.headers)
            wait = BETWEEN if said is None else max(said, SHORTEST)
            if time.monotonic() + wait > until:
                text = f"Azure has not finished after {LONGEST_WAIT:.0f} seconds"
                raise CallError(Code.UNAVAILABLE, "StillRunning", text)
            time.sleep(wait)
            answer = self._sent("GET", _location(answer))
        return answer

    def _sent(self, method: str, target: str, body: Any = None) -> Answer:
        if self._over is not None:
            raise self._over
        renewals = self._renewals
        answer = self._transport.send(method, target, body)
        left = left_in(answer.headers)
        if left is not None:
            self._left = left
        if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's numbers
            self._fresh = self._fresh or renewals == self._renewals
            return answer
        error = translate(answer.status, answer.headers, answer.body)
        if answer.status == 401 and not error.fatal:  # noqa: PLR2004
            error = self._unauthorized(error, renewals)
        if error.fatal:
            self._over = error
        raise error

    def _unauthorized(self, error: CallError, renewals: int) -> CallError:
        """Let the SDK fetch another token, which it does after a 401; one that is refused too is the end."""
        with self._lock:
            if renewals == self._renewals:
                if not self._fresh:
                    return CallError(Code.DENIED, error.error, error.text, fatal=True)
                self._renewals, self._fresh = renewals + 1, False
        return CallError(Code.DENIED, error.error, error.text, again=True)

    def _judged(self, call: AzureCall, error: CallError) -> CallError:
        """Find out what "no registered provider" means: nothing is in use, or this version is not known here."""
        if error.error != PERHAPS_UNREGISTERED or not self._is_unused(call.service):
            return error
        return CallError(Code.UNAVAILABLE, NOT_REGISTERED, error.text)

    def _is_unused(self, namespace: str) -> bool:
        if namespace not in self._unused:
            asked = {"account": self.account, "namespace": namespace}
            try:
                said = read(self._asked("GET", target_of(PROVIDER, asked)).body)
            except CallError:
                return False
            self._unused[namespace] = str(said.get("registrationState", "")).lower() in _UNUSED
        return self._unused[namespace]

    def close(self) -> None:
        """Close every connection, for every subscription that shares them."""
        self._transport.close()


def _body(token: Any) -> Mapping[str, Any]:
    """Return what asks for a page of a call that is posted with a body."""
    return {"skipToken": token} if token else {}


def _next(call: AzureCall, answer: Mapping[str, Any], token: Any) -> str | None:
    """Return what asks for the next page. Raises CallError when that is this page again: it would never end."""
    more = answer.get("skipToken" if call.asks else "nextLink")
    if not more:
        return None
    try:
        following = str(more) if call.asks else target_in(str(more))
    except ValueError as error:
        raise CallError(Code.MALFORMED, "UnpromisedAnswer", str(error)) from None
    if following == token:
        raise CallError(Code.MALFORMED, "SamePage", "the answer asks for the same page again")
    return following


def _location(answer: Answer) -> str:
    """Return where the end of a long-running operation is to be looked for. Raises CallError."""
    try:
        return target_in(answer.headers.get("Location", ""))
    except ValueError:
        raise CallError(
            Code.MALFORMED, "UnpromisedAnswer", "accepted, but without a place to look for the end"
        ) from None
