"""What goes beyond botocore's public API: where calls go, whom they trust, through which proxy; and the way back."""

import logging
import select
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore
import botocore.loaders
import botocore.session
import pytest
from botocore.utils import parse_timestamp
from placing import REGIONS, differences
from private_ca import Authority, make_ca, make_certificate
from wire import ACCOUNT, Wire, volumes, who

from scanner.models.resource import Cloud, Scope
from scanner.providers.aws import clients as clients_module
from scanner.providers.aws import transport
from scanner.providers.aws.calls import AwsCall
from scanner.providers.aws.client import AwsSession
from scanner.providers.aws.clients import Clients, make_room, new_session, settings_of, verify_of
from scanner.providers.aws.provider import AWS
from scanner.providers.aws.sending import sending, without_account_host
from scanner.providers.spec import SignInError

VOLUMES = AwsCall("ec2", "DescribeVolumes", "Volumes")
HERE = Scope(Cloud.AWS, ACCOUNT, "eu-west-1")

SignIn = Callable[..., list[AwsSession]]


# -- the contract -------------------------------------------------------------------------------------------


@pytest.fixture
def clients(aws_keys: Path) -> Iterator[Clients]:  # noqa: ARG001 - for what it sets
    made = Clients(new_session(None), "surefoot/0 run/test", None)
    assert made.shared
    yield made
    made.close()


USED = sorted({call.service for source in AWS.sources for call in source.calls} | {"ec2", "sts"})


@pytest.mark.parametrize("service", USED)
def test_the_one_client_goes_where_native_clients_go(service: str, clients: Clients) -> None:
    assert service in transport.PLACEABLE, "compare it with native clients, then list it"
    assert differences(clients, service) == []


@pytest.mark.slow
@pytest.mark.parametrize("service", sorted(transport.PLACEABLE))
def test_every_listed_service_goes_where_native_clients_go(service: str, clients: Clients) -> None:
    assert differences(clients, service, REGIONS) == []


