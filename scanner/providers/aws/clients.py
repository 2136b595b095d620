"""Which botocore client sends a call: one per service for every region and account, or stock ones as the way back."""

import functools
import ipaddress
import logging
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import ModuleType
from typing import Any, Final
from urllib.parse import urlsplit

import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import UnknownRegionError

from scanner.providers.aws.sending import Sending, sending, watch

log: Final = logging.getLogger(__name__)

#: The region of clients that serve them all; the call's own takes its place.
HOME: Final = "us-east-1"

#: Loggers that warn of what every call then reports in its own words.
_CHATTER: Final = ("botocore.credentials", "botocore.tokens", "urllib3.connection", "urllib3.connectionpool")

#: macOS allows 256 by default, and no more than 10,240.
OPEN_FILES: Final = 8192

#: What botocore sends unasked, of services that are read: it looks for a bucket that stands in another region, and
#: opens sessions with directory buckets.
_BY_BOTOCORE: Final = {"s3": ("HeadBucket", "CreateSession")}

#: Services that are known in full: which operation brings credentials is the profile's choice.
_WHOLE: Final = frozenset({"sts"})

#: Settings of a profile that say who asks, and nothing about how calls are sent: profiles that differ in these
#: alone share their clients.
_WHO: Final = (
    "aws_", "credential_", "duration_seconds", "external_id", "login_session", "mfa_serial", "output", "region",
    "role_", "source_profile", "sso_", "web_identity_token_file",
)  # fmt: skip


@functools.cache
def transport() -> ModuleType | None:
    """Return what goes beyond botocore's public API; None when this botocore has not even its names."""
    try:
        from scanner.providers.aws import transport as module
    except ImportError as error:
        log.warning("stock AWS clients are used, which are slower: %s", error)
        return None
    return module


@functools.cache
def sent() -> tuple[tuple[str, frozenset[str]], ...]:
    """Return which operations are sent of each service that sources read: those declared, and botocore's own."""
    from scanner.providers.aws.provider import AWS

    found = {service: set(operations) for service, operations in _BY_BOTOCORE.items()}
    for call in AWS.declared:
        if call.service not in _WHOLE:
            found.setdefault(call.service, set()).add(call.operation)
    return tuple((service, frozenset(names)) for service, names in sorted(found.items()))


def new_session(profile: str | None) -> botocore.session.Session:
    """Open a session for a profile (None: as the environment says). Raises ProfileNotFound, ConfigParseError."""
    for chatter in (logging.getLogger(name) for name in _CHATTER):
        if chatter.level == logging.NOTSET:
            chatter.setLevel(logging.ERROR)
    module = transport()
    hooks = module.SharedEmitter() if module is not None else None
    session = botocore.session.Session(profile=profile, event_hooks=hooks)
    session.get_scoped_config()  # raises when there is no such profile
    if module is not None:
        module.quicken(session, sent())
    return session


def session_with(
    session: botocore.session.Session, clients: "Clients", credentials: Any
) -> botocore.session.Session:
    """Return a session for other credentials; where clients are shared, they have none, and it is the same."""
    if clients.shared:
        return session
    other = new_session(session.profile)
    other._credentials = credentials  # noqa: SLF001 - botocore's own way to sessions of other credentials
    return other


def verify_of(session: Any) -> str | bool:
    """Return the CA bundle as botocore finds it: AWS_CA_BUNDLE, the profile, REQUESTS_CA_BUNDLE, else its own."""
    return session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE") or True


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def settings_of(session: botocore.session.Session) -> str:
    """Return what a profile says about how calls are sent, without who asks: equal settings share clients."""
    said = session.get_scoped_config()
    return repr(sorted((name, value) for name, value in said.items() if not name.startswith(_WHO)))


