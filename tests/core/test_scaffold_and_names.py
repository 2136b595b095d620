"""The names that rule files import, the skeleton of a rule, and what a policy says."""

import ast
import json
from pathlib import Path

import pytest

import scanner
from scanner.errors import UserError
from scanner.models import kinds
from scanner.models.resource import Cloud
from scanner.permissions import policies
from scanner.providers.spec import Call
from scanner.scaffold import write_rule


def test_the_lazy_names_are_the_typed_names() -> None:
    tree = ast.parse(Path(scanner.__file__).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {
        (node.module, alias.name)
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert typed == {(module, name) for module, names in scanner._NAMES.items() for name in names}
    for name in scanner.__all__:
        assert getattr(scanner, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = scanner.nonsense


def test_every_kind_has_a_name_that_rules_can_import() -> None:
    assert set(kinds()) <= set(scanner.__all__)


def test_a_new_rule_fails_its_own_style_until_it_is_filled_in(tmp_path: Path) -> None:
    from scanner import packs
    from scanner.testing import style_problems

    path = write_rule("account-sleepy", "Account", tmp_path)
    assert path.name == "account_sleepy.py"
    (made,) = packs.load([tmp_path], built_in=False).rules.values()
    assert any("at least one example" in problem for problem in style_problems(made))
    assert any("reason" in problem for problem in style_problems(made))


@pytest.mark.parametrize(
    ("id_", "kind", "said"), [("Bad_id", "Account", "lower case"), ("a-b", "Bukket", "Bucket")]
)
def test_a_new_rule_with_wrong_words(tmp_path: Path, id_: str, kind: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        write_rule(id_, kind, tmp_path)


def test_a_new_rule_overwrites_nothing(tmp_path: Path) -> None:
    path = write_rule("account-sleepy", "Account", tmp_path)
    path.write_text("mine")
    with pytest.raises(UserError, match="nothing was written"):
        write_rule("account-sleepy", "Account", tmp_path)
    assert path.read_text() == "mine"


def test_a_policy_names_each_permission_once_and_sorted() -> None:
    calls = [
        Call(service="s", operation=o, permission=p)
        for o, p in (("B", "s:B"), ("A", "s:A"), ("C", "s:A"), ("D", ""))
    ]
    document = json.loads(policies(Cloud.AWS, calls)[0])
    assert document["Version"] == "2012-10-17"
    assert document["Statement"][0]["Action"] == ["s:A", "s:B"]
