"""What botocore is asked for beyond its public API, all in this one file, with a check and a way back.

Stock botocore reads the CA bundle again for every TLS connection, keeps its connections per client, and wants a
client per region and account. Here one HTTP session serves every client, and one client every region and account;
and of what it says of services, as much is kept as is needed for the calls that are sent.
`defect()` is asked before the first call; when it finds one, stock clients are used instead.
"""

import copy
import functools
import os
import re
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, EndpointProviderError
from botocore.hooks import _MIDDLE, HierarchicalEmitter, _PrefixTrie
from botocore.httpsession import ProxyConfiguration, URLLib3Session, create_urllib3_context, get_cert_path
from botocore.loaders import JSONFileLoader, Loader
from botocore.utils import get_environ_proxies, parse_timestamp

from scanner.providers.aws.descriptions import cut, shared
from scanner.providers.aws.sending import Sending, sending

#: Services whose one client was compared, without a network, with native clients of each region: the same address,
#: the same credential scope (tests/providers/aws/test_transport.py). Every other service gets a client per region.
PLACEABLE: Final = frozenset(
    """
    accessanalyzer account acm autoscaling backup cloudformation cloudfront cloudtrail cloudwatch config dax dlm docdb
    dynamodb ec2 ecr ecs efs eks elasticache elb elbv2 emr es events firehose fsx guardduty iam kinesis kms
    lambda logs memorydb mq neptune network-firewall opensearch organizations rds redshift
    redshift-serverless resourcegroupstaggingapi route53 s3 s3control sagemaker secretsmanager securityhub
    sns sqs ssm stepfunctions sts wafv2 workspaces
    """.split()  # noqa: SIM905 - sixty lines of one word each are harder to read
)

#: Open connections kept per host, and hosts whose connections are kept. S3 is addressed by path, so hosts are few.
CONNECTIONS: Final = 128
HOSTS: Final = 256
#: Seconds.
CONNECT_TIMEOUT: Final = 10.0
READ_TIMEOUT: Final = 60.0

Sent = tuple[tuple[str, frozenset[str]], ...]
"""Services of which only some operations are sent, with these. All others are described whole."""

_ISO: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_CHECKED_IN: Final = "af-south-1"


# -- one HTTP session ---------------------------------------------------------------------------------------


def trusting(verify: str | bool) -> ssl.SSLContext:  # noqa: FBT001 - botocore's type: a path, or True for its own
    """Return a TLS context that trusts a CA bundle. Raises OSError when the bundle cannot be read."""
    context: ssl.SSLContext = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    bundle = get_cert_path(verify)
    place = "capath" if Path(bundle).is_dir() else "cafile"
    try:
        context.load_verify_locations(**{place: bundle})
    except OSError as error:
        raise OSError(f"the CA bundle {bundle} cannot be used: {error}") from None
    return context


class EnvironmentProxies(ProxyConfiguration):  # type: ignore[misc] # botocore has no types
    """Proxies as the environment says for each host; stock botocore asks once per client, for its endpoint."""

    def __init__(self) -> None:
        super().__init__()
        self._by_host: dict[str, str | None] = {}

    def proxy_url_for(self, url: str) -> str | None:
        """Return the proxy for this address, None when it is reached directly (NO_PROXY)."""
        host = "/".join(url.split("/", 3)[:3])
        if host not in self._by_host:
            self._by_host[host] = ProxyConfiguration(get_environ_proxies(url)).proxy_url_for(url)
        return self._by_host[host]


class SharedHttp(URLLib3Session):  # type: ignore[misc] # botocore has no types
    """botocore's HTTP session for all clients at once: the CA bundle is read once, for every connection."""

    def __init__(self, verify: str | bool = True) -> None:  # noqa: FBT001, FBT002 - botocore's type
        self._trusting = trusting(verify)
        super().__init__(
            verify=verify,
            timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
            max_pool_connections=CONNECTIONS,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )
        self._proxy_config = EnvironmentProxies()

    def _get_pool_manager_kwargs(self, **extra: Any) -> dict[str, Any]:
        kwargs = super()._get_pool_manager_kwargs(**extra)
        return {**kwargs, "ssl_context": self._trusting, "num_pools": HOSTS}

    def _setup_proxy_ssl_context(self, proxy_url: str) -> ssl.SSLContext:  # noqa: ARG002 - botocore's signature
        return self._trusting

    def _setup_ssl_cert(self, conn: Any, url: str, verify: str | bool) -> None:  # noqa: ARG002, FBT001
        """Ask for a certificate; who may have signed it is in the context already."""
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = None

    def defect(self) -> str:
        """Say in which way a connection of this session would not be verified, "" when it would be."""
        pool = self._manager.connection_from_url("https://localhost/")
        self._setup_ssl_cert(pool, "https://localhost/", self._verify)
        context = pool.conn_kw.get("ssl_context")
        if context is not self._trusting or context.verify_mode != ssl.CERT_REQUIRED:
            return "connections do not take the shared TLS context"
        if (pool.cert_reqs, pool.ca_certs) != ("CERT_REQUIRED", None):
            return "connections set up their own certificates"
        return ""


