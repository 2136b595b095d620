"""One door for our rules and for users': relative imports work, errors name the file and the line."""

import sys
import types
from pathlib import Path

import pytest

from scanner import packs
from scanner.packs import BUILT_IN, PackError

RULE = '''
from scanner import Account, Problems, Severity, rule
{extra}

@rule("{id}", severity=Severity.LOW, passes={{}}, fails={{}}, fix={{}})
def check(account: Account) -> Problems:
    """Made up."""
    yield from ()
'''


def pack(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def rule(id_: str, extra: str = "") -> str:
    return RULE.format(id=id_, extra=extra)


def test_a_folder_without_init_and_relative_imports(tmp_path: Path) -> None:
    folder = pack(tmp_path / "mine", one=rule("my-one", "from .shared import LIMIT"), shared="LIMIT = 3\n")
    pack(folder, sub__two=rule("my-two", "from ..shared import LIMIT"))
    assert list(packs.load([folder], built_in=False).rules) == ["my-one", "my-two"]


def test_a_users_folder_called_rules_stands_beside_ours(tmp_path: Path) -> None:
    folder = pack(tmp_path / "rules", one=rule("my-one", "from .shared import LIMIT"), shared="LIMIT = 3\n")
    loaded = packs.load([folder])
    assert loaded.rules["my-one"].pack == "rules"
    assert {one.folder for one in loaded.packs} >= {BUILT_IN, folder}


def test_another_top_level_rules_does_not_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = types.ModuleType("rules")
    other.__file__ = str(tmp_path / "rules" / "__init__.py")
    for name in [name for name in sys.modules if name == "rules" or name.startswith("rules.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rules", other)
    assert set(packs.load().rules) >= {"bucket-public"}


def test_ids_are_unique_over_all_packs(tmp_path: Path) -> None:
    folder = pack(tmp_path / "mine", one=rule("my-one"), two=rule("my-one"))
    with pytest.raises(PackError, match=r"two\.py: the id 'my-one' is taken by .*one\.py"):
        packs.load([folder], built_in=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def broken(:\n", r"one\.py:1: "),
        ("import nowhere_at_all\n", r"one\.py:1: ModuleNotFoundError"),
        ("\n\nx = 1 / 0\n", r"one\.py:3: ZeroDivisionError"),
        (
            rule("my-one", "from scanner import CIS_AWS_7\n\nCIS_AWS_7['9.9.9']"),
            r"one\.py:5: KeyError: .*9\.9\.9",
        ),
        (rule("my-one").replace("account: Account", "account"), r"one\.py:\d: TypeError: .*typed as a kind"),
        (
            rule("my-one").replace("account: Account", "account: Account, x: int"),
            r"TypeError: .*parameter `x`",
        ),
    ],
)
def test_a_broken_rule_names_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PackError, match=said):
        packs.load([pack(tmp_path / "mine", one=text)], built_in=False)


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no such folder"):
        packs.load([tmp_path / "nope"], built_in=False)


def test_words_choose_rules(tmp_path: Path) -> None:
    old = rule("my-new").replace("fix={}", "fix={}, formerly=('my-old',)")
    loaded = packs.load(
        [pack(tmp_path / "m", a__one=rule("my-one"), b__two=rule("your-two"), b__new=old)], built_in=False
    )

    def chosen(*words: str, ignore: tuple[str, ...] = ()) -> list[str]:
        return [one.id for one in loaded.select(words, ignore)]

    assert chosen() == ["my-new", "my-one", "your-two"]
    assert chosen("my-old") == ["my-new"]
    assert chosen("my-*") == ["my-new", "my-one"]
    assert chosen("b") == ["my-new", "your-two"]
    assert chosen("low", ignore=("b",)) == ["my-one"]
    with pytest.raises(PackError, match="did you mean my-one"):
        chosen("my-onne")
