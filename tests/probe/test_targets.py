"""Words into targets, names into matches, `--connect` into places."""

import pytest

from scanner.errors import UserError
from scanner.models.live import CLOSED
from scanner.providers.probe.names import matches
from scanner.providers.probe.settings import Settings, connections, vantage_of
from scanner.providers.probe.targets import named


@pytest.mark.parametrize(
    ("word", "places"),
    [
        ("example.org:443", [("example.org:443", "https")]),
        ("Example.ORG.", [("example.org:443", "https"), ("example.org:80", "http")]),
        ("example.org:22", [("example.org:22", "tcp")]),
        ("[2001:DB8::1]:8443", [("[2001:db8::1]:8443", "https")]),
        ("192.0.2.1:5432", [("192.0.2.1:5432", "postgres")]),
        ("smtp://mail.example.org:587", [("mail.example.org:587", "smtp")]),
        ("postgres://db.example.org", [("db.example.org:5432", "postgres")]),
        ("https://bücher.example/", [("xn--bcher-kva.example:443", "https")]),
        ("tls://_service.example.org:853", [("_service.example.org:853", "tls")]),
        ("localhost:80", [("localhost:80", "http")]),
    ],
)
def test_words(word: str, places: list[tuple[str, str]]) -> None:
    from scanner.providers.probe.targets import TALKS

    found = [
        (target.place, next(k for k, v in TALKS.items() if v == target.talk)) for target in named([word])
    ]
    assert found == places


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("", "reads HOST:PORT"),
        ("example.org:0", "1 to 65535"),
        ("example.org:70000", "example.org:70000"),
        ("example.org:http", "example.org:http"),
        ("ftp://example.org", "ftp:// is not probed"),
        ("tcp://example.org", "say which port"),
        ("https://example.org/admin", "nothing behind it"),
        ("https://user@example.org", "nothing behind it"),
        ("exa mple.org:443", "neither a host name nor an address"),
        ("1.2.3:80", "not an address"),
        ("-x.example.org:80", "neither"),
        ("*.example.org:443", "neither"),
    ],
)
def test_words_that_name_nothing(word: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        named([word])


def test_a_target_that_is_named_twice_is_probed_once() -> None:
    assert len(named(["example.org:443", "https://example.org"])) == 1


def test_a_port_that_is_to_be_closed_is_only_connected_to() -> None:
    [target] = named(["db.example.org:5432"], expected=CLOSED)
    assert not target.talk.tls
    with pytest.raises(UserError, match="say which port is expected to be closed"):
        named(["db.example.org"], expected=CLOSED)


@pytest.mark.parametrize(
    ("host", "names", "fits"),
    [
        ("shop.example.org", ["shop.example.org"], True),
        ("shop.example.org", ["SHOP.example.ORG."], True),
        ("shop.example.org", ["*.example.org"], True),
        ("example.org", ["*.example.org"], False),
        ("a.b.example.org", ["*.example.org"], False),
        ("example.org", ["*.org"], False),
        ("shop.example.org", ["s*.example.org"], False),
        ("shop.example.org", ["shop.*.org"], False),
        ("shop.example.org", ["*"], False),
        ("xn--bcher-kva.example", ["xn--bcher-kva.example"], True),
        ("192.0.2.1", ["192.0.2.1"], True),
        ("192.0.2.1", ["*.0.2.1"], False),
        ("2001:db8::1", ["2001:db8:0:0::1"], True),
        ("shop.example.org", ["192.0.2.1"], False),
        ("shop.example.org", [], False),
    ],
)
def test_names(host: str, names: list[str], *, fits: bool) -> None:
    assert matches(host, names) is fits


@pytest.mark.parametrize(
    ("word", "host", "port", "place"),
    [
        ("shop.example.org:443=127.0.0.1:8443", "shop.example.org", 443, ("127.0.0.1", 8443)),
        ("shop.example.org:443=127.0.0.1:8443", "shop.example.org", 80, None),
        ("192.0.2.1:*=127.0.0.1:*", "192.0.2.1", 22, ("127.0.0.1", 22)),
        ("*:*=[::1]:*", "192.0.2.1", 22, ("::1", 22)),
        ("*:22=127.0.0.1:2222", "192.0.2.1", 22, ("127.0.0.1", 2222)),
        ("[2001:db8::1]:22=127.0.0.1:2222", "2001:db8::1", 22, ("127.0.0.1", 2222)),
    ],
)
def test_connect(word: str, host: str, port: int, place: tuple[str, int] | None) -> None:
    assert Settings(connect=connections([word])).instead(host, port) == place


@pytest.mark.parametrize("word", ["", "a:1", "a:1=b", "a=b:1", "a:1=*:2", "a:1=b:0", "a:x=b:1"])
def test_connect_that_leads_nowhere(word: str) -> None:
    with pytest.raises(UserError, match="must read HOST:PORT=HOST:PORT"):
        connections([word])


def test_a_vantage_fits_an_id() -> None:
    assert vantage_of("office-2.eu") == "office-2.eu"
    with pytest.raises(UserError, match="vantage"):
        vantage_of("my office/")
