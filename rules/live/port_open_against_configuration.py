"""Ports that are open although all that was read says that they are closed."""

from scanner import Cloud, PortState, Problems, Severity, rule, unknown_value


def is_open(port: PortState) -> bool:
    """Tell whether a connection came about."""
    if port.state not in {"open", "closed", "filtered"}:
        raise unknown_value(port, "state", port.state)
    return port.state == "open"


@rule(
    "port-open-against-configuration",
    severity=Severity.HIGH,
    applies=lambda port: port.endpoint is not None,
    passes={
        "open, as configured": PortState(endpoint="eni-1", state="open", configured="open"),
        "closed": PortState(endpoint="eni-1", state="filtered", configured="closed"),
    },
    fails={"open, though configured closed": PortState(endpoint="eni-1", state="open", configured="closed")},
    fix={
        Cloud.PROBE: "surefoot reach <endpoint> --port <port> --from <address of this vantage point> shows every layer "
        "that was read; look for what it does not show: another address of the machine, a proxy, a load balancer or an "
        "accelerator before it, a change since the scan began"
    },
)
def port_open_against_configuration(port: PortState) -> Problems:
    """Port is open although it is configured closed.

    By every layer that was read nobody from here can get in, and a connection came about all the same. Either there
    is a way around the firewalls (a proxy, an accelerator, a second address, a change a minute ago), or what is known
    of the account is wrong, and other ports may be open in the same way.

    Judged are the public addresses of the inventory that was read in the same run. Something between here and there
    that answers in the machine's place, such as a transparent proxy of an office, looks the same: try from another
    network before anybody is woken up.
    """
    if is_open(port) and port.configured == "closed":
        yield "a connection came about, and by all layers that were read none can"
