"""`docs/`: written from the rules, the same every time, and the same as what is committed."""

from pathlib import Path

import pytest
from shipped import RULES

from scanner.models.resource import Cloud
from scanner.providers import providers
from scanner.reporters.handbook import pages

DOCS = Path(__file__).parents[2] / "docs"
SOURCES = {cloud: one.sources for cloud, one in providers().items()}


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return dict(pages(RULES.values(), SOURCES))


@pytest.mark.parametrize("name", ["rules.md", "kinds.md"])
def test_what_is_committed_is_current(written: dict[str, str], name: str) -> None:
    committed = (DOCS / name).read_text(encoding="utf-8")
    assert committed == written[name], f"docs/{name} is not what the rules say: run `make docs`"


def test_the_order_in_which_rules_are_found_changes_nothing(written: dict[str, str]) -> None:
    assert pages(reversed(list(RULES.values())), SOURCES) == written


def test_every_rule_has_its_section_with_a_fix_for_each_cloud(written: dict[str, str]) -> None:
    sections = dict(part.split("\n", 1) for part in written["rules.md"].split("\n### ")[1:])
    assert sections.keys() == RULES.keys()
    for rule in RULES.values():
        assert rule.title in sections[rule.id]
        assert sections[rule.id].count("How to fix it on") == len(rule.fix)
        for name in rule.signature.options:
            assert f"- `{name}`:" in sections[rule.id]


def test_a_kind_says_its_calls_permissions_and_rules(written: dict[str, str]) -> None:
    [row] = [line for line in written["kinds.md"].splitlines() if line.startswith("| SearchDomain | AWS ")]
    assert "`opensearch:ListDomainNames`" in row
    assert "`es:DescribeDomains`" in row
    assert "[search-domain-public](rules.md#search-domain-public)" in row
    # No rule reads its tags.
    assert "ListTags" not in row


def test_a_cloud_that_lacks_what_a_rule_reads_is_not_named(written: dict[str, str]) -> None:
    assert Cloud.GCP in SOURCES
    [row] = [line for line in written["rules.md"].splitlines() if line.startswith("| [volume-unencrypted]")]
    assert row.endswith("| Volume is not encrypted | AWS |")
