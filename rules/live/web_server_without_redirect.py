"""Web servers that answer without TLS."""

from scanner import Cloud, HttpEndpoint, Problems, Severity, rule

#: Statuses by which a server asks for a password, or gives something (RFC 9110).
FORBIDDEN = (401, 403)
REDIRECTS = (301, 302, 303, 307, 308)


def _example(status: int | None, location: str | None = None) -> HttpEndpoint:
    return HttpEndpoint(secure=False, status=status, location=location)


@rule(
    "web-server-without-redirect",
    severity=Severity.MEDIUM,
    applies=lambda server: not server.secure and server.status is not None,
    passes={
        "sends on to HTTPS": _example(301, "https://shop.example.org/"),
        "has nothing": _example(404),
    },
    fails={
        "a page": _example(200),
        "sends on to plain HTTP": _example(302, "http://shop.example.org/start"),
        "sends on to another page of its own": _example(302, "/start"),
        "asks for a password": _example(401),
    },
    fix={
        Cloud.PROBE: "nginx: return 301 https://$host$request_uri; Apache: Redirect permanent / https://<host>/; of a "
        "load balancer, surefoot rules show load-balancer-plain-http has the command for each cloud"
    },
    references=("https://www.rfc-editor.org/rfc/rfc9110#section-15.4",),
)
def web_server_without_redirect(server: HttpEndpoint) -> Problems:
    """Web server answers without TLS, and does not send people on to HTTPS.

    What they read and type can be seen and changed by everybody on the way: the neighbour in the café, the provider,
    whoever owns a router between.

    Asked was `/` by GET. Errors and "not found" are no content and pass.
    """
    if server.status in REDIRECTS:
        location = server.location or ""
        if not location.lower().startswith("https://"):
            yield f"it sends on to {location or 'nowhere'} ({server.status}), and not to HTTPS"
    elif server.status is not None and (server.status < 300 or server.status in FORBIDDEN):  # noqa: PLR2004
        yield f"it answers {server.status} in plain text"