@functools.cache
def shared_http(verify: str | bool) -> SharedHttp:  # noqa: FBT001 - botocore's type
    """Return the process's HTTP session for a CA bundle (True: botocore's own)."""
    return SharedHttp(verify)


# -- reading service descriptions and times -----------------------------------------------------------------


class FastFiles(JSONFileLoader):  # type: ignore[misc] # botocore has no types
    """Reads botocore's service descriptions with orjson."""

    def _load_file(self, full_path: str, open_method: Any) -> Any:
        if not Path(full_path).is_file():
            return None
        with open_method(full_path, "rb") as file:
            return orjson.loads(file.read())


class Packed(Mapping[str, Any]):
    """A mapping of which few values are looked up, and each once or twice: kept as JSON, a quarter of the memory."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        # As text: the bytes that orjson returns keep their whole buffer.
        self._packed = {key: orjson.dumps(value).decode() for key, value in plain.items()}

    def __getitem__(self, key: str) -> Any:
        return orjson.loads(self._packed[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)


class Terse(Loader):  # type: ignore[misc] # botocore has no types
    """Loads descriptions of services; of those in `sent`, only of these operations: 3 MB instead of 40."""

    def __init__(self, paths: list[str], sent: Sent) -> None:
        super().__init__(extra_search_paths=paths, file_loader=FastFiles())
        self._sent = dict(sent)
        self._done: set[int] = set()

    def load_data_with_path(self, name: str) -> Any:
        """Load one file. Raises what botocore raises."""
        found, path = super().load_data_with_path(name)
        if name == "endpoints" and self._first(found):
            for partition in found["partitions"]:
                partition["services"] = Packed(partition["services"])
        if name.endswith("endpoint-rule-set-1") and "rules" in found and self._first(found):
            found["rules"] = shared(found["rules"], {})
        return found, path

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """Load one description. Raises what botocore raises."""
        found = super().load_service_model(service_name, type_name, api_version)
        if type_name == "service-2" and service_name in self._sent and self._first(found):
            # In place: botocore keeps what it has loaded, under more than one name.
            kept = cut(found, self._sent[service_name])
            found.update(kept, shapes=shared(kept["shapes"], {}))
        return found

    def _first(self, found: Any) -> bool:
        """Tell whether this is seen for the first time; botocore keeps what it has loaded, so its id stays its own."""
        first = id(found) not in self._done
        self._done.add(id(found))
        return first


@functools.cache
def shared_loader(data_path: str | None, sent: Sent = ()) -> Loader:
    """Return the process's loader of descriptions; `data_path` is AWS_DATA_PATH, and `sent` what they are cut to."""
    paths = [path for path in (data_path or "").split(os.pathsep) if path]
    return Terse([str(Path(os.path.expandvars(path)).expanduser()) for path in paths], sent)


def read_time(value: Any) -> Any:
    """Parse a timestamp: what XML answers hold at the speed of C, all else as botocore does."""
    if isinstance(value, str) and _ISO.match(value):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            return parse_timestamp(value)
        if parsed.tzinfo is not None:
            return parsed
    return parse_timestamp(value)


def quicken(session: Any, sent: Sent = ()) -> None:
    """Give a new botocore session the process's loader, and answers their faster reader of times."""
    session.register_component("data_loader", shared_loader(session.get_config_variable("data_path"), sent))
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=read_time)


