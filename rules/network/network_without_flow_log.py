"""Networks that write nothing down."""

from scanner import (
    CIS_AWS_7,
    NOTHING_TO_FIX,
    Cloud,
    Network,
    Problem,
    Problems,
    Severity,
    rule,
    unknown_value,
)


@rule(
    "network-without-flow-log",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["4.7"]],
    passes={
        "all packets": Network(flow_log="all"),
        "what was refused": Network(flow_log="rejected"),
    },
    fails={"nothing": Network(flow_log=None), "what was let through": Network(flow_log="accepted")},
    fix={
        Cloud.AWS: "aws ec2 create-flow-logs --resource-type VPC --resource-ids {name} --traffic-type ALL "
        "--log-destination-type s3 --log-destination arn:aws:s3:::<bucket>",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az network watcher flow-log create --location <location> --name <name> --vnet {name} "
        "--resource-group <resource-group> --storage-account <storage-account>",
    },
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",),
)
def network_without_flow_log(network: Network) -> Problems:
    """Network does not log its traffic.

    After a break-in it is the only record of which machine talked to which, where the data went, and since when;
    nobody can switch it off from inside a machine. On ordinary nights it says which firewall refuses the connection
    that should work.

    A log of the network as a whole counts; those of single subnets and machines leave out what comes later. One of
    accepted traffic alone, which hides who was turned away, is of low severity.
    """
    kept = network.flow_log
    if kept is None:
        yield "no flow log is active"
    elif kept == "accepted":
        yield Problem("the flow log keeps accepted traffic alone", Severity.LOW)
    elif kept not in {"all", "rejected"}:
        raise unknown_value(network, "flow_log", kept)
