"""One AWS account's working sign-in: sends declared calls, one attempt and one page at a time."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError, RefreshWithMFAUnsupportedError

from scanner.models.resource import GLOBAL, Cloud, Code, Scope
from scanner.providers.aws.calls import IDENTITY, NO_ENDPOINT, REGIONS, AwsCall
from scanner.providers.aws.clients import Clients
from scanner.providers.aws.credentials import NO_CREDENTIALS, Entry, advice
from scanner.providers.aws.errors import EXPIRED, FAILURES, UNRECOGNIZED, one_line, translate
from scanner.providers.aws.limits import limit_of
from scanner.providers.aws.organization import ASSUME_ROLE
from scanner.providers.aws.pages import Pages, pages_of
from scanner.providers.aws.sending import Sending, UnpromisedError
from scanner.providers.spec import Call, CallError, Limit, Page, SignInError

#: What botocore's parsers raise on an answer of another shape than the service's description.
_MISREAD: Final = (AttributeError, LookupError, TypeError, ValueError)


class AwsSession:
    """One account, signed in. Safe to share between threads.

    It sends the operations in `declared` and no others. Credentials that die are renewed once; when that fails,
    every further call raises the same `CallError` with `fatal` set, and nothing is sent.
    """

    cloud = Cloud.AWS
    origin = "live"

    def __init__(
        self, entry: Entry, home: str, clients_for: Callable[[Entry], Clients], declared: Iterable[Call]
    ) -> None:
        self.home = home
        self.account = ""
        self.partition = "aws"
        self.identity = ""
        self._entry = entry
        self._clients_for = clients_for
        self._clients = clients_for(entry)
        self._declared = frozenset(call.name for call in declared)
        self._pages: dict[Call, Pages] = {}
        self._lock = threading.Lock()
        self._over: CallError | None = None
        self._closed_regions: dict[str, CallError] = {}

    # -- what a session is asked ----------------------------------------------------------------------------

    def identify(self) -> None:
        """Ask STS who is signed in, and for which account. Raises what botocore raises."""
        self.identity = self._who(self._entry, self._clients)
        _, self.partition, _, _, self.account, _ = self.identity.split(":", 5)

    @property
    def way(self) -> tuple[Entry, Clients]:
        """How this account is entered, and the clients that send its calls."""
        return self._entry, self._clients

    def regions(self) -> Sequence[str]:
        """Regions that are enabled for the account, sorted. Raises CallError."""
        rows = self.send(REGIONS, Scope(Cloud.AWS, self.account), REGIONS.params).answer.get("Regions") or ()
        names = sorted(row["RegionName"] for row in rows if row.get("OptInStatus") != "not-opted-in")
        if not names:
            raise CallError(Code.MALFORMED, "NoRegions", "the answer lists no enabled region")
        return names

    def limit(self, call: Call, scope: Scope) -> Limit:
        """Return the bucket that AWS counts this call in, as documented."""
        return limit_of(self.account, self._region(scope), call.service, call.operation)

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:
        """Send the call once, without a retry, for one page. Raises CallError."""
        if call.name not in self._declared:
            raise CallError(Code.DENIED, "Undeclared", f"{call.name} is not sent: no source declares it")
        entry, clients, region = self._entry, self._clients, self._region(scope)
        if self._over is not None:
            raise self._over
        if region in self._closed_regions:
            raise self._closed_regions[region]
        to = Sending(region, entry.credentials)
        try:
            answer = clients.call(
                call.service, call.operation, to, {**call.prepared(arguments), **(token or {})}
            )
        except FAILURES as error:
            raise self._failed(error, call, entry, to) from error
        except UnpromisedError as error:
            raise CallError(Code.MALFORMED, "UnpromisedAnswer", one_line(str(error))) from error
        except _MISREAD as error:
            what = "MisreadAnswer" if to.status else type(error).__name__
            raise CallError(Code.MALFORMED, what, one_line(repr(error))) from error
        answer.pop("ResponseMetadata", None)
        return Page(answer, self._pages_of(call).next(answer, token))

    def close(self) -> None:
        """Close every connection, for every account that shares them."""
        self._pages.clear()
        self._clients.close()

    # -- how ------------------------------------------------------------------------------------------------

    def _region(self, scope: Scope) -> str:
        return self.home if scope.region == GLOBAL else scope.region

    def _pages_of(self, call: Call) -> Pages:
        pages = self._pages.get(call)
        if pages is None:
            paged = call if isinstance(call, AwsCall) else AwsCall(call.service, call.operation, call.items)
            pages = self._pages[call] = pages_of(paged, *self._clients.described(call.service))
        return pages

    def _who(self, entry: Entry, clients: Clients) -> str:
        """Return the ARN of whoever these credentials belong to."""
        to = Sending(self.home, entry.credentials)
        return str(clients.call(IDENTITY.service, IDENTITY.operation, to, {})["Arn"])

    def _failed(self, error: Exception, call: Call, entry: Entry, to: Sending) -> CallError:
        found = translate(error, to.status, to.headers)
        if found.again:
            return found
        if found.error == NO_ENDPOINT and self._clients.knows(call.service, to.region):
            # The SDK says that there is one: then it is the network that does not know its name.
            return CallError(found.code, "EndpointConnectionError", found.text)
        assuming = isinstance(error, ClientError) and error.operation_name == ASSUME_ROLE.operation
        if assuming and found.error not in EXPIRED | UNRECOGNIZED:
            return self._end(found, f"{self.identity} could not be taken on: {found.text}")
        # A call that is not ours was botocore's own, for credentials.
        elsewhere = isinstance(error, ClientError) and error.operation_name != call.operation
        unknown = found.error in UNRECOGNIZED and "not authorized" not in found.text
        if elsewhere or unknown or isinstance(error, NO_CREDENTIALS) or found.error in EXPIRED:
            return self._renew(error, found, entry, to.region)
        return found

    def _renew(self, error: Exception, found: CallError, entry: Entry, region: str) -> CallError:
        """Renew the credentials once, whatever number of threads found out that they are dead."""
        with self._lock:
            if self._over is None and self._entry is not entry:
                return _again(found)
            return self._over or self._enter_again(error, found, entry, region)

    def _enter_again(self, error: Exception, found: CallError, entry: Entry, region: str) -> CallError:
        if isinstance(error, RefreshWithMFAUnsupportedError):  # entering again would ask for a code
            return self._end(found, advice(error, entry.session))
        try:
            fresh = entry.again()
            clients = self._clients_for(fresh)
            who = self._who(fresh, clients)
            same = fresh.keys == entry.keys
        except SignInError as no:
            return self._end(found, str(no))
        except FAILURES as refused:
            later = translate(refused).again
            return _again(found) if later else self._end(found, advice(refused, entry.session))
        if same and found.error in UNRECOGNIZED:
            return self._close(region, found)
        if same or who.split(":")[4] != self.account:
            return self._end(found, advice(error, entry.session) if same else f"the profile is now {who}")
        self._entry, self._clients = fresh, clients
        return _again(found)

    def _close(self, region: str, found: CallError) -> CallError:
        text = f"{found.text} (the credentials are good elsewhere: this region is not enabled)"
        self._closed_regions[region] = CallError(Code.UNAVAILABLE, found.error, one_line(text))
        return self._closed_regions[region]

    def _end(self, found: CallError, text: str) -> CallError:
        permission = found.permission if found.code is Code.DENIED else ""
        self._over = CallError(Code.DENIED, found.error, one_line(text), permission=permission, fatal=True)
        return self._over


def _again(found: CallError) -> CallError:
    return CallError(found.code, found.error, found.text, permission=found.permission, again=True)
