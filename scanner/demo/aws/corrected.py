"""Where moto answers otherwise than AWS does, and a scan would show it. Runs in the server's process only."""

import hashlib
from base64 import b32encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.models import elastic_ip_addresses
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.elastic_block_store import Volume
from moto.ec2.utils import random_public_ip
from moto.efs.models import FileSystem
from moto.rds.models import DBCluster, DBClusterSnapshot, DBInstance, RDSBackend
from moto.redshift.models import Cluster
from moto.s3.responses import S3Response

from scanner.demo.aws import blocking

_AGE: Final = timedelta(days=30)
"""Nothing in the demo was made a minute ago, so that what has no backup is old enough to have one."""

#: Regions of other partitions, which no account outside of them is ever told of.
_OTHER_PARTITIONS: Final = ("cn-", "us-gov-", "us-iso", "eusc-", "eu-isoe-")


def correct() -> None:
    """Change moto's answers in this process."""
    regions = RegionsAndZonesBackend.regions
    RegionsAndZonesBackend.regions = [one for one in regions if not one.name.startswith(_OTHER_PARTITIONS)]
    S3Response.all_buckets = _all_buckets  # type: ignore[assignment, method-assign]
    S3Response.get_bucket_encryption = _bucket_encryption(  # type: ignore[assignment, method-assign]
        S3Response.get_bucket_encryption
    )
    # An address on the internet, not one of this machine.
    elastic_ip_addresses.random_ip = random_public_ip  # type: ignore[attr-defined]
    long_ago: dict[Any, str] = {
        Volume: "create_time",
        FileSystem: "creation_time",
        DBInstance: "instance_create_time",
        DBCluster: "cluster_create_time",
    }
    for kind, field in long_ago.items():
        kind.__init__ = _made_long_ago(kind.__init__, field)
    _correct_databases()
    # A cluster stands in the network of its subnet group, which moto leaves out.
    Cluster.vpc_id = property(_network_of)  # type: ignore[attr-defined]
    blocking.add()


def _correct_databases() -> None:
    """Let backups that are off reach nowhere, and give each database an id of its own, which its snapshots repeat."""
    databases: tuple[Any, ...] = (DBInstance, DBCluster)
    for kind in databases:
        # Its name has the minute in it, so that no two runs would be the same.
        kind.save_automated_backup = _ignored
        until = kind.latest_restorable_time.fget
        kind.latest_restorable_time = property(_unless_off(until))
    DBInstance.certificate_details = property(_certificate)  # type: ignore[attr-defined]
    # One and the same for every instance, and missing from the snapshots of clusters.
    DBInstance.dbi_resource_id = property(_resource_id, _ignored)  # type: ignore[assignment]
    DBClusterSnapshot.db_cluster_resource_id = property(  # type: ignore[attr-defined]
        lambda snapshot: snapshot.cluster.db_cluster_resource_id
    )
    RDSBackend.describe_db_cluster_parameters = _parameters(  # type: ignore[method-assign]
        RDSBackend.describe_db_cluster_parameters
    )


def _network_of(cluster: Any) -> str | None:
    group = cluster.redshift_backend.subnet_groups.get(cluster.cluster_subnet_group_name)
    return group.vpc_id if group else None


def _certificate(instance: Any) -> dict[str, Any]:
    """Return the certificate of an instance, by its authority: the end of a certificate is what RDS says of it."""
    old = instance.ca_certificate_identifier == "rds-ca-2019"
    ends = datetime(2024, 8, 22, 17, 8, 50, tzinfo=UTC) if old else datetime(2061, 5, 25, tzinfo=UTC)
    name = instance.ca_certificate_identifier if old else "rds-ca-rsa2048-g1"
    return {"CAIdentifier": name, "ValidTill": ends}


def _made_long_ago(begin: Callable[..., None], field: str) -> Callable[..., None]:
    def made(self: Any, *args: Any, **named: Any) -> None:
        begin(self, *args, **named)
        now = getattr(self, field)
        setattr(self, field, now - (_AGE if isinstance(now, datetime) else _AGE.total_seconds()))

    return made


def _unless_off(method: Any) -> Callable[[Any], Any]:
    return lambda database: method(database) if int(database.backup_retention_period) else None


def _resource_id(instance: Any) -> str:
    return "db-" + b32encode(hashlib.sha256(instance.arn.encode()).digest())[:26].decode()


def _ignored(*_: Any) -> None:
    """Do nothing."""


def _parameters(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Let a group that comes with the service say nothing, as one for instances does."""
    return lambda backend, name: [] if name.startswith("default.") else ask(backend, name)


def _all_buckets(response: Any) -> Any:
    """ListBuckets with each bucket's region, as S3 has it since 2024 for whoever asks with a parameter."""
    buckets = [
        {
            "Name": bucket.name,
            "CreationDate": bucket.creation_date_ISO8601,
            "BucketRegion": bucket.region_name,
        }
        for bucket in response.backend.list_buckets(None, None, None)
    ]
    response.data["Action"] = "ListBuckets"
    owner = {"ID": "bcaf1ffd86f41161ca5fb16fd081034f", "DisplayName": "webfile"}  # as moto answers
    return response.serialized(ActionResult({"Owner": owner, "Buckets": buckets}))


def _bucket_encryption(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """GetBucketEncryption with the types of encryption that the bucket refuses, as S3 has it since 2026."""

    def answered(response: Any) -> Any:
        plain = answer(response)
        rule = response.backend.get_bucket_encryption(response.bucket_name)["Rule"]
        refused = rule.get("BlockedEncryptionTypes")
        if not refused:
            return plain
        said = {
            "ApplyServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"],
            "BucketKeyEnabled": rule.get("BucketKeyEnabled") == "true",
            "BlockedEncryptionTypes": {"EncryptionType": [refused["EncryptionType"]]},
        }
        return response.serialized(ActionResult({"ServerSideEncryptionConfiguration": {"Rules": [said]}}))

    return answered
