"""Subnetworks that write nothing down."""

from scanner import (
    CIS_GCP_5,
    Cloud,
    FlowLog,
    Problem,
    Problems,
    Severity,
    Subnet,
    rule,
)


@rule(
    "subnet-without-flow-log",
    severity=Severity.MEDIUM,
    controls=[CIS_GCP_5["3.10"].partly()],
    passes={
        "half of all connections": Subnet(flow_log=FlowLog(share=0.5, seconds=5, filtered=False)),
    },
    fails={
        "none": Subnet(flow_log=None),
        "chosen ones": Subnet(flow_log=FlowLog(share=1.0, seconds=5, filtered=True)),
        "one in a hundred": Subnet(flow_log=FlowLog(share=0.01, seconds=5, filtered=False)),
        "a quarter of an hour in one": Subnet(flow_log=FlowLog(share=1.0, seconds=900, filtered=False)),
    },
    fix={
        Cloud.AWS: "aws ec2 create-flow-logs --resource-type Subnet --resource-ids {name} --traffic-type ALL "
        "--log-destination-type s3 --log-destination arn:aws:s3:::<bucket>",
        Cloud.GCP: "gcloud compute networks subnets update {name} --region <region> --enable-flow-logs "
        "--logging-aggregation-interval interval-5-sec --logging-flow-sampling 1 --logging-metadata include-all",
        Cloud.AZURE: "az network watcher flow-log create --location <location> --name <name> --vnet <network> "
        "--subnet {name} --resource-group <resource-group> --storage-account <storage-account>",
    },
    references=("https://cloud.google.com/vpc/docs/using-flow-logs",),
)
def subnet_without_flow_log(subnet: Subnet) -> Problems:
    """Subnetwork does not log its traffic.

    After a break-in it is the only record of which machine talked to which, where the data went, and since when;
    nobody can switch it off from inside a machine. On ordinary nights it says which connections a machine really has.

    CIS asks for every connection, added up over five seconds. Google's own default, half of them, passes here: it still
    shows who talked to whom. One that leaves connections out on purpose, takes less than a tenth of them, or adds up
    minutes, is of low severity.
    """
    log = subnet.flow_log
    if log is None:
        yield "flow logs are off"
        return
    if log.filtered:
        yield Problem("the flow log leaves connections out by a filter", Severity.LOW)
    if log.share < 0.1:  # noqa: PLR2004 - a tenth
        yield Problem(f"the flow log takes {log.share:.0%} of connections", Severity.LOW)
    if log.seconds > 60:  # noqa: PLR2004 - a minute
        yield Problem(f"the flow log adds up {log.seconds // 60} minutes in one entry", Severity.LOW)
