"""Ports that somebody named, and how they were found."""

from scanner import Cloud, PortState, Problems, Severity, rule, unknown_value

SAID = {"closed": "it refuses connections", "filtered": "nobody answers"}


@rule(
    "port-not-as-expected",
    severity=Severity.HIGH,
    passes={
        "it answers": PortState(expected="open", state="open"),
        "closed as expected": PortState(expected="closed", state="closed"),
        "filtered as expected": PortState(expected="closed", state="filtered"),
    },
    fails={
        "it refuses": PortState(expected="open", state="closed"),
        "silence": PortState(expected="open", state="filtered"),
        "it answers, and is to be closed": PortState(expected="closed", state="open"),
    },
    fix={
        Cloud.PROBE: "surefoot probe {name} from another network says whether it is the network; "
        "surefoot reach <endpoint> --port <port> --from <address> says which rule decides",
    },
    references=("https://www.rfc-editor.org/rfc/rfc9293#section-3.10.7",),
)
def port_not_as_expected(port: PortState) -> Problems:
    """Port is not as it was expected to be from here.

    Somebody named this port as one that visitors reach, or as one that nobody reaches from where this ran. It is
    otherwise: a service is down, an address moved, or a door that was meant to be shut is open.

    True for this vantage point only: a firewall between here and there, or an address that is let in by exception,
    changes the answer.
    """
    if port.state not in {"open", *SAID}:
        raise unknown_value(port, "state", port.state)
    if port.expected == "open" and port.state != "open":
        yield f"it was expected to be open, and {SAID[port.state]}"
    if port.expected == "closed" and port.state == "open":
        yield "it was expected to be closed, and takes connections"
