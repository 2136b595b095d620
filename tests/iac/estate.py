"""The estate of fixtures/terraform: what stands in its state, and what runs in the three clouds, told once.

`python tests/iac/estate.py` writes `terraform.tfstate`, the answers of Google Cloud and Azure, and `inventory.jsonl`,
what a scan reads of it all, anew.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import elsewhere
from answers import arm, as_files, google, serving
from elsewhere import AZURE, GOOGLE

from scanner.config import Config
from scanner.demo.aws import asking, environment
from scanner.demo.aws.account import HOME, NUMBER, Account
from scanner.demo.aws.process import serving as moto
from scanner.inventory import Inventory, load, save
from scanner.models.resource import Cloud, Scope
from scanner.packs import load as load_packs
from scanner.run import Choice, Scan
from scanner.tuning import tune

FOLDER = Path(__file__).parents[2] / "fixtures" / "terraform"
STATE = FOLDER / "terraform.tfstate"
LABELS = FOLDER / "labels.json"
INVENTORY = FOLDER / "inventory.jsonl"
SECRET = "correct-horse-battery"
"""Stands in the state as a password does; nothing that we write may hold it."""

RULES = (
    "all-ports-open-to-internet", "bucket-allows-plain-http", "bucket-public", "bucket-without-versioning",
    "database-unencrypted", "database-without-backup", "load-balancer-plain-http",
    "load-balancer-without-healthy-target", "ssh-open-to-internet", "ssh-reachable-from-internet", "volume-unencrypted",
)  # fmt: skip
"""What the estate is judged by, however many rules there are by now."""

SCOPES = (Scope(Cloud.AWS, NUMBER, HOME), GOOGLE, AZURE)


@dataclass(frozen=True)
class Thing:
    """One resource of the state. `live` is our id of what runs, and `label` what the comments in the code call it."""

    address: str
    attributes: Mapping[str, Any]
    live: str = ""
    label: str = ""


@dataclass
class Estate:
    """All of it: what the state has, and path → text of what Google Cloud and Azure answer."""

    things: list[Thing] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    def add(self, address: str, label: str = "", live: str = "", **attributes: Any) -> None:
        """Put a resource into the state."""
        self.things.append(Thing(address, attributes, live or attributes.get("arn", ""), label))

    @property
    def labels(self) -> dict[str, str]:
        """Our id → label."""
        return {thing.live: thing.label for thing in self.things if thing.label}

    def state(self) -> dict[str, Any]:
        """Return the state, version 4, as Terraform writes it."""
        blocks: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for thing in self.things:
            module, type_, name, key = _split(thing.address)
            instance = {"schema_version": 0, "attributes": dict(thing.attributes), "sensitive_attributes": []}
            blocks.setdefault((module, type_, name), []).append(
                {**({} if key is None else {"index_key": key}), **instance}
            )
        resources = [
            {
                **({"module": module} if module else {}),
                "mode": "managed",
                "type": type_,
                "name": name,
                "provider": f'provider["registry.terraform.io/hashicorp/{_PROVIDERS[type_.split("_")[0]]}"]',
                "instances": instances,
            }
            for (module, type_, name), instances in blocks.items()
        ]
        data_source = {
            "mode": "data",
            "type": "aws_caller_identity",
            "name": "me",
            "provider": "",
            "instances": [],
        }
        return {
            "version": 4,
            "terraform_version": "1.13.4",
            "serial": 12,
            "lineage": "9f2c8d1e-6b3a-4f57-8e0d-2a1b3c4d5e6f",
            "outputs": {"password": {"value": SECRET, "type": "string", "sensitive": True}},
            "resources": [data_source, *resources],
            "check_results": None,
        }


_PROVIDERS = {"aws": "aws", "google": "google", "azurerm": "azurerm"}


def _split(address: str) -> tuple[str, str, str, str | int | None]:
    """Take an address apart without our own parser."""
    module, _, rest = address.rpartition("|")
    rest, bracket, key = rest.partition("[")
    type_, _, name = rest.partition(".")
    return module, type_, name, json.loads(key.removesuffix("]")) if bracket else None


def furnish(account: Account) -> Estate:
    """Create what runs in AWS, and say what runs elsewhere. Addresses have `|` behind the modules."""
    estate = Estate()
    account.begin()
    for color in ("blue", "green"):
        _net(account, estate, color)
    _buckets(account, estate)
    _alone(account, estate)
    _balancer(account, estate)
    _bastion(account, estate)
    in_google = google(GOOGLE.account, GOOGLE.region, elsewhere.google(estate.add))
    in_azure = arm(AZURE.account, AZURE.region, elsewhere.azure(estate.add))
    estate.answers = as_files(Cloud.GCP, GOOGLE.account, in_google) | as_files(
        Cloud.AZURE, AZURE.account, in_azure
    )
    return estate


def _net(account: Account, estate: Estate, color: str) -> None:
    ec2, module = account.client("ec2"), f'module.net["{color}"]'
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    estate.add(f"{module}|aws_vpc.this", id=vpc, arn=_arn("ec2", f"vpc/{vpc}"))
    group = _group(account, estate, f"{module}|aws_security_group.web", f"web-{color}", vpc, 443, 22)
    for name, port in (("https", 443), ("ssh", 22)):
        id_ = f"sgr-{port:017x}"
        address = f"{module}|aws_vpc_security_group_ingress_rule.{name}"
        estate.add(address, id=id_, arn=_arn("ec2", f"security-group-rule/{id_}"), security_group_id=group)
    _bucket(account, estate, f"{module}.module.logs|aws_s3_bucket.this", f"estate-logs-{color}")
    _versioning(
        account,
        estate,
        f"{module}.module.logs|aws_s3_bucket_versioning.this",
        f"estate-logs-{color}",
        "Suspended",
    )


def _buckets(account: Account, estate: Estate) -> None:
    s3, downloads = account.client("s3"), "module.downloads"
    _bucket(account, estate, f"{downloads}|aws_s3_bucket.this[0]", "estate-downloads")
    _versioning(
        account, estate, f"{downloads}|aws_s3_bucket_versioning.this[0]", "estate-downloads", "Suspended"
    )
    for name in ("estate-www", "estate-www.eu"):
        # The state still has the module's former name: nothing was applied since it was changed.
        at = "module.website|{}.www" + f'["{name}"]'
        _bucket(account, estate, at.format("aws_s3_bucket"), name)
        open_ = {
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": False,
        }
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=open_)
        estate.add(at.format("aws_s3_bucket_public_access_block"), id=name, bucket=name)
        statement = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{name}/*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        s3.put_bucket_policy(Bucket=name, Policy=policy)
        estate.add(at.format("aws_s3_bucket_policy"), id=name, bucket=name, policy=policy)
        _versioning(account, estate, at.format("aws_s3_bucket_versioning"), name, "Enabled")


def _alone(account: Account, estate: Estate) -> None:
    ec2 = account.client("ec2")
    for address, label, encrypted in (
        ("aws_ebs_volume.data[0]", "data-0", True),
        ("aws_ebs_volume.data[1]", "data-1", False),
        ("aws_ebs_volume.scratch", "scratch", False),
    ):
        id_ = ec2.create_volume(AvailabilityZone=f"{HOME}a", Size=8, Encrypted=encrypted)["VolumeId"]
        estate.add(f"|{address}", label, id=id_, arn=_arn("ec2", f"volume/{id_}"))
    vpc = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    _group(account, estate, "|aws_security_group.admin", "admin", vpc, 443, 22)
    database = account.client("rds").create_db_instance(
        DBInstanceIdentifier="orders",
        Engine="postgres",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="orders",
        MasterUserPassword=SECRET,
        StorageEncrypted=False,
        BackupRetentionPeriod=1,
        PubliclyAccessible=False,
    )["DBInstance"]
    estate.add(
        "|aws_db_instance.orders", "orders", id="db-ORDERS", arn=database["DBInstanceArn"], password=SECRET
    )


def _balancer(account: Account, estate: Estate) -> None:
    ec2, elb = account.client("ec2"), account.client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.4.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.4.{number}.0/24", AvailabilityZone=f"{HOME}{'ab'[number]}"
        )["Subnet"]["SubnetId"]
        for number in range(2)
    ]
    balancer = elb.create_load_balancer(Name="shop", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    group = elb.create_target_group(Name="shop", Protocol="HTTP", Port=8080, VpcId=vpc)["TargetGroups"][0][
        "TargetGroupArn"
    ]
    to = [{"Type": "forward", "TargetGroupArn": group}]
    listener = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=to)
    arn = listener["Listeners"][0]["ListenerArn"]
    estate.add("|aws_lb.shop", id=balancer, arn=balancer)
    estate.add("|aws_lb_target_group.shop", id=group, arn=group)
    estate.add("|aws_lb_listener.web", "web", id=arn, arn=arn, load_balancer_arn=balancer)


def _bastion(account: Account, estate: Estate) -> None:
    """A machine that the internet reaches over SSH: its route is code, its access list came with the network."""
    ec2 = account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.5.0.0/16")["Vpc"]["VpcId"]
    zone = f"{HOME}a"
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.5.1.0/24", AvailabilityZone=zone)["Subnet"][
        "SubnetId"
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    association = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
    for name, word, id_ in (
        ("vpc", "vpc", vpc), ("subnet", "subnet", subnet), ("internet_gateway", "internet-gateway", gateway),
        ("route_table", "route-table", table),
    ):  # fmt: skip
        estate.add(f"|aws_{name}.edge", id=id_, arn=_arn("ec2", f"{word}/{id_}"))
    estate.add("|aws_route_table_association.edge", id=association, route_table_id=table, subnet_id=subnet)
    group = _group(account, estate, "|aws_security_group.bastion", "bastion-group", vpc, 22)
    estate.add("|aws_security_group_rule.bastion_ssh", id="sgrule-3141592653", security_group_id=group)
    address = {"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": True, "Groups": [group]}
    machine = ec2.run_instances(
        ImageId="ami-12c6146b", InstanceType="t3.micro", MinCount=1, MaxCount=1, NetworkInterfaces=[address]
    )["Instances"][0]
    interface = machine["NetworkInterfaces"][0]["NetworkInterfaceId"]
    id_ = machine["InstanceId"]
    estate.add(
        "|aws_instance.bastion",
        "bastion",
        _arn("ec2", f"network-interface/{interface}"),
        id=id_,
        arn=_arn("ec2", f"instance/{id_}"),
        primary_network_interface_id=interface,
        root_block_device=[{"volume_id": one["Ebs"]["VolumeId"]} for one in machine["BlockDeviceMappings"]],
    )


def _bucket(account: Account, estate: Estate, address: str, name: str) -> None:
    account.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})
    account.client("s3").delete_public_access_block(Bucket=name)
    estate.add(address, name, id=name, bucket=name, arn=f"arn:aws:s3:::{name}")


def _versioning(account: Account, estate: Estate, address: str, name: str, status: str) -> None:
    account.client("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})
    estate.add(address, id=name, bucket=name)


def _group(account: Account, estate: Estate, address: str, name: str, vpc: str, *ports: int) -> str:
    ec2 = account.client("ec2")
    id_: str = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc, TagSpecifications=[])[
        "GroupId"
    ]
    everyone = [{"CidrIp": "0.0.0.0/0"}]
    permissions = [{"IpProtocol": "tcp", "FromPort": p, "ToPort": p, "IpRanges": everyone} for p in ports]
    ec2.authorize_security_group_ingress(GroupId=id_, IpPermissions=permissions)
    estate.add(address, name, id=id_, arn=_arn("ec2", f"security-group/{id_}"))
    return id_


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{HOME}:{NUMBER}:{rest}"


def expected() -> Iterable[tuple[str, str, str, int]]:
    """Yield each comment in the code: rule, label, path in the folder, line."""
    for path in sorted(FOLDER.rglob("*.tf*")):
        if path.name.endswith((".tf", ".tf.json")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                for said in (
                    line.partition("expect: ")[2].partition(" #")[0].strip('", {').split(", ")
                    if "expect: " in line
                    else ()
                ):
                    rule, label = said.split()
                    yield rule, label, path.relative_to(FOLDER).as_posix(), number


def written(estate: Estate) -> str:
    """Return the state as the file has it."""
    return json.dumps(estate.state(), indent=2) + "\n"


def collected(url: str, folder: Path = FOLDER) -> tuple[Estate, Inventory]:
    """Furnish the account behind `url`, and read it, and the other clouds' answers in a folder, as a scan does."""
    estate = furnish(Account(url))
    for path, text in estate.answers.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return estate, scanned(url, folder)


def scanned(url: str, folder: Path = FOLDER) -> Inventory:
    """Read all three clouds through their adapters: AWS behind `url`, the others from the answers in a folder."""
    choice = Choice(
        clouds=tuple(scope.cloud for scope in SCOPES),
        accounts={scope.cloud: (scope.account,) for scope in SCOPES if scope.cloud is not Cloud.AWS},
        regions={scope.cloud: (scope.region,) for scope in SCOPES},
    )
    with ExitStack() as stack:
        for scope in SCOPES[1:]:
            stack.enter_context(serving(folder, scope.cloud, scope.account))
        stack.enter_context(environment(asking(url)))
        file = Path(stack.enter_context(TemporaryDirectory())) / "inventory.jsonl"
        Scan(Config(), choice, tune(load_packs([]), Config(select=RULES))).live(file, judge=False)
        return load(file)


if __name__ == "__main__":
    shutil.rmtree(FOLDER / "answers", ignore_errors=True)
    with moto() as address:
        made, read = collected(address)
    STATE.write_text(written(made), encoding="utf-8")
    LABELS.write_text(json.dumps(made.labels, indent=2) + "\n", encoding="utf-8")
    save(read, INVENTORY)
