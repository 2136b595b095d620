"""Signing in to Google Cloud: which projects, which address, as whom, and what to do when it does not work."""

import contextlib
import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gcp_answers import PROJECT, answer, firewalls
from private_ca import make_ca, make_certificate

from scanner.config import Gcp
from scanner.demo.wire.google import Google
from scanner.demo.wire.recorded import Recorded
from scanner.demo.wire.server import Fault, WireServer
from scanner.models.resource import Cloud, Scope
from scanner.providers.endpoint import endpoint_of, is_loopback
from scanner.providers.gcp.provider import GCP
from scanner.providers.gcp.sources import FIREWALL_RULES
from scanner.providers.spec import Call, CallError, SignInError


def entered(**settings: Any) -> list[str]:
    sessions = GCP.sign_in(Gcp(**settings), "test")
    sessions[0].close()
    return [session.account for session in sessions]


def refused(**settings: Any) -> str:
    with pytest.raises(SignInError) as caught:
        GCP.sign_in(Gcp(**settings), "test")
    return str(caught.value)


def test_the_projects_are_those_that_are_named(wire: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert entered(accounts=("one-project", "two-project")) == ["one-project", "two-project"]
    assert "--account" in refused()
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "named-by-the-environment")
    assert entered() == ["named-by-the-environment"]
    assert not wire.requests


@pytest.mark.parametrize("account", ["415104041262", "Upper-Case", "projects/p", "a b", ""])
def test_what_is_no_id_of_a_project_is_refused(wire: WireServer, account: str) -> None:
    assert "is not the id of a Google Cloud project" in refused(accounts=(account,))
    assert not wire.requests


def assets(parent: str, *projects: dict[str, str]) -> Recorded:
    body = {
        "readTime": "2026-01-05T02:11:45Z",
        "assets": [
            {
                "name": f"//cloudresourcemanager.googleapis.com/projects/{number}",
                "assetType": "cloudresourcemanager.googleapis.com/Project",
                "resource": {"version": "v3", "data": project},
            }
            for number, project in enumerate(projects)
        ],
    }
    path = f"/v1/{parent}/assets"
    kind = "cloudresourcemanager.googleapis.com/Project"
    return answer("cloudasset.assets.list", path, body, assetTypes=kind, contentType="RESOURCE")


def test_an_organization_s_projects_are_found(wire: WireServer) -> None:
    many = [
        {"projectId": f"project-{number}", "name": f"projects/{number}", "state": "ACTIVE"}
        for number in range(1500)
    ]
    gone = {"projectId": "gone-project", "name": "projects/7", "state": "DELETE_REQUESTED"}
    older = {"projectId": "older-project", "projectNumber": "8", "lifecycleState": "ACTIVE"}
    wire.record(assets("organizations/123", *many, gone), assets("folders/77", older))
    found = entered(organization="123", folders=("folders/77",))
    assert found == sorted(["older-project", *(project["projectId"] for project in many)])
    assert wire.seen["cloudasset.assets.list"] == 3
    assert entered(organization="organizations/123", accounts=("project-7",)) == ["project-7"]
    assert "not an active project of organizations/123" in refused(
        organization="123", accounts=("gone-project",)
    )


def test_an_organization_that_cannot_be_read_stops_the_sign_in(wire: WireServer) -> None:
    wire.fail("cloudasset.assets.list", Fault.DENIED)
    assert "cloudasset.assets.list" in refused(organization="123")
    assert "is not the number of one" in refused(organization="example.com")
    wire.fail("cloudasset.assets.list", Fault.UNAVAILABLE, times=2)
    wire.record(assets("folders/1", {"projectId": "the-project", "name": "projects/5", "state": "ACTIVE"}))
    assert entered(folders=("1",)) == ["the-project"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://cloud.example.com", "plain http is accepted for a loopback address only"),
        ("ftp://127.0.0.1", "is not an address"),
        ("127.0.0.1:80", "is not an address"),
        ("https://user:word@cloud.example.com", "must not hold a user"),
        ("https://cloud.example.com:port", "is not an address"),
    ],
)
def test_an_address_that_will_not_do_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    monkeypatch.delenv("SUREFOOT_GCP_ENDPOINT", raising=False)
    assert said in refused(endpoint=address, accounts=(PROJECT,))
    assert "gcp.endpoint" in refused(endpoint=address, accounts=(PROJECT,))
    monkeypatch.setenv("SUREFOOT_GCP_ENDPOINT", address)
    assert "SUREFOOT_GCP_ENDPOINT" in refused(accounts=(PROJECT,))


