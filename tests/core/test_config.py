"""Bad input is named with its file, its line, its key and what is allowed."""

from pathlib import Path

import pytest

from scanner import config, packs, tuning
from scanner.config import ConfigError
from scanner.engine import Tuned
from scanner.errors import UserError
from scanner.rule import Option, Parameter

GOOD = """
clouds = ["aws"]
fail_on = "high"

[aws]
skip_regions = ["me-south-1"]

[pace]
share = 0.25
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "surefoot.toml"
    path.write_text(text)
    return path


def test_no_file_is_all_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.load() == config.Config()
    assert config.load().fail_on == "low"


def test_a_good_file(tmp_path: Path) -> None:
    loaded = config.load(written(tmp_path, GOOD))
    assert (loaded.clouds, loaded.fail_on, loaded.pace.share) == (("aws",), "high", 0.25)
    assert loaded.aws.skip_regions == ("me-south-1",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('fail_on = "hihg"\n', r"surefoot\.toml:1: fail_on: .*'high'"),
        (
            "\n[aws]\nregoins = []\n",
            r"surefoot\.toml:3: aws\.regoins: no such key; allowed here: accounts.*regions",
        ),
        (
            "[a]\n[[owners]]\nx = 1\n",
            r"surefoot\.toml:2: owners: a table is expected, not an array; .* rules",
        ),
        ("[aws]\nregions = 'x'\n", r"surefoot\.toml:2: aws\.regions: an array is expected, not a string$"),
        (
            "[history]\nurl = 2026-01-01\n",
            r"surefoot\.toml:2: history\.url: a string is expected, not a time$",
        ),
        ("[[accounts]]\n", r"surefoot\.toml:1: accounts: a path in a string is expected, not an array$"),
        ("x = \n", r"surefoot\.toml: not TOML: .*line 1"),
        ("[pace]\nshare = 2\n", r"surefoot\.toml:2: pace\.share: .*less than or equal to 1"),
        ('clouds = ["ibm"]\n', r"surefoot\.toml:1: clouds\.0: .*'aws', 'gcp' or 'azure'"),
        (
            "[rules.bucket-public]\nseverity = 3\n",
            r"surefoot\.toml:2: rules\.bucket-public\.severity: .*'critical'",
        ),
    ],
)
def test_a_bad_file(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        config.load(written(tmp_path, text))


def test_a_missing_or_binary_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        config.load(tmp_path / "nope.toml")
    (tmp_path / "surefoot.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        config.load(tmp_path / "surefoot.toml")


RULE = '''
from typing import Annotated
from scanner import Account, Option, Problems, Severity, rule


@rule("made-up", severity=Severity.LOW, passes={}, fails={}, fix={}, formerly=("made-down",))
def made_up(account: Account, *, days: Annotated[int, Option("days", at_least=1)] = 7, word: str = "x") -> Problems:
    """Made up."""
    yield from ()
'''


def tuned(folder: Path, text: str) -> list[Tuned]:
    pack = folder / "pack"
    pack.mkdir(exist_ok=True)
    (pack / "made_up.py").write_text(RULE)
    return tuning.tune(packs.load([pack], built_in=False), config.load(written(folder, text)))


def test_a_rules_severity_and_options(tmp_path: Path) -> None:
    (one,) = tuned(tmp_path, '[rules.made-up]\nseverity = "high"\ndays = 14\n')
    assert (one.severity, one.options) == ("high", {"days": 14})
    (one,) = tuned(tmp_path, "[rules.made-down]\ndays = 14\n")
    assert one.options == {"days": 14}
    assert tuned(tmp_path, "[rules.made-up]\nenabled = false\n") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rules.made-upp]\ndays = 1\n", r"surefoot\.toml:1: rules\.made-upp: no rule is called .*made-up"),
        ("[rules.made-up]\n\nday = 1\n", r"surefoot\.toml:3: rules\.made-up\.day: no such option.*days"),
        (
            '[rules.made-up]\ndays = "7"\n',
            r"surefoot\.toml:2: rules\.made-up\.days: '7': .*integer.*default is 7",
        ),
        ("[rules.made-up]\ndays = 0\n", r"surefoot\.toml:2: rules\.made-up\.days: 0 is less than 1"),
    ],
)
def test_a_wrong_option_names_the_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        tuned(tmp_path, text)


def test_ranges_hold_for_every_item_and_choices_are_listed() -> None:
    ports = Parameter("ports", tuple[int, ...], (22,), Option("ports", at_least=0, at_most=65535))
    assert tuning.checked(ports, [22, 2222]) == (22, 2222)
    with pytest.raises(UserError, match="70000 is more than 65535"):
        tuning.checked(ports, [22, 70000])
    word = Parameter("word", str, "a", Option("word", choices=("a", "b")))
    with pytest.raises(UserError, match="'c' is not one of a, b"):
        tuning.checked(word, "c")
