"""A vantage point as a sign-in: it answers the declared probes, by connections or from what was read before."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from scanner.models.resource import GLOBAL, Cloud, Code, Scope, UnreadError
from scanner.providers.probe import certificates, handshakes, web
from scanner.providers.probe.connecting import Connecting, Found, Turnstile
from scanner.providers.probe.handshakes import Contexts, Place
from scanner.providers.probe.joining import Configured
from scanner.providers.probe.settings import Settings
from scanner.providers.probe.targets import Target
from scanner.providers.spec import Call, CallError, Limit, Page

#: The turnstile keeps the rate of connections, not of calls: some open none, some open several.
_UNLIMITED: Final = 1e6

_LONGEST_CHAIN: Final = 20


class ProbeSession:
    """One vantage point with its targets. Safe to share between threads."""

    cloud = Cloud.PROBE
    partition = ""
    origin = "live"
    home = GLOBAL

    def __init__(
        self, settings: Settings, targets: Sequence[Target], configured: Mapping[str, Configured]
    ) -> None:
        self.account = settings.vantage
        self.identity = settings.vantage
        self._settings = settings
        self._targets = targets
        self._configured = configured
        self._turnstile = Turnstile(settings.rate)
        self._contexts = Contexts(settings.trust)
        # A trust store that cannot be read is an error before anything is contacted.
        _ = self._contexts.verifying
        self._found: dict[str, tuple[Target, Found]] = {}
        self._pages: Iterator[list[tuple[Target, Found]]] | None = None
        self._lock = threading.Lock()
        self._answers: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "State": self._state,
            "LetsIn": self._lets_in,
            "LetsUsIn": self._lets_us_in,
            "Hello": self._hello,
            "Verify": self._verify,
            "Versions": self._versions,
            "Get": self._get,
        }

    def regions(self) -> Sequence[str]:
        """A vantage point has no regions."""
        return ()

    def limit(self, call: Call, scope: Scope) -> Limit:  # noqa: ARG002 - as the protocol asks
        """Return a bucket that never ends: the rate is that of connections."""
        return Limit(("probe",), _UNLIMITED, _UNLIMITED)

    def send(self, call: Call, scope: Scope, arguments: Mapping[str, Any], token: Any = None) -> Page:  # noqa: ARG002
        """Answer one question. Raises CallError."""
        if call.operation == "Connect":
            return self._connect(token)
        return Page(self._answers[call.operation](arguments))

    def _connect(self, token: int | None) -> Page:
        with self._lock:
            if self._pages is None:
                self._pages = Connecting(self._targets, self._settings, self._turnstile).pages()
            page = next(self._pages, None)
        if page is None:
            return Page({"targets": []})
        for target, found in page:
            self._found[target.place] = (target, found)
        rows = [{**target.raw(self.account), "state": found.state} for target, found in page]
        return Page({"targets": rows}, (token or 0) + 1)

    def _state(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        _, found = self._found[arguments["place"]]
        if not found.state:
            raise CallError(Code.UNAVAILABLE, "no way", found.why)
        return {"state": found.state}

    def _lets_in(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        configured = self._configured[arguments["place"]]
        return {"open_to": _known(configured.open_to), "via": configured.via}

    def _lets_us_in(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"configured": _known(self._configured[arguments["place"]].us)}

    def _hello(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        hello = handshakes.hello(self._place(arguments), self._contexts)
        if not hello.tls:
            return {"tls": False, "chain": [], "names": (), "common_name": None, "version": "", "fits": True}
        try:
            chain = certificates.read(hello.chain[:_LONGEST_CHAIN])
            return {
                "tls": True,
                "version": hello.version,
                "chain": [certificates.facts(one) for one in chain],
                "names": certificates.names(chain[0]),
                "common_name": certificates.common_name(chain[0]),
                "fits": certificates.signatures_fit(chain),
            }
        except (ValueError, IndexError) as error:
            raise CallError(Code.MALFORMED, "certificate", str(error)[:300]) from None

    def _verify(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        found = handshakes.verify(self._place(arguments), self._contexts, fits=arguments["fits"])
        return dict(zip(("trust", "code", "text"), found, strict=True))

    def _versions(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        found = handshakes.versions(self._place(arguments), self._contexts, arguments["known"])
        return {"versions": found}

    def _get(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        target, _ = self._found[arguments["place"]]
        host = target.named or target.host
        shown = f"[{host}]" if ":" in host else host
        usual = 443 if target.talk.tls else 80
        header = shown if target.port == usual else f"{shown}:{target.port}"
        return web.get(self._place(arguments), self._contexts, header, secure=target.talk.tls)._asdict()

    def _place(self, arguments: Mapping[str, Any]) -> Place:
        """Return where a target was found open, and the name that it is asked for: none where it is an address."""
        target, found = self._found[arguments["place"]]
        named = target.named if target.named is not None and not _is_address(target.named) else None
        instead = self._settings.instead(target.host, target.port)
        port = instead[1] if instead is not None else target.port
        return Place(
            found.address, port, named, target.talk.starttls, self._settings.timeout, self._turnstile
        )


def _is_address(host: str) -> bool:
    return ":" in host or host.rpartition(".")[2].isdecimal()


def _known(value: str | UnreadError) -> str:
    if isinstance(value, UnreadError):
        why = value.why
        raise CallError(why.code, value.field, why.text or str(why), permission=why.permission)
    return value
