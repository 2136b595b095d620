"""Web servers that are there, and fail."""

from scanner import Cloud, HttpEndpoint, Problems, Severity, rule


@rule(
    "web-server-failing",
    severity=Severity.HIGH,
    applies=lambda server: server.status is not None,
    passes={"a page": HttpEndpoint(status=200), "not found": HttpEndpoint(status=404)},
    fails={"the machine behind is gone": HttpEndpoint(status=503)},
    fix={
        Cloud.PROBE: "The server's log says what failed; behind a load balancer, see whether its targets are healthy: "
        "surefoot scan <cloud> --select load-balancer-without-healthy-target"
    },
    references=("https://www.rfc-editor.org/rfc/rfc9110#section-15.6",),
)
def web_server_failing(server: HttpEndpoint) -> Problems:
    """Web server answers with an error of its own.

    Visitors see it now. The port is open and TLS is fine, so that whatever watches only those says that all is well.

    Asked was `/` by GET; judged is a status of 500 and above.
    """
    if server.status is not None and server.status >= 500:  # noqa: PLR2004
        yield f"it answers {server.status}"
