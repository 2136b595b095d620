"""Web servers on loopback: what each answers, and what is said of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bed import HOST, Bed, Ran
from certificates import sign
from servers import Server, context

from scanner.engine import Outcome

Serve = Callable[..., Server]


def head(status: str, **fields: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (head("200 OK"), {"web-server-without-redirect"}),
        (head("301 Moved", Location="https://shop.example.org/"), set()),
        (head("308 Moved", Location="HTTPS://shop.example.org/"), set()),
        (head("302 Found", Location="/start"), {"web-server-without-redirect"}),
        (head("302 Found", Location="//shop.example.org/"), {"web-server-without-redirect"}),
        (head("301 Moved", Location="http://shop.example.org/"), {"web-server-without-redirect"}),
        (head("301 Moved"), {"web-server-without-redirect"}),
        (head("401 Who are you", WWW_Authenticate="Basic"), {"web-server-without-redirect"}),
        (head("404 Not Found"), set()),
        (head("503 Gone"), {"web-server-failing"}),
    ],
)
def test_plain(answer: bytes, failed: set[str], bed: Bed, serve: Serve) -> None:
    server = serve(answer=answer)
    ran = Ran(bed, {"it": f"http://{HOST}:{server.port}"})
    assert ran.outcomes("it", Outcome.FAIL) == failed
    assert ran.outcomes("it", Outcome.UNKNOWN) == set()
    assert server.heard[0].startswith(b"GET / HTTP/1.1\r\nHost: shop.example.org:")


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (head("200 OK"), {"web-server-without-hsts"}),
        (head("200 OK", Strict_Transport_Security="max-age=31536000; includeSubDomains"), set()),
        (head("200 OK", Strict_Transport_Security='includeSubDomains; Max-Age="63072000"'), set()),
        (head("200 OK", Strict_Transport_Security="max-age=60"), {"web-server-without-hsts"}),
        (head("200 OK", Strict_Transport_Security="xmax-age=31536000"), {"web-server-without-hsts"}),
        (head("403 No"), set()),
        (head("500 Oh"), {"web-server-failing"}),
    ],
)
def test_secure(answer: bytes, failed: set[str], bed: Bed, serve: Serve, tmp_path: Path) -> None:
    pem = sign(HOST, hosts=[HOST]).files(tmp_path, "own")
    ran = Ran(bed, {"it": f"https://{HOST}:{serve(context(pem), answer=answer).port}"}, trust=(pem,))
    assert ran.outcomes("it", Outcome.FAIL) == failed
    assert ran.outcomes("it", Outcome.UNKNOWN) == set()


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.2\r\n", b"+PONG\r\n", b"\x00\x01\x02"])
def test_what_speaks_something_else_is_no_web_server(answer: bytes, bed: Bed, serve: Serve) -> None:
    ran = Ran(bed, {"it": f"http://{HOST}:{serve(answer=answer).port}"})
    assert ran.outcomes("it", Outcome.PASS) == {"port-not-as-expected"}
    assert ran.outcomes("it", Outcome.FAIL) == ran.outcomes("it", Outcome.UNKNOWN) == set()


def test_a_web_server_that_wants_a_certificate_of_its_client(bed: Bed) -> None:
    ran = Ran(bed, {"it": f"https://{HOST}:{bed.ports['mutual 1.3']}"})
    assert ran.outcomes("it", Outcome.FAIL) == ran.outcomes("it", Outcome.UNKNOWN) == set()
