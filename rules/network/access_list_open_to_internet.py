"""Network ACLs and the ports by which machines are administered."""

from typing import Final

from scanner import (
    CIS_AWS_7,
    AccessList,
    Cloud,
    Firewall,
    NetworkRule,
    Problem,
    Problems,
    Severity,
    each,
    open_to_internet,
    rule,
)

from ._examples import incoming

#: SSH, Telnet, Remote Desktop, file shares of Windows.
_PORTS: Final = {22: "SSH", 23: "Telnet", 445: "CIFS", 3389: "Remote Desktop"}


def _numbered(priority: int, action: str, port: int | None, *sources: str) -> NetworkRule:
    made = incoming("all" if port is None else "tcp", port, *sources)
    return made.model_copy(update={"priority": priority, "action": action, "ref": f"rule {priority}"})


SUBNETS = ("subnet-1",)


@rule(
    "access-list-open-to-internet",
    severity=Severity.INFO,
    controls=[CIS_AWS_7["6.2"]],
    passes={
        "the web alone": AccessList(subnets=SUBNETS, rules=(_numbered(100, "allow", 443, "0.0.0.0/0"),)),
        "denied before everything is allowed": AccessList(
            subnets=SUBNETS,
            rules=(
                *(_numbered(10 + port, "deny", port, "0.0.0.0/0") for port in _PORTS),
                _numbered(30000, "allow", None, "0.0.0.0/0"),
            ),
        ),
    },
    fails={
        "everything is allowed": AccessList(
            subnets=SUBNETS, rules=(_numbered(100, "allow", None, "0.0.0.0/0"),)
        ),
        "SSH from two halves of the internet": AccessList(
            subnets=SUBNETS,
            rules=(
                _numbered(100, "allow", 22, "0.0.0.0/1"),
                _numbered(110, "allow", 22, "128.0.0.0/1"),
            ),
        ),
    },
    fix={
        Cloud.AWS: "aws ec2 create-network-acl-entry --network-acl-id <acl> --ingress --rule-number 50 --protocol 6 "
        "--port-range From=22,To=22 --cidr-block 0.0.0.0/0 --rule-action deny\n"
        "# and the same for 23, 445 and 3389, and for ::/0 with --ipv6-cidr-block",
    },
    applies=lambda access_list: bool(access_list.subnets),
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",),
)
def access_list_open_to_internet(access_list: AccessList) -> Problems:
    """Network ACL lets the internet in on ports that machines are administered by.

    A network ACL stands before every security group of its subnets: where it lets SSH or Remote Desktop through, one
    group that somebody opens for an afternoon is all that it takes.

    The list that comes with each network allows everything, and security groups are what most accounts rely on, so
    this is for your information. What the internet can really reach is said by the rules on endpoints, over all layers.
    """
    coming = Firewall(rules=access_list.rules)

    def check(port: int) -> Problems:
        for text in open_to_internet(coming, (), "tcp", (port, port)):
            yield Problem(f"{text} ({_PORTS[port]})")

    yield from each(_PORTS, check)
