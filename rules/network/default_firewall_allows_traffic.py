"""Default firewalls that let something through."""

from scanner import CIS_AWS_7, NOTHING_TO_FIX, Cloud, Firewall, NetworkRule, Problems, Severity, each, rule

MEMBERS = NetworkRule(ref="all from sg-1")


@rule(
    "default-firewall-allows-traffic",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["6.5"]],
    applies=lambda firewall: firewall.default,
    passes={"it has no rules": Firewall(default=True, rules=(), lets_out=False)},
    fails={
        "as it was made": Firewall(default=True, rules=(MEMBERS,), lets_out=True),
        "only what goes out": Firewall(default=True, rules=(), lets_out=True),
    },
    fix={
        Cloud.AWS: "aws ec2 revoke-security-group-ingress --group-id <group-id> --security-group-rule-ids "
        "<rule-ids>, and "
        "aws ec2 revoke-security-group-egress --group-id <group-id> --security-group-rule-ids <rule-ids>; first give "
        "what uses the group one of its own",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",),
)
def default_firewall_allows_traffic(firewall: Firewall) -> Problems:
    """Default firewall lets traffic through.

    Whatever is started without naming a firewall gets the default one of its network. As it is made, it lets all its
    members talk to each other on every port and to everybody outside: two things that have nothing to do with
    each other, and that nobody thought about, are then one click from one another. Emptied, a forgotten firewall is
    noticed at once, because nothing works.

    It cannot be deleted; what counts is that it has no rules, in either direction.
    """

    def comes_in() -> Problems:
        if firewall.rules:
            refs = ", ".join(one.ref for one in firewall.rules[:3])
            more = len(firewall.rules) - 3
            yield f"traffic comes in by {refs}" + (f" and {more} more" if more > 0 else "")

    def goes_out() -> Problems:
        if firewall.lets_out:
            yield "traffic goes out"

    yield from each((comes_in, goes_out), lambda check: check())
