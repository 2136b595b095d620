"""How long what servers present is valid."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

from scanner import Cloud, Option, Presented, Problem, Problems, Severity, TlsEndpoint, each, rule

from ._examples import valid

INTERMEDIATE = "CN=Example Issuing CA"


def _example(*chain: Presented, code: int = 0) -> TlsEndpoint:
    return TlsEndpoint(speaks_tls=True, chain=chain, verify_code=code)


@rule(
    "tls-certificate-expiring",
    severity=Severity.HIGH,
    applies=lambda endpoint: endpoint.speaks_tls,
    passes={
        "two months left": _example(valid(self_signed=False), valid(subject=INTERMEDIATE, self_signed=False))
    },
    fails={
        "ended yesterday": _example(valid(days=-1, self_signed=False), code=10),
        "begins tomorrow": _example(valid(since=-1, self_signed=False), code=9),
        "two weeks left": _example(valid(days=14, self_signed=False)),
        "its issuer's certificate ended": _example(
            valid(self_signed=False), valid(days=-1, subject=INTERMEDIATE, self_signed=False), code=10
        ),
        "an old one is sent beside a good one": _example(
            valid(self_signed=False), valid(days=-1, subject=INTERMEDIATE, self_signed=False)
        ),
    },
    fix={
        Cloud.PROBE: "Renew the certificate, install it with the whole chain of its issuers, and reload the server; "
        "surefoot probe {name} shows what it presents then"
    },
    references=("https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5",),
)
def tls_certificate_expiring(
    endpoint: TlsEndpoint,
    now: datetime,
    *,
    days: Annotated[float, Option("days that must be left", at_least=0)] = 21,
) -> Problems:
    """Certificate that is presented ends soon, has ended, or is not valid yet.

    From that second on every browser and every program refuses to connect, mostly on a weekend. This is what the
    server really sends, wherever the certificate is kept: a renewed one that nobody loaded counts as the old one.

    What has ended, or not begun, is of high severity, what ends soon of medium. An expired certificate of an issuer is
    as bad as an expired own one; of low severity when another way leads to a trusted root. Roots that are sent along
    are left alone: clients have their own.
    """
    own, *issuers = endpoint.chain
    yield from _own(own, now, days)
    yield from each(issuers, lambda one: _issuer(endpoint, one, now))


def _own(certificate: Presented, now: datetime, days: float) -> Iterator[str | Problem]:
    wrong = _out_of_time(certificate, now)
    if wrong:
        yield f"its certificate {wrong}"
    elif certificate.ends < now + timedelta(days=days):
        left = (certificate.ends - now) / timedelta(days=1)
        yield Problem(
            f"its certificate ends in {left:.0f} days ({certificate.ends:%Y-%m-%d})", Severity.MEDIUM
        )


def _issuer(endpoint: TlsEndpoint, certificate: Presented, now: datetime) -> Iterator[str | Problem]:
    wrong = _out_of_time(certificate, now)
    if not wrong or certificate.self_signed:
        return
    said = f"the certificate of its issuer {certificate.subject} {wrong}"
    if endpoint.verify_code == 0:
        yield Problem(f"{said}; it is sent, and another way leads to a trusted root", Severity.LOW)
    else:
        yield said


def _out_of_time(certificate: Presented, now: datetime) -> str:
    if certificate.ends < now:
        return (
            f"ended {(now - certificate.ends) / timedelta(days=1):.0f} days ago ({certificate.ends:%Y-%m-%d})"
        )
    if certificate.starts > now:
        return f"is not valid before {certificate.starts:%Y-%m-%d}"
    return ""
