"""Adding a waiver: the text of the file keeps every line that it had."""

import tomllib
from datetime import date

import pytest

from scanner.known import WaiverError, parse, with_waiver

TODAY = date(2026, 11, 23)
VALUES: dict[str, str | date | None] = {
    "rule": "bucket-public",
    "resource": "arn:aws:s3:::www",
    "reason": 'the "public"\tweb \\ site \u202e\x7f é',
    "owner": "web@example.com",
    "until": date(2027, 1, 31),
    "ticket": None,
}


@pytest.mark.parametrize(
    "text", ["", "# ours\n", "# ours\n[ou]\nprod = ['1'] # one", '[[gap]]\nkind = "x"\n\n']
)
def test_the_rest_stays_as_it_was(text: str) -> None:
    whole = with_waiver(text, "w.toml", VALUES)
    assert whole.startswith(text)
    assert tomllib.loads(whole)["waiver"] == [{key: value for key, value in VALUES.items() if value}]


def test_one_after_another() -> None:
    plain = {**VALUES, "reason": "the web site"}
    text = with_waiver(with_waiver("# ours\n", "w.toml", plain), "w.toml", {**plain, "resource": "b"})
    assert [one.resource for one in parse(text, "w.toml", TODAY).waiver] == ["arn:aws:s3:::www", "b"]
    assert text.count("# ours\n\n[[waiver]]\n") == 1
    text = with_waiver(text, "w.toml", {"kind": "Bucket", "reason": "r", "owner": "o", "until": TODAY}, "gap")
    assert [one.kind for one in parse(text, "w.toml", TODAY).gap] == ["Bucket"]


@pytest.mark.parametrize("text", ["waiver = [\n]\n", "waiver = 'x'\n", "]", "[waiver]\n"])
def test_a_file_that_lists_them_otherwise_is_left_to_its_author(text: str) -> None:
    with pytest.raises(WaiverError, match=r"^w.toml: cannot take \[\[waiver\]\] at its end"):
        with_waiver(text, "w.toml", VALUES)