def test_an_address_may_name_the_service() -> None:
    private = endpoint_of("https://{service}-audit.p.googleapis.com/", "SUREFOOT_NONE", "gcp.endpoint")
    assert private is not None
    assert private.of("compute") == "https://compute-audit.p.googleapis.com"
    assert not private.loopback
    assert [
        is_loopback(host) for host in ("127.0.0.9", "::1", "localhost", "a.localhost", "10.0.0.1", "x")
    ] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_nobody_s_credentials_are_sent_to_this_machine_unless_named(
    wire: WireServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [session] = GCP.sign_in(Gcp(accounts=(PROJECT,)), "test")
    assert session.identity.startswith("nobody")
    session.regions()
    assert "authorization" not in wire.requests[0].headers
    session.close()
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "gone.json"))
    assert "gone.json" in refused(accounts=(PROJECT,))


def test_without_credentials_the_command_to_run_is_named(
    wire: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUREFOOT_GCP_ENDPOINT", "https://cloud.example.com")
    assert "gcloud auth application-default login" in refused(accounts=(PROJECT,))
    assert not wire.requests


class Proxy:
    """A proxy on loopback that opens a way to one server, whatever host is asked for, and counts."""

    def __init__(self, to: int) -> None:
        proxy = self
        self.asked: list[str] = []

        class Door(http.server.BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                proxy.asked.append(self.path)
                with socket.create_connection(("127.0.0.1", to)) as far:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                    back = threading.Thread(target=_pour, args=(far, self.connection), daemon=True)
                    back.start()
                    _pour(self.connection, far)
                    back.join()
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"


def _pour(source: Any, target: Any) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def secure(wire: WireServer, tmp_path: Path) -> Iterator[tuple[WireServer, Path]]:
    """The server behind TLS, with the certificate of the private authority that vouches for it."""
    authority = make_ca(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*make_certificate(authority, "127.0.0.1"))
    with WireServer(Google(), wire.methods, [firewalls(2)], tls=context) as server:
        yield server, authority.certificate


def listed(server: WireServer) -> int:
    [session] = GCP.sign_in(Gcp(accounts=(PROJECT,), endpoint=server.url), "test")
    firewalls = FIREWALL_RULES.listing
    assert isinstance(firewalls, Call)
    try:
        page = session.send(firewalls, Scope(Cloud.GCP, PROJECT), {"project": PROJECT})
        return len(page.answer["items"])
    finally:
        session.close()


def test_private_authorities_and_proxies_keep_working(
    secure: tuple[WireServer, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, authority = secure
    monkeypatch.delenv("SUREFOOT_GCP_ENDPOINT")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    assert listed(server) == 2
    proxy = Proxy(int(server.url.rpartition(":")[2]))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    assert listed(server) == 2
    assert proxy.asked == [server.url.removeprefix("https://")]
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert listed(server) == 2
    assert len(proxy.asked) == 1
    proxy.close()


def test_a_certificate_that_nobody_vouches_for_is_refused(
    secure: tuple[WireServer, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _ = secure
    monkeypatch.delenv("SUREFOOT_GCP_ENDPOINT")
    with pytest.raises(CallError, match="REQUESTS_CA_BUNDLE") as caught:
        listed(server)
    assert not caught.value.again
