"""What each kind is made of, from a target and what came of it."""

from typing import Any, Final

from scanner.models.live import OPEN as OPEN_STATE
from scanner.models.live import HttpEndpoint, PortState, Presented, TlsEndpoint
from scanner.providers.probe.calls import (
    GET,
    HELLO,
    LETS_IN,
    LETS_US_IN,
    STATE,
    TARGETS,
    VERIFY,
    VERSIONS,
)
from scanner.providers.probe.names import matches
from scanner.providers.spec import Detail, Raw, Source, Within


def _id(what: str) -> str:
    return f"probe://{{vantage}}/{what}/{{place}}"


def _is_of_inventory(raw: Raw) -> bool:
    return raw["endpoint"] is not None


def _beyond_port(raw: Raw) -> tuple[str, ...]:
    return ("expected",) if _is_of_inventory(raw) else ()


PORTS: Final = Source(
    kind=PortState,
    listing=TARGETS,
    level="account",
    id=_id("tcp"),
    name="{place}",
    fields={"port": "port", "expected": "expected", "endpoint": "endpoint"},
    details=(
        Detail(call=STATE, fills={"state": lambda answer: answer["state"]}),
        Detail(
            call=LETS_US_IN,
            when=_is_of_inventory,
            fills={"configured": lambda answer: answer["configured"]},
        ),
        Detail(
            call=LETS_IN,
            when=_is_of_inventory,
            fills={"open_to": lambda answer: answer["open_to"], "via": lambda answer: answer["via"]},
        ),
    ),
    lacking=("tags",),
    not_applicable=_beyond_port,
)


def _speaks_tls(raw: Raw) -> bool:
    return bool(raw["hello"]["tls"])


def _name_matches(answer: Any, raw: Raw) -> bool:
    return matches(raw["named"], answer["names"])


TLS: Final = Source(
    kind=TlsEndpoint,
    listing=Within(lambda raw: [raw] if raw["state"] == OPEN_STATE and raw["talk"].tls else []),
    under=PORTS,
    level="account",
    id=_id("tls"),
    name="{place}",
    fields={"starttls": lambda raw: raw["talk"].starttls},
    details=(
        Detail(
            call=HELLO,
            per="shared",
            brings="hello",
            fills={
                "speaks_tls": lambda answer: answer["tls"],
                "chain": lambda answer: [Presented(**one) for one in answer["chain"]],
                "names": lambda answer: answer["names"],
                "common_name": lambda answer: answer["common_name"],
            },
            leads=(
                Detail(
                    call=VERIFY,
                    when=_speaks_tls,
                    fills={
                        "trust": lambda answer: answer["trust"],
                        "verify_code": lambda answer: answer["code"],
                        "verify_text": lambda answer: answer["text"],
                    },
                ),
                Detail(
                    call=VERSIONS,
                    when=_speaks_tls,
                    fills={"protocols": lambda answer: answer["versions"]},
                ),
            ),
        ),
        Detail(
            call=HELLO,
            per="shared",
            with_item=True,
            when=lambda raw: raw["named"] is not None,
            fills={"name_matches": _name_matches},
        ),
    ),
    lacking=("tags",),
)

WEB: Final = Source(
    kind=HttpEndpoint,
    listing=Within(lambda raw: [raw] if raw["state"] == OPEN_STATE and raw["talk"].http else []),
    under=PORTS,
    level="account",
    id=_id("http"),
    name="{place}",
    fields={"secure": lambda raw: raw["talk"].tls},
    details=(
        Detail(
            call=GET,
            fills={
                "status": lambda answer: answer["status"],
                "location": lambda answer: answer["location"],
                "hsts_seconds": lambda answer: answer["hsts_seconds"],
            },
        ),
    ),
    lacking=("tags",),
)

SOURCES: Final = (PORTS, TLS, WEB)
