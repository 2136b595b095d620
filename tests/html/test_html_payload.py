"""The page as bytes: one file, nothing from elsewhere, nothing that data could run."""

import base64
import gzip
import hashlib
import re
from dataclasses import replace
from typing import Any

import orjson
import pytest
from made_up_reports import OPEN, ordinary, report, text, verdict

from scanner.engine import Outcome
from scanner.iac.location import Location
from scanner.report import Report
from scanner.report.told import Earlier, Life, Night, Told
from scanner.reporters import html
from scanner.reporters.html import policy, render
from scanner.reporters.page import Page

HOSTILE = "</script><script>alert(1)</script>"


def data(one: Report) -> dict[str, Any]:
    """The data of the page."""
    block = re.search(r'id="data">([^<]*)</script>', text(render, one, Page()))
    assert block
    plain = block[1] if block[1].startswith("{") else gzip.decompress(base64.b64decode(block[1]))
    found: dict[str, Any] = orjson.loads(plain)
    return found


def test_nothing_is_loaded_from_anywhere() -> None:
    page = text(render, ordinary(), Page())
    assert not re.search(r'(src|href)="(?!data:,|#)', page)
    assert "@import" not in page
    assert "url(" not in page
    assert "innerHTML" not in page
    assert not re.search(r"\bon\w+=\"", page.partition("<script")[0])


def test_only_the_own_script_and_style_may_run() -> None:
    page = text(render, ordinary(), Page())
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    for kind, part in (("script", script), ("style", style)):
        checksum = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{checksum}'" in policy()
    assert policy().startswith("default-src 'none'; ")
    assert f'content="{policy()}"' in page
    assert "unsafe" not in policy()


def test_the_same_run_gives_the_same_page() -> None:
    assert text(render, ordinary(), Page()) == text(render, ordinary(), Page())


def test_long_data_is_packed_and_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    one = report([verdict(OPEN, HOSTILE, messages=[HOSTILE])])
    plain, page = data(one), text(render, one, Page())
    monkeypatch.setattr(html, "PLAIN", 100)
    assert data(one) == plain
    assert OPEN.id in page
    assert OPEN.id not in text(render, one, Page())


def test_hostile_names_never_stand_in_the_page_as_they_are() -> None:
    one = report([verdict(OPEN, HOSTILE, messages=[HOSTILE])])
    assert HOSTILE not in text(render, one, Page())
    assert data(one)["rows"]["more"]["0"]["m"] == [HOSTILE]


def test_rows_are_columns_with_what_only_some_have_beside_them() -> None:
    found = data(ordinary())
    rows = found["rows"]
    assert sorted(rows["outcome"]) == sorted("FFFFPPUEW")
    assert len({len(rows[key]) for key in ("rule", "scope", "owner", "kind", "outcome", "severity")}) == 1
    passed = rows["outcome"].index("P")
    assert str(passed) not in rows["more"]
    waived = rows["more"][str(rows["outcome"].index("W"))]
    assert waived["w"] == "emptied next week"
    unknown = rows["more"][str(rows["outcome"].index("U"))]
    assert unknown["u"][0][2] == "crates:GetLock"
    assert found["gaps"][0]["permission"] == "cranes:DescribeCranes"
    assert found["complete"] is False
    assert [one["id"] for one in found["frameworks"]] == ["CIS-AWS-7.0", "CIS-GCP-5.0", "ACME-1"]


def test_the_past_code_and_owners_are_told() -> None:
    one = verdict(OPEN, "front-door")
    over = verdict(OPEN, "old-door")
    from scanner.known import Seen

    life = Life(
        "open", "2026-11-02T01:30:00Z", "2026-11-23T01:30:00Z", "2026-11-20T01:30:00Z", "", 1, "reopened"
    )
    gone = Life(
        "gone", "2026-11-02T01:30:00Z", "2026-11-03T01:30:00Z", "2026-11-02T01:30:00Z", "2026-11-04T01:30:00Z"
    )
    told = Told(
        owners={one.fingerprint: "web"},
        lives={one.fingerprint: life},
        earlier=[Earlier(Seen(over.fingerprint, over), gone)],
        trend=[Night("2026-11-23T01:30:00Z", {"critical": 1})],
        code_url="https://example.com/{path}#L{line}",
    )
    locations = {one.fingerprint: Location("main.tf", 7, 1, 9, 1, "crate.front")}
    found = data(report([one], told=told, locations=locations))
    rows = found["rows"]
    assert rows["outcome"] == "FG"
    assert found["owners"] == ["", "web"]
    assert rows["more"]["0"] | {"m": 0, "f": 0} == {
        "f": 0, "m": 0, "l": ["main.tf", 7], "k": "reopened", "a": life.first_seen, "o": life.opened,
        "z": life.last_seen, "r": 1,
    }  # fmt: skip
    assert rows["more"]["1"]["c"] == gone.closed
    assert found["trend"][0]["open"] == {"critical": 1}


def test_a_verdict_that_was_open_and_is_unknown_now_was_not_checked() -> None:
    one = verdict(OPEN, "attic", Outcome.UNKNOWN)
    told = Told(lives={one.fingerprint: Life("not_checked", "2026-11-02T01:30:00Z")})
    assert data(report([one], told=told))["rows"]["outcome"] == "N"


@pytest.mark.parametrize("name", ["nul\0", "half \ud800 pair", "\u202egnp.exe", "=cmd()"])
def test_every_name_finds_its_way_into_the_page(name: str) -> None:
    one = report([verdict(OPEN, "x", resource=f"arn:aws:crates:eu-west-1:1:crate/{name}")])
    shown = name.encode("utf-8", "backslashreplace").decode()
    assert data(one)["rows"]["resource"] == [f"arn:aws:crates:eu-west-1:1:crate/{shown}"]


def test_an_empty_run_has_a_page() -> None:
    found = data(replace(report(), scopes=()))
    assert found["rows"]["outcome"] == ""
    assert found["result"] == "nothing was checked"
