"""The demo account while it is being furnished: clients to create with, and the verdicts that a scan has to reach."""

import urllib.request
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

#: Where the shop runs, and where something older was left behind.
HOME: Final = "eu-west-1"
SECOND: Final = "us-east-1"

#: The account that moto answers for.
NUMBER: Final = "123456789012"

#: Rules that judge every security group, every region, and every machine.
OPEN: Final = (
    "ssh-open-to-internet",
    "all-ports-open-to-internet",
    "rdp-open-to-internet",
    "database-port-open-to-internet",
    "admin-port-open-to-internet",
)
REGION: Final = (
    "volume-default-encryption-off",
    "region-without-config-recorder",
    "region-without-security-hub",
    "region-without-access-analyzer",
)
MACHINE: Final = ("instance-metadata-v1", "instance-public", "instance-without-role")

#: moto draws its ids from a random generator that starts here, so that every run has the same.
_SEED: Final = 42


class Account:
    """An empty account behind a server on loopback. Raises ValueError for any other address.

    `expected` maps (rule, id of a resource) to `pass` or `fail`. It is written by hand beside each resource, and a
    pair that is not in it must have no verdict.
    """

    def __init__(self, url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1":
            raise ValueError(f"{url}: the demo creates resources on this machine only")
        self.url = url
        self.expected: dict[tuple[str, str], str] = {}
        self._session = boto3.session.Session("demo", "demo", region_name=HOME)
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str = HOME) -> Any:
        """Return the SDK's client of a service."""
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self._session.client(
                service,
                region,
                endpoint_url=self.url,
                config=Config(proxies={}, retries={"total_max_attempts": 1}),
            )
        return self._clients[key]

    def begin(self) -> None:
        """Make ids come out the same each time, and say what to expect of what every account has from the start."""
        request = urllib.request.Request(f"{self.url}/moto-api/seed?a={_SEED}", method="POST")  # noqa: S310 - http
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        direct.open(request, timeout=30).close()
        for region in self.regions():
            self.default_groups(region)
            self.settings(region)

    def regions(self) -> list[str]:
        """Return the regions that are enabled for the account."""
        listed = self.client("ec2").describe_regions()["Regions"]
        return [one["RegionName"] for one in listed if one["OptInStatus"] != "not-opted-in"]

    def default_groups(self, region: str) -> None:
        """Say what to expect of the groups that came with a network: each lets in nobody but its own members."""
        by_default = [{"Name": "group-name", "Values": ["default"]}]
        for group in self.client("ec2", region).describe_security_groups(Filters=by_default)[
            "SecurityGroups"
        ]:
            # Its members reach each other, and everybody outside.
            self.group(group["GroupId"], region, bad=["default-firewall-allows-traffic"])
            self.network(group["VpcId"], region, bad=["network-without-flow-log"])

    def settings(self, region: str) -> None:
        """Switch on in one region what somebody meant to switch on in all of them."""
        if region == HOME:
            self.client("ec2").enable_ebs_encryption_by_default()
            self.client("securityhub").enable_security_hub()
        verdict = {"good" if region == HOME else "bad": REGION}
        self.expect(f"aws:{NUMBER}:{region}", **verdict)
        # Plans of backups are in one region alone, whose settings leave something out (fixtures/aws).
        plans = {"bad" if region == HOME else "good": ["backup-type-left-out"]}
        self.expect(f"aws:{NUMBER}:{region}", **plans)

    def expect(self, id: str, *, good: Iterable[str] = (), bad: Iterable[str] = ()) -> None:
        """Note the verdicts that a resource has to get: PASS from the rules in `good`, FAIL from those in `bad`."""
        self.expected.update({(rule, id): "pass" for rule in good})
        self.expected.update({(rule, id): "fail" for rule in bad})

    def group(self, id: str, region: str = HOME, *, bad: Iterable[str] = ()) -> None:
        """`expect`, for a security group: it passes every rule on what is open but those in `bad`."""
        good = [rule for rule in OPEN if rule not in bad]
        self.expect(f"arn:aws:ec2:{region}:{NUMBER}:security-group/{id}", good=good, bad=bad)

    def network(self, id: str, region: str = HOME, **verdicts: Iterable[str]) -> None:
        """`expect`, for a network."""
        self.expect(f"arn:aws:ec2:{region}:{NUMBER}:vpc/{id}", **verdicts)

    def instance(self, id: str, region: str = HOME, *, bad: Iterable[str] = ()) -> None:
        """`expect`, for a machine: it passes every rule on machines but those in `bad`."""
        good = [rule for rule in MACHINE if rule not in bad]
        self.expect(f"arn:aws:ec2:{region}:{NUMBER}:instance/{id}", good=good, bad=bad)


def named(name: str, **more: str) -> list[dict[str, str]]:
    """Return tags as most services take them, the name first."""
    return [{"Key": key, "Value": value} for key, value in {"Name": name, **more}.items()]
