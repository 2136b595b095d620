"""The demo's machines beside those behind load balancers, its functions and its clusters.

moto runs functions in containers, which a demo cannot ask for, so they are recorded answers: fixtures/aws.
"""

from typing import Any, Final

from scanner.demo.aws.account import HOME, NUMBER, Account, named
from scanner.demo.aws.network import Home

V1: Final = "instance-metadata-v1"
PUBLIC: Final = "instance-public"
ROLE: Final = "instance-without-role"


def furnish(account: Account, home: Home) -> None:
    """Create a bastion, and clusters; say what to expect of functions."""
    _bastion(account, home)
    _functions(account)
    _clusters(account, home)


def _bastion(account: Account, home: Home) -> None:
    made = account.client("ec2").run_instances(
        ImageId="ami-12c6146b",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[
            {
                "DeviceIndex": 0,
                "SubnetId": home.subnets[0],
                "AssociatePublicIpAddress": True,
                "Groups": [home.web],
            }
        ],
        MetadataOptions={"HttpTokens": "optional"},
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "Encrypted": True}}],
        TagSpecifications=[{"ResourceType": "instance", "Tags": named("bastion", team="shop")}],
    )
    account.instance(made["Instances"][0]["InstanceId"], bad=[V1, PUBLIC, ROLE])


def _functions(account: Account) -> None:
    rule = ["function-public"]
    for name, verdict in (
        # A bucket of this account may call it.
        ("thumbnails", "good"),
        ("webhook", "bad"),
        ("status-page", "bad"),
        # Its policy lets everyone in by an address that was taken away.
        ("old-webhook", "good"),
        # Aliases have policies of their own, and this one was opened for a test.
        ("thumbnails:live", "good"),
        ("status-page:beta", "bad"),
    ):
        account.expect(f"arn:aws:lambda:{HOME}:{NUMBER}:function:{name}", **{verdict: rule})


def _clusters(account: Account, home: Home) -> None:
    rule = ["cluster-endpoint-public"]
    _cluster(
        account, home, "shop", good=rule, endpointPublicAccess=True, publicAccessCidrs=["203.0.113.0/24"]
    )
    _cluster(account, home, "back-office", good=rule, endpointPublicAccess=False, publicAccessCidrs=[])
    _cluster(
        account, home, "playground", bad=rule, endpointPublicAccess=True, publicAccessCidrs=["0.0.0.0/0"]
    )


def _cluster(
    account: Account, home: Home, name: str, *, good: Any = (), bad: Any = (), **network: Any
) -> None:
    account.client("eks").create_cluster(
        name=name,
        roleArn=f"arn:aws:iam::{NUMBER}:role/eks",
        resourcesVpcConfig={"subnetIds": list(home.subnets), **network},
        tags={"team": "shop"},
    )
    account.expect(f"arn:aws:eks:{HOME}:{NUMBER}:cluster/{name}", good=good, bad=bad)
