"""`surefoot serve`: the page over the history, for those who may see it; in a browser, as the command serves it."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browser import browser, complaints, opened, requests, text_of

from scanner.engine import Outcome, Tuned
from scanner.history.asking import Asking
from scanner.history.keeping import keep
from scanner.history.night import night_of
from scanner.history.opening import HistoryError, open_history
from scanner.history.standing import report_of
from scanner.known.comparing import Change
from scanner.packs import load
from scanner.report import Report
from scanner.serve.app import Pages, app

sys.path.insert(0, str(Path(__file__).parents[1] / "reporters"))

from made_up_reports import IRELAND, report, verdict

RULE = load([]).rules["bucket-public"]
TOKEN = "a token of more than sixteen"


def night(day: int, outcomes: dict[str, Outcome]) -> Report:
    verdicts = [
        verdict(RULE, name, outcome, resource=f"arn:aws:s3:::{name}")._replace(kind="Bucket")
        for name, outcome in outcomes.items()
    ]
    started = datetime(2026, 11, day, 1, 30, tzinfo=UTC)
    return report(verdicts, rules=[RULE], started=started, scopes=(IRELAND,), run=f"{day}")


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.db"
    engine = open_history(str(path), make=True)
    fail, ok = Outcome.FAIL, Outcome.PASS
    keep(engine, night_of(night(1, {"www": fail, "logs": fail, "attic": fail, "ok": ok})))
    keep(engine, night_of(night(2, {"www": fail, "logs": ok, "attic": Outcome.UNKNOWN, "ok": ok})))
    engine.dispose()
    return path


def test_what_stands_is_a_report_like_any_other(history: Path) -> None:
    engine = open_history(str(history))
    with engine.connect() as connection:
        found = report_of(Asking(connection), [Tuned(RULE)])
    engine.dispose()
    assert {one.resource[13:]: one.outcome.value for one in found.verdicts} == {
        "www": "fail", "logs": "pass", "attic": "unknown", "ok": "pass",
    }  # fmt: skip
    lives = {fingerprint: life.status for fingerprint, life in found.told.lives.items()}
    assert sorted(lives.values()) == ["not_checked", "open"]
    assert [one.life.status for one in found.told.earlier] == [Change.FIXED.value]
    assert [sum(one.open.values()) for one in found.told.trend] == [3, 2]


def test_an_empty_history_is_told(tmp_path: Path) -> None:
    engine = open_history(str(tmp_path / "empty.db"), make=True)
    with engine.connect() as connection, pytest.raises(HistoryError, match="empty"):
        report_of(Asking(connection), [Tuned(RULE)])
    engine.dispose()


Ask = Callable[..., tuple[int, dict[str, str], str]]


@pytest.fixture
def ask(history: Path) -> Iterator[Callable[..., Ask]]:
    """Ask the application without a network, as ASGI has it."""
    import asyncio

    engine = open_history(str(history))

    def of(token: str = "", hosts: tuple[str, ...] = ()) -> Ask:
        served = app(Pages(engine, {"rules": [Tuned(RULE)]}), token, hosts)

        def request(
            method: str = "GET", target: str = "/", **headers: str
        ) -> tuple[int, dict[str, str], str]:
            path, _, query = target.partition("?")
            sent: list[dict[str, Any]] = []

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(message: dict[str, Any]) -> None:
                sent.append(message)

            given = {"host": "127.0.0.1:8765", **headers}
            scope = {
                "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
                "raw_path": path.encode(), "query_string": query.encode(), "scheme": "http", "root_path": "",
                "headers": [(name.encode(), value.encode()) for name, value in given.items()],
                "server": ("127.0.0.1", 8765), "client": ("127.0.0.1", 1),
            }  # fmt: skip
            asyncio.run(served(scope, receive, send))
            answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
            return sent[0]["status"], answered, b"".join(part.get("body", b"") for part in sent[1:]).decode()

        return request

    yield of
    engine.dispose()


def test_the_page_comes_with_headers_that_keep_it_in(ask: Callable[..., Ask]) -> None:
    status, headers, body = ask()()
    assert status == 200
    assert "<title>Surefoot report</title>" in body
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'sha256-")
    assert headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_it_is_read_only(ask: Callable[..., Ask], method: str) -> None:
    assert ask()(method)[0] == 405


def test_there_is_one_page(ask: Callable[..., Ask]) -> None:
    assert ask()(target="/history.db")[0] == 404
    assert ask()(target="/../../etc/passwd")[0] == 404
    assert ask()(target="/health")[2] == "ok\n"


def test_it_answers_to_its_own_names_only(ask: Callable[..., Ask]) -> None:
    named = ask(hosts=("localhost", "127.0.0.1", "::1"))
    assert named(host="localhost:8765")[0] == 200
    assert named(host="[::1]:8765")[0] == 200
    assert named(host="evil.example.com:8765")[0] == 421
    assert named(host="evil.example.com")[0] == 421


def test_without_the_token_nothing_is_shown(ask: Callable[..., Ask]) -> None:
    guarded = ask(token=TOKEN)
    for headers in ({}, {"authorization": "Bearer wrong"}, {"cookie": f"surefoot={TOKEN}"}):
        status, _, body = guarded(**headers)
        assert status == 401
        assert TOKEN not in body
    assert guarded(target="/?token=wrong")[0] == 401
    assert guarded(authorization=f"Bearer {TOKEN}")[0] == 200


def test_the_token_leaves_the_address_for_a_cookie(ask: Callable[..., Ask]) -> None:
    guarded = ask(token=TOKEN)
    status, headers, _ = guarded(target=f"/?token={TOKEN.replace(' ', '%20')}")
    assert (status, headers["location"]) == (303, "/")
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert guarded(cookie=cookie.partition(";")[0])[0] == 200


@pytest.fixture
def served(history: Path) -> Iterator[Callable[..., str]]:
    """Start the real command; the value is the address that it printed."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str, **environment: str) -> str:
        command = [sys.executable, "-m", "scanner", "serve", "--history", str(history), "--port", "0", *words]
        process = subprocess.Popen(
            command, cwd=history.parent, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        return process.stdout.readline().strip()

    yield start
    for process in started:
        with process:
            process.terminate()


@pytest.mark.slow
def test_the_page_in_a_browser(served: Callable[..., str], tmp_path: Path) -> None:
    address = served()
    assert address.startswith("http://127.0.0.1:")
    with browser(tmp_path) as chrome:
        opened(chrome, f"{address}#outcome=FNX")
        count = "return [...document.querySelectorAll('.row')].map(row => row.innerText)"
        rows = " ".join(chrome.execute_script(count)).lower()
        assert "www" in rows
        assert "not checked" in rows
        assert "fixed" in rows
        chrome.execute_script("document.querySelector('#tab-trend').click()")
        assert "2026-11-02" in text_of(chrome, "#nights")
        assert complaints(chrome) == []
        assert requests(chrome, address) == []


@pytest.mark.slow
def test_elsewhere_than_loopback_it_wants_a_token(served: Callable[..., str]) -> None:
    address = served("--host", "0.0.0.0")  # noqa: S104 - the test is about that
    assert "?token=" in address
    bare = address.partition("?")[0].replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - the same
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(bare)  # noqa: S310 - loopback
    assert refused.value.code == 401
    refused.value.close()


@pytest.mark.slow
def test_a_token_that_can_be_guessed_is_refused(history: Path) -> None:
    command = [sys.executable, "-m", "scanner", "serve", "--history", str(history)]
    environment = {**os.environ, "SUREFOOT_TOKEN": "short"}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "surefoot: SUREFOOT_TOKEN: 16 characters at least\n")
