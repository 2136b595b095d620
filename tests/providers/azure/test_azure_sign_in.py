"""Signing in to Azure: which subscriptions, whose token, and what is said when there is none."""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from azure_answers import METHODS, SUBSCRIPTION, SignIn, answer, subscriptions
from private_ca import make_ca, make_certificate

from scanner.config import Azure as Settings
from scanner.demo.wire.azure import Azure
from scanner.demo.wire.server import Fault, WireServer
from scanner.providers.azure.credentials import _scope, identity_of
from scanner.providers.azure.provider import AZURE
from scanner.providers.spec import SignInError

OTHER = "00000000-0000-0000-0000-000000000002"
THIRD = "00000000-0000-0000-0000-000000000003"
TENANT = "8f1d2c3b-4a59-4768-8b97-a6b5c4d3e2f1"
DESCENDANTS = "Microsoft.Management.ManagementGroups_GetDescendants"


def accounts(**settings: Any) -> list[str]:
    sessions = AZURE.sign_in(Settings(**settings), "test")
    sessions[0].close()
    return [session.account for session in sessions]


def said(**settings: Any) -> str:
    with pytest.raises(SignInError) as caught:
        AZURE.sign_in(Settings(**settings), "test")
    return str(caught.value)


def below(group: str, *ids: str) -> Any:
    rows = [{"id": "x", "type": "Microsoft.Management/managementGroups", "name": "inner"}]
    rows += [
        {"id": "x", "type": "Microsoft.Management/managementGroups/subscriptions", "name": id_} for id_ in ids
    ]
    path = f"/providers/Microsoft.Management/managementGroups/{group}/descendants"
    return answer(DESCENDANTS, path, {"value": rows})


def test_every_subscription_that_may_be_seen(wire: WireServer) -> None:
    wire.record(subscriptions(OTHER, SUBSCRIPTION))
    assert accounts() == [SUBSCRIPTION, OTHER]
    assert accounts(accounts=(OTHER.upper(),)) == [OTHER]


def test_subscriptions_come_in_pages(wire: WireServer) -> None:
    wire.dialect = Azure(page=1)
    wire.record(subscriptions(SUBSCRIPTION, OTHER, THIRD))
    assert len(accounts()) == 3


def test_the_subscriptions_of_management_groups(wire: WireServer) -> None:
    wire.record(
        subscriptions(SUBSCRIPTION, OTHER, THIRD), below("shop", SUBSCRIPTION), below("test", THIRD.upper())
    )
    assert accounts(management_groups=("shop", "test")) == [SUBSCRIPTION, THIRD]
    assert accounts(management_groups=("shop",), accounts=(SUBSCRIPTION,)) == [SUBSCRIPTION]
    text = said(management_groups=("shop",), accounts=(OTHER,))
    assert OTHER in text
    assert "management group shop" in text


def test_what_is_wrong_with_the_choice_is_said(wire: WireServer) -> None:
    assert "az account list" in said(accounts=("production",))
    assert "management group" in said(management_groups=("a/b",))
    assert f"{SUBSCRIPTION} (Subscription 0)" in said(accounts=(OTHER,))
    wire.record(subscriptions(SUBSCRIPTION, state="Deleted"))
    assert "there is no subscription" in said()
    wire.record(subscriptions())
    assert "role Reader" in said()


def test_a_list_of_subscriptions_that_fails_ends_the_sign_in(wire: WireServer) -> None:
    wire.fail("Microsoft.Resources.Subscriptions_List", Fault.DENIED)
    assert "Microsoft.Resources/subscriptions/read" in said()
    wire.calm()
    wire.record(answer("Microsoft.Resources.Subscriptions_List", "/subscriptions", {"value": [{}]}))
    assert "the answer lacks" in said()
    wire.record(subscriptions(SUBSCRIPTION))
    wire.fail(DESCENDANTS, Fault.DENIED)
    assert "Microsoft.Management/managementGroups/descendants/read" in said(management_groups=("shop",))


