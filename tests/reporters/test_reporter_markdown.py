"""The summary for a job or a pull request."""

import re

import pytest
from made_up_reports import OPEN, RUSTY, denied, made_up, ordinary, report, text, verdict
from markdown_it import MarkdownIt

from scanner.engine import Outcome
from scanner.inventory import Gap
from scanner.models.resource import Code, Scope
from scanner.report import Report
from scanner.reporters import Page, reporter
from scanner.reporters.escaping import block, code, prose
from scanner.rule import Severity

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def markdown(one: Report) -> str:
    return text(reporter("markdown"), one, Page())


def test_an_ordinary_night() -> None:
    shown = markdown(ordinary())
    assert shown.startswith("## Surefoot: 4 findings (3 critical, 1 low), and incomplete\n")
    assert "| CRITICAL | 1 | 3 |\n| LOW | 1 | 1 |\n" in shown
    assert shown.index("CRITICAL: Crate is open") < shown.index("LOW: Crate has rusty nails")
    assert "| `shed` | gcp:acme-prod/europe-west1 | its lid is off |\n" in shown
    assert (
        "- **permission cranes:DescribeCranes is missing**: hides Crane from 1 rule: crate-without-crane, in"
        in shown
    )
    assert "- **permission crates:GetLock is missing**: leaves 1 verdict unknown: crate-open" in shown
    assert "- **crate-rusty, on 1 resource**: the rule is broken: KeyError: 'nails'" in shown
    assert "Left out, as configured: aws:111122223333/me-south-1." in shown


def test_nothing_was_checked() -> None:
    shown = markdown(report(scopes=()))
    assert shown.startswith("## Surefoot: nothing was checked\n")
    assert "**Nothing was checked: no rule met a resource.**" in shown


@pytest.mark.parametrize("name", ["crate", "`" * 300, "|*<&" * 75, "\U0001f4e6" * 300, "\x1b" * 300])
def test_it_stays_under_60_kb_and_is_honest_about_the_rest(name: str) -> None:
    rules = [
        made_up(f"crate-bad-{number:03}", Severity.HIGH, f"Crate is bad in way {number}")
        for number in range(200)
    ]
    made = [verdict(one, f"{name}{number}", messages=[name] * 9) for one in rules for number in range(30)]
    made += [
        verdict(rules[0], f"u{name}", Outcome.UNKNOWN, unread=denied(f"x{n}", f"p:{name}{n}"))
        for n in range(99)
    ]
    gaps = [
        Gap(Scope(made[0].scope.cloud, name, f"r{n}"), "Crate", Code.DENIED, f"{name}{n}", text=name)
        for n in range(99)
    ]
    shown = markdown(report(made, gaps, rules=rules))
    assert 20_000 < len(shown.encode()) < 60_000
    rows = len(re.findall(r"^\| `", shown, re.MULTILINE))
    more = sum(int(found) for found in re.findall(r"^and (\d+) more of this rule", shown, re.MULTILINE))
    [(findings, hidden)] = re.findall(r"\*\*Not shown here: ([\d,]+) findings of ([\d,]+) more rules", shown)
    assert rows + more + int(findings.replace(",", "")) == 6_000
    assert shown.count("### HIGH") + int(hidden) == 200
    assert "`-o jsonl` has all of them" in shown
    assert "### Not read: 99 gaps" in shown


HOSTILE = [
    "<script>alert(1)</script>",
    "<!-- --> <img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "https://evil.example www.evil.example <https://evil.example>",
    "**bold** _it_ ~~no~~ `code` ``",
    "a | b | c \\| d \\\\| e",
    "` | </td></tr></table><script>",
    "\\`|`",
    "@everyone @org/team me@example.com #12 GH-12",
    "line\nbreak\r\n\n# heading\n- item\n```",
    "&lt;script&gt; &#60;b&#62;",
    "</summary></details><h1>",
    "$\\href{https://evil.example}{x}$",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_markup_comes_out_of_names_and_messages(name: str) -> None:
    made = report(
        [verdict(OPEN, name, messages=[name, name]), verdict(RUSTY, name, Outcome.ERROR, messages=[name])],
        [Gap(Scope(ordinary().scopes[0].cloud, name, name), name, Code.DENIED, name, text=name)],
    )
    shown = markdown(made)
    page = READER.render(shown)
    tags = set(re.findall(r"<(/?[a-zA-Z!][\w-]*)", page))
    assert {tag.lstrip("/") for tag in tags} <= {
        "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "strong", "ul", "li", "br",
        "details", "summary", "pre", "em",
    }  # fmt: skip
    assert "<em>" not in page
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    assert [row.count("<td") for row in rows if "<td" in row] == [3, 3]
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", shown)
    assert "://evil" not in outside
    assert "www.evil" not in outside
    assert not re.search(r"@\w", re.sub(r"<code>.*?</code>", "", page))


def cell(markdown: str) -> str:
    """What a reader sees in a table's cell."""
    page = READER.render(f"| a |\n| --- |\n| {markdown} |\n")
    [found] = re.findall(r"<td>(.*?)</td>", page, re.DOTALL)
    for entity, char in {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&", "\u200b": ""}.items():
        found = found.replace(entity, char)
    return str(found)


@pytest.mark.parametrize("name", [name for name in HOSTILE if "\n" not in name])
def test_the_reader_sees_the_text_itself(name: str) -> None:
    assert cell(prose(name)) == name
    assert cell(code(name)) == f"<code>{name}</code>"


def test_a_block_ends_where_it_is_to_end() -> None:
    page = READER.render(block("echo ```\n```` x\n<b>"))
    assert page == "<pre><code>echo ```\n```` x\n&lt;b&gt;\n</code></pre>\n"
