"""Sockets of hosts that the internet can reach."""

from typing import Annotated

from scanner import Cloud, HostListener, Option, Problems, Severity, rule, unknown_value

WORDS = {"all": "the whole internet", "many": "a large part of the internet"}
OTHERS = ("some", "nobody")


def _example(open_to: str, port: int = 9000, *, everywhere: bool = True) -> HostListener:
    via = ("sg-1 rule sgr-9",) if open_to in WORDS else ()
    return HostListener(everywhere=everywhere, protocol="tcp", port=port, open_to=open_to, via=via)


@rule(
    "host-listener-open-to-internet",
    severity=Severity.HIGH,
    applies=lambda listener: listener.everywhere,
    passes={
        "on all addresses, and no firewall lets anybody in": _example("nobody"),
        "the office may come": _example("some"),
        "a web server": _example("all", 443),
    },
    fails={"on all addresses, and the security group is open": _example("all")},
    fix={
        Cloud.HOST: "Bind it to 127.0.0.1 or to an internal address in its own configuration, or narrow the rule that "
        "the message names: surefoot rules show all-ports-reachable-from-internet has the commands"
    },
)
def host_listener_open_to_internet(
    listener: HostListener,
    *,
    public: Annotated[tuple[int, ...], Option("ports that are meant for everybody")] = (80, 443),
) -> Problems:
    """Program listens on all addresses, and the firewalls before it are open.

    Two carelessnesses make one hole: a program that nobody told where to listen, and a rule that was meant for another
    one. Seen from the account alone it is a rule too wide, seen from the machine alone a default; together it is on the
    internet now.

    Judged where the account that has the host was read in the same run.
    """
    if listener.open_to not in {*WORDS, *OTHERS}:
        raise unknown_value(listener, "open_to", listener.open_to)
    if listener.port not in public and listener.open_to in WORDS:
        way = f"by {', '.join(listener.via)}"
        who = f"{WORDS[listener.open_to]} is let in {way}"
        yield f"{listener.protocol} {listener.port} listens on all addresses, and {who}"