def test_a_busy_moment_is_waited_out(wire: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    wire.fail("Microsoft.Resources.Subscriptions_List", Fault.UNAVAILABLE, times=2)
    assert accounts() == [SUBSCRIPTION]


def test_nobody_signs_in_to_this_machine(wire: WireServer, sign_in: SignIn) -> None:
    assert "anonymous" in sign_in().identity
    assert "authorization" not in wire.requests[-1].headers


@pytest.mark.parametrize(
    "address", ["http://management.example", "ftp://127.0.0.1", "https://u:p@host", "here"]
)
def test_an_endpoint_that_is_none_is_refused(
    alone: None,  # noqa: ARG001 - takes away the machine's own
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    monkeypatch.setenv("SUREFOOT_AZURE_ENDPOINT", address)
    assert "SUREFOOT_AZURE_ENDPOINT" in said()


def test_scopes_of_the_clouds() -> None:
    assert _scope("management.azure.com") == "https://management.azure.com/.default"
    assert _scope("management.usgovcloudapi.net") == "https://management.core.usgovcloudapi.net/.default"
    assert _scope("arm.private.example") == "https://management.azure.com/.default"


def token(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


@pytest.mark.parametrize(
    ("given", "who"),
    [
        (token(upn="someone@example.com", oid="1"), "someone@example.com"),
        (token(appid="0c6f", oid="1"), "service principal 0c6f"),
        (token(oid="1"), "service principal 1"),
        (token(aud="x"), "whoever the token is for"),
        ("not a token", "whoever the token is for"),
    ],
)
def test_who_a_token_is_for(given: str, who: str) -> None:
    assert identity_of(given) == who


# -- the real azure-identity against an authority of our own ------------------------------------------------


class Authority(ThreadingHTTPServer):
    """Gives tokens to whoever knows the secret `right`, as Microsoft Entra does."""

    daemon_threads = True


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _say(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        base = f"https://127.0.0.1:{self.connection.getsockname()[1]}/{TENANT}"
        self._say(200, {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "issuer": f"{base}/v2.0",
        })  # fmt: skip

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if "client_secret=right" not in body:
            self._say(
                401,
                {
                    "error": "invalid_client",
                    "error_description": "AADSTS7000215: Invalid client secret provided.",
                },
            )
            return
        said = token(appid="0c6f3b1e", oid="1")
        self._say(
            200, {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": said}
        )

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def authority(tmp_path: Path, alone: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:  # noqa: ARG001
    """Serve an authority over TLS, and let the environment name it; the value is a context to serve ARM with."""
    trusted = make_ca(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*make_certificate(trusted, "127.0.0.1"))
    server = Authority(("127.0.0.1", 0), Door)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted.certificate))
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", f"https://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_ID", "0c6f3b1e")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "right")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    yield context
    server.shutdown()
    server.server_close()


def test_a_service_principal_signs_in(authority: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    with WireServer(Azure(), METHODS, (subscriptions(SUBSCRIPTION),), tls=authority) as server:
        server.tokens = [token(appid="0c6f3b1e", oid="1")]
        monkeypatch.setenv("SUREFOOT_AZURE_ENDPOINT", server.url)
        [session] = AZURE.sign_in(Settings(), "test")
        assert session.identity == "service principal 0c6f3b1e"
        assert server.requests[-1].headers["authorization"] == f"Bearer {server.tokens[0]}"
        session.close()


@pytest.mark.usefixtures("authority")
def test_a_wrong_secret_says_so_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "wrong")
    text = said()
    assert "AADSTS7000215" in text
    assert "az login" in text
    assert "AZURE_CLIENT_SECRET" in text


def test_without_any_sign_in_one_line_says_what_to_do(
    alone: None,  # noqa: ARG001 - takes away the machine's own
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    text = said()
    assert text.startswith("Azure: no working sign-in. Run: az login")
    assert "\n" not in text
    assert capfd.readouterr().err == ""
