"""What is told, to whom, and what is never said: webhooks and mail as they leave this machine."""

import http.server
import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller

from scanner.config import ConfigError, Mail, NotifyTable, Webhook, load
from scanner.engine import Outcome
from scanner.history.keeping import Kept, keep
from scanner.history.night import night_of
from scanner.history.opening import open_history
from scanner.notify.mail import letter
from scanner.notify.news import News, news
from scanner.notify.sending import notify
from scanner.notify.webhook import body, usable
from scanner.report import Report
from scanner.rule import Severity

if TYPE_CHECKING:
    from sqlalchemy import Engine

sys.path.insert(0, str(Path(__file__).parents[1] / "reporters"))

from made_up_reports import IRELAND, OPEN, RUSTY, report, verdict

HOSTILE = "<!channel> *bold* <https://evil.example.com|click>\r\nBcc: all@example.com"


def night(day: int, *verdicts: Any, **more: Any) -> Report:
    started = datetime(2026, 11, day, 1, 30, tzinfo=UTC)
    return report(verdicts, rules=[OPEN, RUSTY], started=started, scopes=(IRELAND,), **more)


@pytest.fixture
def engine(tmp_path: Path) -> "Iterator[Engine]":
    made = open_history(str(tmp_path / "history.db"), make=True)
    yield made
    made.dispose()


@pytest.fixture
def changed(engine: "Engine") -> tuple[Report, Kept]:
    """A night with one new finding, one mended, one that could not be judged."""
    keep(engine, night_of(night(1, verdict(OPEN, "door"), verdict(OPEN, "gate"), verdict(RUSTY, "nail"))))
    later = night(
        2,
        verdict(OPEN, "door", Outcome.PASS),
        verdict(OPEN, "gate", Outcome.UNKNOWN),
        verdict(RUSTY, "nail"),
        verdict(OPEN, HOSTILE),
        verdict(RUSTY, "bolt"),
    )
    return later, keep(engine, night_of(later))


def test_what_is_new_over_and_no_longer_judged_is_told_the_worst_first(changed: tuple[Report, Kept]) -> None:
    told = news(*changed, at_least=Severity.INFO)
    assert list(told.groups) == ["New", "Fixed", "Open when it was last seen, and not checked this time"]
    assert [one.severity for one in told.groups["New"]] == [Severity.CRITICAL, Severity.LOW]
    assert told.subject.startswith("Surefoot: 2 new; 1 fixed; 1 open when")


def test_a_receiver_hears_of_what_is_bad_enough_and_its_own(changed: tuple[Report, Kept]) -> None:
    assert len(news(*changed, at_least=Severity.HIGH).groups["New"]) == 1
    assert news(*changed, at_least=Severity.INFO, owner="web").empty


def test_what_is_accepted_is_not_news(engine: "Engine") -> None:
    keep(engine, night_of(night(1)))
    one = verdict(OPEN, "door")
    later = night(2, one, waived={one.fingerprint: "the web site"})
    assert news(later, keep(engine, night_of(later)), at_least=Severity.INFO).empty


def test_what_is_no_longer_accepted_or_worse_is_news(engine: "Engine") -> None:
    door, nail = verdict(OPEN, "door"), verdict(RUSTY, "nail")
    keep(engine, night_of(night(1, door, nail, waived={door.fingerprint: "until today"})))
    later = night(2, door, nail._replace(severity=Severity.HIGH))
    told = news(later, keep(engine, night_of(later)), at_least=Severity.INFO)
    assert {title: [one.note for one in items] for title, items in told.groups.items()} == {
        "No longer accepted": ["it was accepted, and no longer is"],
        "Worse than before": ["severity low before, high now"],
    }


def test_a_server_whose_name_nobody_can_write_is_complained_of(
    engine: "Engine", changed: tuple[Report, Kept]
) -> None:
    table = NotifyTable(mail=(Mail(server="a" * 80 + ".example", sender="a@b.c", to=("d@e.f",)),))
    assert list(notify(table, *changed, engine, pause=lambda _: None)) == [
        "[notify] mail 1: its address cannot be used: UnicodeError"
    ]


def test_a_hostile_name_calls_nobody_and_links_nowhere(changed: tuple[Report, Kept]) -> None:
    posted = json.loads(body(news(*changed, at_least=Severity.INFO)))
    text = json.dumps(posted)
    assert "<!channel>" not in text
    assert "<https" not in text
    assert "&lt;!channel&gt;" in text
    mailed = letter(
        Mail(server="h", sender="a@example.com", to=("b@example.com",)),
        news(*changed, at_least=Severity.INFO),
    )
    assert "all@example.com" not in str(mailed["To"])
    assert mailed["Bcc"] is None
    assert "\\r\\nBcc" in mailed.get_content()


