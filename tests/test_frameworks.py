"""The catalogues hold every requirement of the public mapping, and a user's mistakes are named by line."""

from __future__ import annotations

import csv
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from scanner import frameworks as module
from scanner.frameworks import (
    CIS_AWS_7,
    CIS_AZURE_6,
    CIS_GCP_5,
    Framework,
    FrameworkError,
    frameworks,
    load_framework,
)

# Every number of the public mapping; "m": the benchmark calls it manual.
NUMBERS = {
    "CIS-AWS-7.0": """
        2.1.1m 2.1.2m 2.1.3m 2.1.4m 2.1.5m 2.1.6m 2.2m 2.3m 2.4 2.5 2.6m 2.7m 2.8 2.9 2.10 2.11 2.12
        2.13 2.14 2.15 2.16 2.17 2.18 2.19m 2.20m 2.21m 3.1.1 3.1.2m 3.1.3m 3.1.4 3.2.1 3.2.2 3.2.3
        3.2.4m 3.3.1 4.1m 4.2 4.3 4.4m 4.5 4.6 4.7 4.8 4.9 4.10m 5.1m 5.2m 5.3m 5.4m 5.5m 5.6m 5.7m
        5.8m 5.9m 5.10m 5.11m 5.12m 5.13m 5.14m 5.15m 5.16 6.1.1 6.1.2 6.2 6.3 6.4 6.5 6.6m 6.7 6.8m
    """,
    "CIS-GCP-5.0": """
        1.1.1m 1.1.2m 1.1.3m 1.1.4m 1.2m 1.3m 1.4m 1.5 1.6 1.7 1.8 1.9 1.10 1.11 1.12 1.13 1.14m
        1.15 1.16 1.17 1.18m 2.1 2.2m 2.3 2.4 2.5 2.6 2.7 2.8 2.9 2.10 2.11 2.12 2.13 2.14 2.15m
        2.16m 2.17 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8m 3.9m 3.10 3.11m 3.12m 4.1 4.2 4.3 4.4 4.5 4.6
        4.7 4.8 4.9 4.10m 4.11 4.12m 5.1 5.2 6.1.1m 6.1.2 6.1.3 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6
        6.2.7 6.2.8 6.3.1 6.3.2 6.3.3 6.3.4 6.3.5 6.3.6 6.3.7 6.4 6.5 6.6m 6.7 6.8 6.9m 7.1 7.2 7.3
        7.4m 8.1
    """,
    "CIS-AZURE-6.0": """
        2.1.1 2.1.2 2.1.3m 2.1.4m 2.1.5m 2.1.6m 2.1.7 2.1.8m 2.1.9 2.1.10 2.1.11 2.1.12m 3.1.1m
        5.1.1 5.1.2m 5.1.3 5.1.4m 5.3.1m 5.3.2m 5.3.3 5.3.4m 5.3.5m 5.3.6m 5.3.7m 5.4 5.5m 5.6m 5.7
        6.1.1.1 6.1.1.2 6.1.1.3m 6.1.1.4 6.1.1.5m 6.1.1.6m 6.1.1.7m 6.1.1.8m 6.1.1.9m 6.1.2.1
        6.1.2.2 6.1.2.3 6.1.2.4 6.1.2.5 6.1.2.6 6.1.2.7 6.1.2.8 6.1.2.9 6.1.2.10 6.1.2.11 6.1.3.1
        6.1.4m 6.1.5m 6.2m 7.1 7.2 7.3 7.4 7.5 7.6 7.7m 7.8 7.9 7.10 7.11 7.12 7.13 7.14 7.15 7.16m
        8.1.1.1 8.1.2.1 8.1.3.1 8.1.3.2m 8.1.3.3 8.1.3.4m 8.1.3.5m 8.1.4.1 8.1.5.1 8.1.5.2m 8.1.6.1
        8.1.7.1 8.1.7.2 8.1.7.3 8.1.7.4 8.1.8.1 8.1.9.1 8.1.10 8.1.11m 8.1.12 8.1.13 8.1.14 8.1.15
        8.1.16m 8.2.1m 8.3.1 8.3.2 8.3.3 8.3.4 8.3.5 8.3.6 8.3.7 8.3.8 8.3.9 8.3.10m 8.3.11 8.4.1
        8.5 9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 9.3.1.1 9.3.1.2 9.3.1.3 9.3.2.1 9.3.2.2 9.3.2.3
        9.3.3.1 9.3.4 9.3.5 9.3.6 9.3.7 9.3.8 9.3.9m 9.3.10m 9.3.11
    """,
}
SHARED_MAP = Path(__file__).parents[2] / "shared" / "reference" / "cis_map.tsv"

