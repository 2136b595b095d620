"""One Google Cloud project's working sign-in: sends declared calls, one attempt and one page at a time."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.gcp.assets import Assets
from scanner.providers.gcp.calls import NOT_ENABLED, PROJECT, REGIONS, GcpCall
from scanner.providers.gcp.errors import ELSEWHERE, NotEnabledError
from scanner.providers.gcp.limits import FREE, limit_of
from scanner.providers.gcp.pages import page_of
from scanner.providers.gcp.transport import Transport
from scanner.providers.spec import Call, CallError, Limit, Page


class Regions:
    """The regions of Google Cloud, asked of the first project that answers: they are the same for all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[str, ...] = ()

    def known(self, ask: Callable[[], Iterable[str]]) -> tuple[str, ...]:
        """Return the regions, sorted. Raises what `ask` raises."""
        with self._lock:
            self._known = self._known or tuple(sorted(ask()))
            return self._known


class GcpSession:
    """One project, signed in. Safe to share between threads.

    It sends the calls in `declared` and no others. Answers do not depend on a region: every list is one of the whole
    project, and what stands in a zone belongs to that zone's region. `number` is the project's number, when known.
    Lists come from `assets` where it is given and holds them.
    """

    def __init__(
        self,
        account: str,
        identity: str,
        transport: Transport,
        declared: frozenset[str],
        regions: Regions,
        number: str = "",
        assets: Assets | None = None,
    ) -> None:
        self.cloud = Cloud.GCP
        self.partition = ""
        self.origin = "live" if assets is None else "Cloud Asset Inventory"
        self.home = ""
        self.account = account
        self.identity = identity
        self._transport = transport
        self._declared = declared
        self._regions = regions
        self._number = number
        self._found_as = number
        self._assets = assets
        self._lock = threading.Lock()

    def regions(self) -> Sequence[str]:
        """Regions, sorted; none where the project has no Compute Engine, or may not list them. Raises CallError."""
        try:
            return self._regions.known(self._list_regions)
        except CallError as error:
            if error.again or error.fatal:
                raise
            # Nothing is lost: no list is asked by region, and what stands in an unknown one is kept.
            return ()

    def _list_regions(self) -> list[str]:
        arguments = {**REGIONS.params, "project": self.account}
        answer = self.send(REGIONS, Scope(Cloud.GCP, self.account), arguments).answer
        return [region["name"] for region in answer.get("items", ())]

    def limit(self, call: Call, scope: Scope) -> Limit:  # noqa: ARG002 - quotas are the project's
        """Return the bucket that Google Cloud counts this call in, as documented."""
        if self._assets is not None and isinstance(call, GcpCall) and call.asset:
            return FREE  # most of these calls send nothing; those that do keep to their own bucket
        return limit_of(self.account, call.service)

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:  # noqa: ARG002
        """Send the call once, without a retry, for one page. Raises CallError."""
        if call.name not in self._declared or not isinstance(call, GcpCall):
            raise CallError(Code.DENIED, "Undeclared", f"{call.name} is not sent: no source declares it")
        try:
            if self._assets is not None and call.asset:
                return self._assets.page(call, self.account, self._found_as)
            return page_of(call, self._transport.ask(call, call.prepared(arguments), token))
        except NotEnabledError as error:
            raise self._not_enabled(error) from error
        except (AttributeError, LookupError, TypeError) as error:
            raise CallError(Code.MALFORMED, "UnpromisedAnswer", str(error)) from error

    def _not_enabled(self, error: NotEnabledError) -> CallError:
        """Judge "this API is not enabled": it proves something only when it speaks of the scanned project.

        Where it is not the scanned project that is charged for the call, Google speaks of the one that is.
        """
        consumer = error.consumer
        if consumer and consumer in (self.account, self._project_number()):
            return CallError(Code.UNAVAILABLE, NOT_ENABLED, error.text)
        where = f"not known to be said of {self.account}, but of {consumer or 'some project'}: {error.text}"
        return CallError(Code.UNAVAILABLE, ELSEWHERE, where)

    def _project_number(self) -> str:
        """Return the project's number, "" when it may not be read."""
        with self._lock:
            if not self._number:
                try:
                    answer = self._transport.ask(PROJECT, {"project": self.account}, None)
                    self._number = str(answer.get("name", "")).removeprefix("projects/") or "?"
                except CallError:
                    self._number = "?"
            return self._number

    def close(self) -> None:
        """Close every connection, for every project that shares them."""
        self._transport.close()