def test_a_message_keeps_within_what_slack_takes() -> None:
    from scanner.notify.news import Item

    items = [Item(Severity.HIGH, "t" * 400, f"n{number}", "w" * 300, "f" * 32) for number in range(500)]
    told = News(
        "s" * 500, "sum", {f"Group {number}": items for number in range(40)}, [f"gap {n}" for n in range(900)]
    )
    posted = json.loads(body(told))
    assert len(posted["blocks"]) <= 50
    assert len(posted["blocks"][0]["text"]["text"]) <= 150
    assert all(len(block["text"]["text"]) <= 3000 for block in posted["blocks"])


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://hooks.example.com/services/x", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://localhost/x", True),
        ("http://[::1]/x", True),
        ("http://hooks.example.com/x", False),
        ("http://127.0.0.1.example.com/x", False),
        ("ftp://127.0.0.1/x", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://hooks.example.com:port/x", False),
        ("https://hooks.example.com/a b\r\nHost: x", False),
        ("https://hooks.example.com/caf\u00e9", False),
        ("https://[::1", False),
    ],
)
def test_only_https_or_this_machine_is_told(address: str, *, good: bool) -> None:
    assert usable(address) is good


class Hook:
    """A webhook that answers as it is told to, one answer after the other; the last stays."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.got: list[bytes] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.got.append(self.rfile.read(int(self.headers["content-length"])))
                status = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "7")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/services/T0/SECRET"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def told_by(hook: Hook, engine: "Engine", changed: tuple[Report, Kept]) -> tuple[list[str], list[float]]:
    """Tell it; return what was complained of, and the pauses that were made."""
    pauses: list[float] = []
    table = NotifyTable(webhooks=(Webhook(url=hook.address),))
    return list(notify(table, *changed, engine, pauses.append)), pauses


def test_a_run_is_told_once(engine: "Engine", changed: tuple[Report, Kept]) -> None:
    hook = Hook(200)
    assert told_by(hook, engine, changed) == ([], [])
    assert told_by(hook, engine, changed) == ([], [])
    hook.close()
    assert len(hook.got) == 1


def test_what_is_refused_for_now_is_tried_again(engine: "Engine", changed: tuple[Report, Kept]) -> None:
    hook = Hook(500, 429, 200)
    complaints, pauses = told_by(hook, engine, changed)
    hook.close()
    assert (complaints, pauses, len(hook.got)) == ([], [1.0, 7.0], 3)


@pytest.mark.parametrize(("answer", "tries"), [(404, 1), (503, 4), (302, 1)])
def test_what_is_refused_for_good_is_said_without_the_address(
    engine: "Engine", changed: tuple[Report, Kept], answer: int, tries: int
) -> None:
    hook = Hook(answer)
    [complaint], _ = told_by(hook, engine, changed)
    hook.close()
    assert len(hook.got) == tries
    assert str(answer) in complaint
    assert "SECRET" not in complaint
    assert "127.0.0.1" not in complaint


def test_one_receiver_that_is_not_there_keeps_no_other_waiting(
    engine: "Engine", changed: tuple[Report, Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = Hook(200)
    monkeypatch.setenv("HOOK", hook.address)
    table = NotifyTable(
        webhooks=(Webhook(url_env="NOT_SET"), Webhook(url="http://127.0.0.1:1/x"), Webhook(url_env="HOOK"))
    )
    complaints = list(notify(table, *changed, engine, lambda _: None))
    hook.close()
    assert complaints == [
        "[notify] webhook 1: the environment variable NOT_SET is not set",
        "[notify] webhook 2: not reached: Connection refused, tried 4 times",
    ]
    assert len(hook.got) == 1


def test_mail_is_sent_and_a_wrong_password_is_not_said(
    engine: "Engine", changed: tuple[Report, Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    letters: list[str] = []

    class Box:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
            letters.append(envelope.content.decode())
            return "250 OK"

    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mail = Controller(Box(), hostname="127.0.0.1", port=port)
    mail.start()
    plain = Mail(server="127.0.0.1", port=port, tls="none", sender="a@example.com", to=("b@example.com",))
    monkeypatch.setenv("PASSWORD", "hunter22")
    wrong = plain.model_copy(update={"user": "me", "password_env": "PASSWORD"})
    tls = plain.model_copy(update={"tls": "starttls", "to": ("c@example.com",)})
    complaints = list(notify(NotifyTable(mail=(plain, wrong, tls)), *changed, engine, lambda _: None))
    mail.stop()
    assert len(letters) == 1
    assert "New: 2 findings" in letters[0]
    assert len(complaints) == 2
    assert "hunter22" not in " ".join(complaints)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[notify.webhooks]]\nat_least = 'high'", "give either url, or url_env"),
        ("[[notify.webhooks]]\nurl = 'https://x/'\nurl_env = 'X'", "give either url, or url_env"),
        (
            "[[notify.mail]]\nserver = 'mx.example.com'\ntls = 'none'\nsender = 'a'\nto = ['b']",
            "on this machine only",
        ),
        ("[[notify.mail]]\nserver = 'mx'\nuser = 'me'\nsender = 'a'\nto = ['b']", "user needs password_env"),
        ("[[notify.mail]]\nserver = 'mx'\nsender = 'a'\nto = []", "at least 1 item"),
    ],
)
def test_a_wrong_table_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "surefoot.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said) as error:
        load(path)
    assert f"{path}:" in str(error.value)