GOOD = """\
# title = "not a key" [[control]]
id = "ACME-SEC"
name = "ACME's own rules"
version = "3"

[[control]]
number = "1.1"
title = \"\"\"Data is {safe}\"\"\"
rules = [
    "bucket-public",
    "database-public",
]

[[control]]
number = "1.2"
title = "Someone walks around the building"
automated = false
"""


def expected(framework: str) -> dict[str, bool]:
    return {word.rstrip("m"): not word.endswith("m") for word in NUMBERS[framework].split()}


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "acme.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refusal(folder: Path, text: str | bytes, known_rules: list[str] | None = None) -> str:
    with pytest.raises(FrameworkError) as caught:
        load_framework(written(folder, text), known_rules=known_rules)
    return str(caught.value).replace(str(folder / "acme.toml"), "acme.toml")


def test_the_built_in_frameworks_come_in_order() -> None:
    assert [framework.id for framework in frameworks()] == ["CIS-AWS-7.0", "CIS-GCP-5.0", "CIS-AZURE-6.0"]
    assert frameworks() == (CIS_AWS_7, CIS_GCP_5, CIS_AZURE_6)
    assert [framework.cloud for framework in frameworks()] == ["aws", "gcp", "azure"]


@pytest.mark.parametrize("framework", frameworks(), ids=lambda framework: framework.id)
def test_every_requirement_is_there_in_order_with_its_flag(framework: Framework) -> None:
    flags = {number: control.automated for number, control in framework.controls.items()}
    assert list(flags.items()) == list(expected(framework.id).items())
    for number, control in framework.controls.items():
        assert control.number == number
        assert (control.framework, control.version) == (framework.id, framework.version)
        assert control.cloud == framework.cloud
        assert control.id == f"{framework.id}:{number}"
        assert control.rules == ()
        assert not control.part
    assert framework.source


def test_the_copy_of_the_numbers_is_whole() -> None:
    assert {framework: len(expected(framework)) for framework in NUMBERS} == {
        "CIS-AWS-7.0": 70,
        "CIS-GCP-5.0": 93,
        "CIS-AZURE-6.0": 127,
    }


@pytest.mark.skipif(not SHARED_MAP.exists(), reason="the public mapping is not part of the project")
def test_the_copy_of_the_numbers_agrees_with_the_mapping() -> None:
    mapped: dict[str, dict[str, bool]] = {}
    with SHARED_MAP.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            framework = f"{row['framework'].replace(' ', '-')}-{row['version']}"
            mapped.setdefault(framework, {})[row["requirement_id"]] = (
                row["automated_or_manual"] == "automated"
            )
            has_check = bool(row["check_id"])
            title = {built_in.id: built_in for built_in in frameworks()}[framework][
                row["requirement_id"]
            ].title
            assert not (has_check and "requirement: see the CIS" in title), row
    assert mapped == {framework: expected(framework) for framework in NUMBERS}


def test_titles_are_short_and_belong_to_one_framework() -> None:
    seen: dict[str, str] = {}
    for framework in frameworks():
        for control in framework.controls.values():
            assert 5 < len(control.title) <= 70, control
            assert seen.setdefault(control.title, framework.id) == framework.id, control
            # The titles of the benchmarks, which are not ours to print, all begin like this.
            assert not control.title.startswith("Ensure")
        told = [c.title for c in framework.controls.values() if "requirement: see the" not in c.title]
        assert len(told) == len(set(told))
    neutral = [c for f in frameworks() for c in f.controls.values() if "requirement: see the" in c.title]
    assert all(control.title.startswith("Automated") == control.automated for control in neutral)


