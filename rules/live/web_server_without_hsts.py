"""Web servers that do not tell browsers to stay with HTTPS."""

from typing import Annotated

from scanner import Cloud, HttpEndpoint, Option, Problems, Severity, rule


@rule(
    "web-server-without-hsts",
    severity=Severity.LOW,
    applies=lambda server: server.secure and server.status is not None and server.status < 400,  # noqa: PLR2004
    passes={"for a year": HttpEndpoint(secure=True, status=200, hsts_seconds=31_536_000)},
    fails={
        "no header": HttpEndpoint(secure=True, status=200, hsts_seconds=None),
        "for an hour": HttpEndpoint(secure=True, status=200, hsts_seconds=3600),
    },
    fix={
        Cloud.PROBE: 'nginx: add_header Strict-Transport-Security "max-age=31536000" always; '
        'Apache: Header always set Strict-Transport-Security "max-age=31536000"'
    },
    references=("https://www.rfc-editor.org/rfc/rfc6797",),
)
def web_server_without_hsts(
    server: HttpEndpoint,
    *,
    days: Annotated[float, Option("days for which browsers must remember it", at_least=0)] = 180,
) -> Problems:
    """Web server does not tell browsers to stay with HTTPS.

    Without the header `Strict-Transport-Security` the first request of a day goes out in plain text when somebody types
    the name, and whoever is on the way can answer in the server's place, TLS or not.

    Judged are servers that answer over TLS with a page or a redirect.
    """
    if server.hsts_seconds is None:
        yield "it sends no Strict-Transport-Security header"
    elif server.hsts_seconds < days * 86_400:
        kept = server.hsts_seconds / 86_400
        yield f"browsers remember it for {kept:.1f} days, fewer than {days:g}"
