"""What the command does whatever it is asked: its version, and how it ends where the mistake is its own."""

import sys

import pytest

from scanner import __version__, packs
from scanner.cli import main


def ended(monkeypatch: pytest.MonkeyPatch, *words: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["surefoot", *words])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


@pytest.mark.parametrize("words", [["--version"], ["version"], ["--version", "scan"]])
def test_the_version(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, *words) == 0
    assert capsys.readouterr().out == f"surefoot {__version__}\n"


def test_its_own_mistake_does_not_end_as_findings_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(*_: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(packs, "load", load)
    assert ended(monkeypatch, "rules", "list") == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "ZeroDivisionError: of ours" in told.err
    assert told.err.splitlines()[-1].startswith("surefoot: this is a mistake of Surefoot's own")