def test_a_typo_names_the_nearest_numbers() -> None:
    with pytest.raises(KeyError, match=r"CIS-AWS-7\.0 has no control '3\.2\.11'; the nearest are 3\.2\.1, "):
        CIS_AWS_7["3.2.11"]
    with pytest.raises(
        KeyError, match=r"CIS-GCP-5\.0 has no control 'backup'; it has 93: 1\.1\.1, 1\.1\.2, "
    ):
        CIS_GCP_5["backup"]


def test_a_misspelt_framework_is_an_attribute_error() -> None:
    name = "CIS_AWS_8"
    with pytest.raises(AttributeError, match="CIS_AWS_8"):
        getattr(module, name)


def test_partly_marks_a_copy_with_the_same_id() -> None:
    whole = CIS_AWS_7["6.2"]
    part = whole.partly()
    assert (part.part, whole.part) == (True, False)
    assert part.id == whole.id == "CIS-AWS-7.0:6.2"
    assert part != whole
    assert part.partly() == part
    assert pickle.loads(pickle.dumps(part)) == part  # noqa: S301 -- what was pickled in the same line


def test_catalogues_are_read_when_asked_for_and_bring_no_pydantic() -> None:
    code = (
        "import sys, scanner.frameworks as f\n"
        "assert f._built_in.cache_info().currsize == 0\n"
        "from scanner.frameworks import CIS_AWS_7\n"
        "assert f._built_in.cache_info().currsize == 1\n"
        "print(*sorted(m for m in sys.modules if m.startswith(('pydantic', 'scanner.models', 'rules', 'boto'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in done.stdout.split() if not name.startswith("scanner.frameworks")] == []


def test_a_users_framework_maps_controls_to_rules(tmp_path: Path) -> None:
    framework = load_framework(written(tmp_path, GOOD), known_rules=["bucket-public", "database-public"])
    assert (framework.id, framework.name, framework.version) == ("ACME-SEC", "ACME's own rules", "3")
    assert framework.cloud is None
    assert framework["1.1"].rules == ("bucket-public", "database-public")
    assert framework["1.1"].automated
    assert framework["1.1"].title == "Data is {safe}"
    assert framework["1.2"].rules == ()
    assert not framework["1.2"].automated
    assert framework["1.2"].id == "ACME-SEC:1.2"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert load_framework(written(tmp_path, text))["1.2"].cloud is None


def test_a_cloud_of_its_own_goes_to_the_controls(tmp_path: Path) -> None:
    framework = load_framework(
        written(tmp_path, GOOD.replace('version = "3"', 'version = "3"\ncloud = "gcp"'))
    )
    assert framework.cloud == framework["1.1"].cloud == "gcp"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "ACME-SEC"\n', "", "acme.toml:1: 'id' is missing"),
        ('id = "ACME-SEC"', "id = 7", "acme.toml:2: id: 7 is not text; write it in quotes"),
        ('"ACME-SEC"', '"ACME:SEC"', "acme.toml:2: id: 'ACME:SEC' may hold letters, digits"),
        ('"ACME-SEC"', '"CIS-GCP-5.0"', "acme.toml:2: id: 'CIS-GCP-5.0' is a built-in framework"),
        ('version = "3"', "version = 3.0", "acme.toml:4: version: 3.0 is not text"),
        ('version = "3"', 'cloud = "amazon"', "acme.toml:4: cloud: 'amazon' is not one of aws, gcp, azure"),
        (
            'version = "3"',
            'verson = "3"',
            "acme.toml:4: verson: no key of this table, which may have id, name",
        ),
        ('version = "3"', '"ver\\u001b" = 1', "acme.toml:1: 'ver\\x1b': no key"),
        ('number = "1.2"', "number = 1.2", "acme.toml:15: control 1.2: number: 1.2 is not text"),
        ('number = "1.2"', 'number = "1.1"', "acme.toml:15: control '1.1': number: '1.1' stands twice"),
        ('number = "1.2"', "", "acme.toml:14: control 2: 'number' is missing"),
        ('title = "Someone', 'titel = "Someone', "acme.toml:16: control '1.2': titel: no key"),
        ('title = "Someone', '"titel" = "Someone', "; is 'title' meant?"),
        ('"Someone walks', '"Someone\\nwalks', "acme.toml:16: control '1.2': title: 'Someone\\nwalks"),
        ('"Someone walks around the building"', '" "', "acme.toml:16: control '1.2': title: ' ' has to be"),
        ("automated = false", 'automated = "no"', "acme.toml:17: control '1.2': automated: 'no' is neither"),
        (
            "automated = false",
            'rules = "bucket-public"',
            "acme.toml:17: control '1.2': rules: 'bucket-public'",
        ),
        ("automated = false", "rules = [3]", "acme.toml:17: control '1.2': rules: 3 is not text"),
        ('"database-public"', '"bucket-public"', "control '1.1': rules: 'bucket-public' stands twice"),
        (
            '"database-public"',
            '"databse-public"',
            ":11: control '1.1': rules: there is no rule 'databse-public'; is 'database-public' meant",
        ),
        (
            "automated = false",
            "automated = false\n[extra]\na = 1",
            "acme.toml:18: extra: no key of this table",
        ),
        ('number = "1.2"', 'number = "1.2"\nnumber = "1.3"', "acme.toml:16: is not TOML: "),
        ("automated = false", "automated = ", "acme.toml:17: is not TOML: "),
        ("automated = false", "automated = [", "acme.toml:18: is not TOML: "),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    refused = refusal(tmp_path, GOOD.replace(old, new), known_rules=["bucket-public", "database-public"])
    assert message in refused
    assert refused.isprintable()


HEAD = 'id = "A"\nname = "A"\nversion = "1"\n'
INLINE = HEAD + 'control = [\n  { number = "1", title = "{" },\n  { number = "2" },\n]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "acme.toml:1: 'id' is missing"),
        (HEAD, "acme.toml:1: control: there is none; write each control under [[control]]"),
        (HEAD + "control = []", "acme.toml:4: control: there is none"),
        (HEAD + '[control]\nnumber = "1"', "acme.toml:4: control: write each control as a table"),
        (HEAD + 'control = ["1"]', "acme.toml:4: control: write each control as a table"),
        (INLINE, "acme.toml:6: control '2': 'title' is missing"),
        (INLINE.replace('"2"', '"2", title = "b"') + "source = 5", "acme.toml:8: source: 5 is not text"),
        (INLINE.replace('"{" }', '"{", rule = [] }'), "acme.toml:5: control '1': rule: no key"),
        (HEAD.encode() + b'title = "caf\xe9"', "acme.toml:4: is not UTF-8 text"),
        ("id = " + "9" * 5000, "acme.toml: is not TOML: "),
        ("id = " + "[" * 100_000, "acme.toml"),
    ],
)
def test_other_shapes_are_refused_too(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert message in refusal(tmp_path, text)


def test_a_file_that_cannot_be_read_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(FrameworkError, match=r"none\.toml: cannot be read: No such file"):
        load_framework(tmp_path / "none.toml")
    with pytest.raises(FrameworkError, match="cannot be read: "):
        load_framework(tmp_path)
    with pytest.raises(FrameworkError, match="cannot be read: embedded null"):
        load_framework("a\0b")


def test_the_error_carries_path_and_line(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace('version = "3"', "version = 3"))
    with pytest.raises(FrameworkError) as caught:
        load_framework(str(path))
    assert (caught.value.path, caught.value.line) == (path, 4)
    assert isinstance(caught.value, ValueError)