def test_a_client_that_goes_elsewhere_is_found_out(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    def stay(context: dict[str, Any], **_: Any) -> None:
        sending.get().placed = bool(context)

    monkeypatch.setattr(transport, "place", stay)
    assert any("eu-west-1" in line for line in differences(clients, "rds"))


def test_the_check_at_the_start_finds_what_this_botocore_lacks(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, http = clients.session, transport.shared_http(verify_of(clients.session))
    assert transport.defect(session, http) == ""
    with monkeypatch.context() as patch:
        patch.setattr(transport, "place", lambda **_: None)
        assert "did not ask where to send" in transport.defect(session, http)
    with monkeypatch.context() as patch:
        patch.setattr(transport, "sign", lambda **_: None)
        assert "signed by UNSET for us-east-1" in transport.defect(session, http)
    with monkeypatch.context() as patch:
        patch.setattr(transport.SharedHttp, "_setup_ssl_cert", lambda *_: None)
        assert "set up their own certificates" in transport.defect(session, transport.SharedHttp())
    with monkeypatch.context() as patch:
        patch.setattr(http, "_manager", None)
        assert transport.defect(session, http).startswith("AttributeError")


@pytest.mark.parametrize("lacks", ["names", "behaviour"])
def test_stock_clients_are_the_way_back(
    lacks: str, wire: Wire, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if lacks == "names":
        clients_module.transport.cache_clear()
        monkeypatch.setitem(sys.modules, "scanner.providers.aws.transport", None)
        monkeypatch.delattr("scanner.providers.aws.transport")
    else:
        monkeypatch.setattr(transport, "defect", lambda *_: "made up")
    with caplog.at_level(logging.WARNING, logger="scanner"):
        session = sign_in(calls=(VOLUMES,))[0]
    wire.answer = lambda asked: volumes(asked.signed_for)
    for region in ("eu-west-1", "us-west-2"):
        page = session.send(VOLUMES, HERE._replace(region=region), {})
        assert page.answer == {"Volumes": [{"VolumeId": region}]}
    assert not session._clients.shared
    clients_module.transport.cache_clear()
    assert "stock AWS clients are used, which are slower" in caplog.text
    assert ("made up" in caplog.text) == (lacks == "behaviour")


def test_botocore_is_pinned_to_what_was_tried() -> None:
    assert botocore.__version__.startswith("1.44."), "run the slow tests here, then widen the pin"


def test_there_is_room_for_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    for soft, hard, expected in (
        (256, resource.RLIM_INFINITY, [(8192, resource.RLIM_INFINITY)]),
        (1024, 4096, [(4096, 4096)]),
        (1024, 1024, []),
        (65536, 65536, []),
    ):
        asked.clear()
        monkeypatch.setattr(resource, "getrlimit", lambda _, limits=(soft, hard): limits)
        make_room()
        assert asked == expected
    monkeypatch.setitem(sys.modules, "resource", None)
    make_room()


# -- settings -----------------------------------------------------------------------------------------------


def test_profiles_that_differ_in_who_asks_share_their_clients(aws_keys: Path) -> None:
    (aws_keys / "config").write_text(
        "[profile a]\nregion=eu-west-1\nrole_arn=x\nsource_profile=b\n[profile b]\naws_access_key_id=k\n"
        "[profile c]\nuse_fips_endpoint=true\n[profile d]\ns3=\n  addressing_style=virtual\n"
    )
    a, b, c, d = (new_session(name) for name in "abcd")
    assert settings_of(a) == settings_of(b)
    assert len({settings_of(session) for session in (b, c, d)}) == 3
    assert Clients(b, "", None).config("s3").s3["addressing_style"] == "path"
    assert Clients(d, "", None).config("s3").s3["addressing_style"] == "virtual"


def test_s3_control_keeps_its_host_on_amazons_own_endpoints() -> None:
    for given, expected in (
        ("http://123456789012.127.0.0.1:5000/v1", "http://127.0.0.1:5000/v1"),
        ("https://123456789012.s3.corp.example/v1", "https://s3.corp.example/v1"),
        ("https://123456789012.s3-control.eu-west-1.amazonaws.com/v1", None),
        ("https://123456789012.control.vpce-1.s3.eu-west-1.vpce.amazonaws.com/v1", None),
        ("http://localhost:5000/v1", None),
    ):
        request = SimpleNamespace(url=given)
        without_account_host(request)
        assert request.url == (expected or given)


# -- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-02T03:04:05.678Z",
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05+02:00",
        "2026-01-02T03:04:05",
        "2026-01-02T03:04:60Z",
        "Fri, 02 Jan 2026 03:04:05 GMT",
        "1767323045",
        1767323045.5,
        1767323045,
    ],
)
def test_times_are_read_as_botocore_reads_them(value: object) -> None:
    try:
        expected = parse_timestamp(value)
    except ValueError:
        with pytest.raises(ValueError, match=r"(?i)time|second|date"):
            transport.read_time(value)
        return
    assert transport.read_time(value) == expected
    assert transport.read_time(value).utcoffset() == expected.utcoffset()


def test_service_descriptions_are_the_same(aws_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = botocore.session.Session().get_component("data_loader")
    for service in ("sts", "s3control"):
        for kind in ("service-2", "endpoint-rule-set-1"):
            ours = botocore.loaders.Loader(file_loader=transport.FastFiles()).load_service_model(
                service, kind
            )
            assert ours == stock.load_service_model(service, kind)
            assert list(ours) == list(stock.load_service_model(service, kind))
    (aws_keys / "more" / "made-up" / "2026-01-01").mkdir(parents=True)
    (aws_keys / "more" / "made-up" / "2026-01-01" / "service-2.json").write_text('{"metadata": {}}')
    monkeypatch.setenv("AWS_DATA_PATH", str(aws_keys / "more"))
    assert "made-up" in new_session(None).get_available_services()


# -- certificates and proxies -------------------------------------------------------------------------------


class Proxy:
    """An HTTP proxy that answers for every host itself, with certificates of a private authority."""

    def __init__(
        self, wire: Wire, certificate: tuple[Path, Path], own: tuple[Path, Path] | None = None
    ) -> None:
        self.targets: list[str] = []
        self.wire = wire
        self._towards_client = _server_context(own) if own else None
        self._as_host = _server_context(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"{'https' if own else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with ExitStack() as stack:
            stack.enter_context(client)
            stack.enter_context(suppress(OSError))
            if self._towards_client:
                client = stack.enter_context(self._towards_client.wrap_socket(client, server_side=True))
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            self.targets.append(head.split()[1].decode())
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            if self._towards_client is None:
                self._relay(stack.enter_context(self._as_host.wrap_socket(client, server_side=True)))

    def _relay(self, client: ssl.SSLSocket) -> None:
        port = int(self.wire.address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as server:
            while True:
                ready = [client] if client.pending() else select.select([client, server], [], [], 5)[0]
                for source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    (server if source is client else client).sendall(data)

    def close(self) -> None:
        self._listener.close()


def _server_context(files: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_ca(tmp_path)


@pytest.fixture
def proxy(wire: Wire, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Start a proxy that ends TLS for all of AWS, and set HTTPS_PROXY; AWS itself is the small server."""
    hosts = ("*.us-east-1.amazonaws.com", "*.eu-west-1.amazonaws.com")
    made = Proxy(wire, make_certificate(authority, *hosts))
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("HTTPS_PROXY", made.address)
    yield made
    made.close()
    transport.shared_http.cache_clear()


@pytest.fixture(params=["shared", "stock"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "stock":
        monkeypatch.setattr(transport, "defect", lambda *_: "made up")
    return str(request.param)


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_a_proxy_with_a_private_authority(
    variable: str,
    either: str,
    proxy: Proxy,
    wire: Wire,
    authority: Authority,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(variable, str(authority.certificate))
    session = sign_in(calls=(VOLUMES,))[0]
    wire.answer = lambda _: volumes("vol-1")
    assert session.send(VOLUMES, HERE, {}).answer["Volumes"] == [{"VolumeId": "vol-1"}]
    assert proxy.targets == ["sts.us-east-1.amazonaws.com:443", "ec2.eu-west-1.amazonaws.com:443"]
    assert session._clients.shared is (either == "shared")


@pytest.mark.parametrize("bundle", ["usual", "another", "another host"])
def test_who_was_not_signed_by_the_bundle_is_not_trusted(
    bundle: str,
    either: str,
    proxy: Proxy,
    wire: Wire,
    authority: Authority,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if bundle == "another":
        other = make_ca(authority.certificate.parent, "another authority")
        monkeypatch.setenv("AWS_CA_BUNDLE", str(other.certificate))
    if bundle == "another host":
        monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.certificate))
        monkeypatch.setenv("AWS_DEFAULT_REGION", "sa-east-1")
    with pytest.raises(SignInError, match="ertificate") as caught:
        sign_in()
    assert "\n" not in str(caught.value)
    assert proxy.targets
    assert either
    assert not wire.asked


def test_the_bundle_is_read_once(
    proxy: Proxy, wire: Wire, authority: Authority, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.certificate))
    session = sign_in(calls=(VOLUMES,))[0]
    authority.certificate.unlink()
    wire.answer = lambda _: volumes()
    session.send(VOLUMES, HERE, {})
    assert len(proxy.targets) == 2, "a new connection"


def test_a_proxy_behind_tls_is_verified_too(
    proxy: Proxy, wire: Wire, authority: Authority, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_ca(authority.certificate.parent, "another authority")
    secure = Proxy(
        wire, make_certificate(authority, "*.amazonaws.com"), make_certificate(authority, "127.0.0.1")
    )
    monkeypatch.setenv("HTTPS_PROXY", secure.address)
    try:
        for trusted, reached in ((other, []), (authority, ["sts.us-east-1.amazonaws.com:443"])):
            monkeypatch.setenv("AWS_CA_BUNDLE", str(trusted.certificate))
            monkeypatch.setattr("time.sleep", lambda _: None)
            with pytest.raises(SignInError):
                sign_in()
            assert secure.targets[:1] == reached
    finally:
        secure.close()
    assert not proxy.targets


def test_no_proxy_is_heeded_for_each_host(
    proxy: Proxy,
    authority: Authority,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    direct = Wire(make_certificate(authority, "127.0.0.1"))
    direct.answer = lambda _: who()
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.certificate))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", direct.address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,.eu-west-1.amazonaws.com")
    sign_in()
    assert direct.asked
    assert proxy.targets == []
    proxies = transport.EnvironmentProxies()
    urls = (
        "https://ec2.us-east-1.amazonaws.com/",
        "https://ec2.eu-west-1.amazonaws.com/",
        f"{direct.address}/x",
    )
    assert [proxies.proxy_url_for(url) for url in urls] == [proxy.address, None, None]
    direct.close()


@pytest.mark.usefixtures("aws_keys")
def test_a_proxy_that_is_not_there(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@127.0.0.1:1")
    with pytest.raises(SignInError, match=r"AWS cannot be reached: .*proxy") as caught:
        sign_in()
    assert "secret" not in str(caught.value)
