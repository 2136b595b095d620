"""Ports that are configured open, and behind which nothing is."""

from scanner import Cloud, PortState, Problem, Problems, Severity, rule, unknown_value

WORDS = {"all": "the whole internet", "many": "a large part of the internet", "some": "some of the internet"}


@rule(
    "port-open-without-listener",
    severity=Severity.LOW,
    applies=lambda port: port.endpoint is not None,
    passes={
        "open, and something answers": PortState(endpoint="eni-1", state="open", open_to="all", via=()),
        "closed, as configured": PortState(endpoint="eni-1", state="closed", open_to="nobody", via=()),
    },
    fails={
        "nothing listens": PortState(
            endpoint="eni-1", state="closed", open_to="all", via=("sg-1 rule sgr-9",)
        ),
        "nobody answers": PortState(
            endpoint="eni-1", state="filtered", open_to="all", via=("sg-1 rule sgr-9",)
        ),
    },
    fix={
        Cloud.PROBE: "Close the port in the rule that the message names, or start what is meant to listen there; "
        "surefoot exposure <cloud> lists the rules"
    },
)
def port_open_without_listener(port: PortState) -> Problems:
    """Port is configured open, and nothing answers there.

    Nobody needs the opening today, and tomorrow whatever is started on that port is on the internet from its first
    second. Or something is meant to answer, and does not.

    A refused connection says that the packet got through. Silence is of the severity info: the machine's own firewall,
    or one around this vantage point, may have taken it; and of what is open to some addresses only nothing is said
    then, for this may be none of them.
    """
    if port.state not in {"open", "closed", "filtered"}:
        raise unknown_value(port, "state", port.state)
    if port.state == "open" or port.open_to == "nobody":
        return
    if port.open_to not in WORDS:
        raise unknown_value(port, "open_to", port.open_to)
    let_in = f"it is open to {WORDS[port.open_to]} by {', '.join(port.via)}"
    if port.state == "closed":
        yield f"{let_in}, and nothing listens"
    elif port.open_to == "all":
        yield Problem(f"{let_in}, and nobody answers", Severity.INFO)