class SharedTrie(_PrefixTrie):  # type: ignore[misc] # botocore has no types
    """Handlers by event. A copy shares every node with its original; what changes in one of them is copied then."""

    _root: dict[str, Any]

    def __copy__(self) -> "SharedTrie":
        other = type(self)()
        other.__dict__.update(self.__dict__)
        return other

    def append_item(self, key: str, value: Any, section: int = _MIDDLE) -> None:
        """Add a handler of an event."""
        self._root = _own(self._root, key.split("."))
        super().append_item(key, value, section)

    def prefix_search(self, key: str) -> tuple[Any, ...]:
        """Return the handlers of an event; they are kept for each event of each client."""
        return tuple(super().prefix_search(key))

    def remove_item(self, key: str, value: Any) -> None:
        """Take a handler of an event away. Raises ValueError when there is none."""
        self._root = _own(self._root, key.split("."))
        super().remove_item(key, value)


def _own(node: Mapping[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """Return a node of which everything on this path may be changed."""
    children = dict(node["children"])
    if path and path[0] in children:
        children[path[0]] = _own(children[path[0]], path[1:])
    return {**node, "children": children, "values": copy.copy(node["values"])}


class SharedEmitter(HierarchicalEmitter):  # type: ignore[misc] # botocore has no types
    """Calls the handlers of events; each client has a copy, to which it adds its own: 3 MB less for 28 clients."""

    def __init__(self) -> None:
        super().__init__()
        self._handlers = SharedTrie()


# -- one client for every region and account ----------------------------------------------------------------


def share(client: Any, http: SharedHttp) -> None:
    """Let a client send through the shared session, to the region and with the credentials of each call."""
    events, service = client.meta.events, client.meta.service_model.service_id.hyphenize()
    endpoint = client._endpoint  # noqa: SLF001 - with a session of its own, each client keeps a TLS context for nothing
    if not isinstance(endpoint.http_session, URLLib3Session):
        raise TypeError("the HTTP session of a client is not where it was")
    endpoint.http_session = http
    # First, so that S3's own handler then has its say about a bucket that stands elsewhere.
    events.register_first(f"before-endpoint-resolution.{service}", place)
    events.register(f"before-sign.{service}", sign)


def place(builtins: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    """Before the endpoint is chosen: the region of this call, not the client's."""
    now = sending.get()
    builtins["AWS::Region"] = context["client_region"] = now.region
    now.placed = True


def sign(request: Any, **_: Any) -> None:
    """Before signing: as whom, and for which region unless the endpoint's own rules have said it."""
    now = sending.get()
    if not now.placed:
        raise EndpointProviderError(msg=f"botocore did not ask where to send {request.url}")
    signing = request.context.setdefault("signing", {})
    signing["request_credentials"] = now.credentials
    signing.setdefault("region", now.region)


class Held(Exception):  # noqa: N818 - not an error: it carries a request that is not to be sent
    """A request as it would have been sent."""

    def __init__(self, request: Any) -> None:
        super().__init__(request.url)
        self.request = request


def hold(request: Any, **_: Any) -> None:
    """Stop a request right before it is sent, by raising `Held`."""
    raise Held(request)


def scope_of(request: Any) -> str:
    """Return the credential scope that a request is signed for: `KEY/DATE/REGION/SERVICE/aws4_request`."""
    header = request.headers.get("Authorization", b"")
    text = header.decode() if isinstance(header, bytes) else header
    return text.partition("Credential=")[2].partition(",")[0]


def defect(session: Any, http: SharedHttp) -> str:
    """Say in which way this botocore is not as this file expects, "" when it is. Nothing is sent."""
    try:
        return http.defect() or _sharing_defect(session, http)
    except (AttributeError, BotoCoreError, LookupError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _sharing_defect(session: Any, http: SharedHttp) -> str:
    """Hold one request of a client of us-east-1 that is meant for another region, with other credentials."""
    config = Config(ignore_configured_endpoint_urls=True, account_id_endpoint_mode="disabled")
    nobody = {"aws_access_key_id": "UNSET", "aws_secret_access_key": "UNSET"}
    client = session.create_client("sts", "us-east-1", config=config, **nobody)
    client.meta.events.register_first("before-send", hold)
    share(client, http)
    mark = sending.set(Sending(_CHECKED_IN, Credentials("CHECKED", "CHECKED")))
    try:
        client.get_caller_identity()
    except Held as held:
        key, _, region, *_ = scope_of(held.request).split("/")
        if (key, region) != ("CHECKED", _CHECKED_IN) or f".{_CHECKED_IN}." not in held.request.url:
            return f"a call for {_CHECKED_IN} went to {held.request.url}, signed by {key} for {region}"
        return ""
    finally:
        sending.reset(mark)
    return "a call was not held"