def make_room() -> None:
    """Raise the number of files that this process may open: every host that is asked keeps its connections."""
    try:
        import resource
    except ImportError:  # Windows counts sockets apart
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Clients:
    """Makes clients when they are first needed. Safe to share between threads.

    `agent` is the user agent of every call. A stock client has the credentials of its session; a shared one has
    none of its own, so that it can never use another account's.
    """

    def __init__(self, session: botocore.session.Session, agent: str, endpoint: str | None) -> None:
        self.session = session
        self.endpoint = endpoint
        self.agent = agent
        self._clients: dict[tuple[str, str], Any] = {}
        self._operations: dict[tuple[str, str, str], Callable[..., dict[str, Any]]] = {}
        self._lock = threading.RLock()
        self._transport, self._http = self._shared()
        make_room()

    @property
    def shared(self) -> bool:
        """Whether clients are shared; stock ones belong to one session's credentials."""
        return self._transport is not None

    def _shared(self) -> tuple[ModuleType | None, Any]:
        module = transport()
        if module is None:
            return None, None
        http = module.shared_http(verify_of(self.session))
        defect = module.defect(self.session, http)
        if defect:
            log.warning("stock AWS clients are used, which are slower: %s", defect)
            return None, None
        return module, http

    def call(self, service: str, operation: str, to: Sending, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Send one call once and return its parsed answer. Raises what botocore raises."""
        region = to.region
        if self._transport is not None and service in self._transport.PLACEABLE:
            region = HOME
        key = (service, region, operation)
        method = self._operations.get(key)
        if method is None:
            method = self._operations[key] = self._method(service, region, operation)
        mark = sending.set(to)
        try:
            return method(**arguments)
        finally:
            sending.reset(mark)

    def _method(self, service: str, region: str, operation: str) -> Callable[..., dict[str, Any]]:
        method = getattr(self.client(service, region), xform_name(operation), None)
        if method is None:
            raise LookupError(
                f"{service}:{operation} is not known to the client: no source of AWS declares it"
            )
        found: Callable[..., dict[str, Any]] = method
        return found

    def described(self, service: str) -> tuple[Any, Any]:
        """Return the SDK's model of a service, and the loader of its other descriptions."""
        return self.client(service, HOME).meta.service_model, self.session.get_component("data_loader")

    def knows(self, service: str, region: str) -> bool:
        """Tell whether the SDK's own lists have the service in the region; they may lag behind AWS."""
        try:
            partition = self.session.get_partition_for_region(region)
        except UnknownRegionError:
            return True
        return region in self.session.get_available_regions(service, partition)

    def client(self, service: str, region: str) -> Any:
        """Return the client of a service in a region. Raises what botocore raises for bad settings."""
        with self._lock:
            client = self._clients.get((service, region))
            if client is None:
                client = self._clients[service, region] = self._made(service, region)
            return client

    def _made(self, service: str, region: str) -> Any:
        keys = {"aws_access_key_id": "UNSET", "aws_secret_access_key": "UNSET"} if self.shared else {}
        client = self.session.create_client(
            service, region, endpoint_url=self.endpoint, config=self.config(service), **keys
        )
        address = urlsplit(client.meta.endpoint_url)
        if address.scheme != "https" and not is_loopback(address.hostname or ""):
            raise ValueError(
                f"{client.meta.endpoint_url}: plain http is accepted for a loopback address only"
            )
        watch(client)
        if self._transport is not None:
            self._transport.share(client, self._http)
        return client

    def config(self, service: str) -> Config:
        """Return how a service's calls are sent: once, by name, and addressed without the account."""
        return Config(
            user_agent=self.agent,
            retries={"total_max_attempts": 1, "mode": "standard"},
            max_pool_connections=128,
            connect_timeout=10,
            read_timeout=60,
            account_id_endpoint_mode="disabled",
            s3=self._s3() if service in ("s3", "s3control") else None,
        )

    def _s3(self) -> dict[str, Any]:
        """Address buckets by path, unless the profile says otherwise: one host per region, not one per bucket."""
        said = self.session.get_scoped_config().get("s3")
        chosen = {"addressing_style": "path", "us_east_1_regional_endpoint": "regional"}
        return {**chosen, **said} if isinstance(said, dict) else chosen

    def close(self) -> None:
        """Close every connection, and let the clients go; what is asked later makes new ones."""
        with self._lock:
            clients = list(self._clients.values())
            self._clients.clear()
            self._operations.clear()
        for client in clients:
            client.close()
        if self._transport is not None:
            self._http.close()
            self._transport.shared_loader.cache_clear()
