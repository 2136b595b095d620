"""File systems, tables, caches, warehouses and search domains: from answers to facts, and from moto to the same."""

import json
from datetime import UTC, datetime
from typing import Any, ClassVar

import boto3
import pytest
from collecting import collected
from mapped import mapped
from scripted import ACCOUNT, HOME, Answer, Collected, Scripted, absent, collect
from shipped import RULES

from scanner.engine import Outcome, Verdict, run_case
from scanner.models.resource import Code, Resource
from scanner.models.storage import PublicGrant
from scanner.models.stores import Cache
from scanner.providers.aws import cache, file_system, search, table, warehouse
from scanner.rule import Case

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
TAGS = [{"Key": "team", "Value": "shop"}]
FSX = f"arn:aws:fsx:{HOME}:{ACCOUNT}:file-system"


def verdict(rule_id: str, resource: Resource) -> Verdict:
    found = run_case(RULES[rule_id], Case(resource))
    assert found is not None
    return found


class TestFileSystems:
    EFS: ClassVar[dict[str, Any]] = {
        "OwnerId": ACCOUNT,
        "CreationToken": "uploads",
        "FileSystemId": "fs-1",
        "FileSystemArn": f"arn:aws:elasticfilesystem:{HOME}:{ACCOUNT}:file-system/fs-1",
        "CreationTime": WHEN,
        "LifeCycleState": "available",
        "NumberOfMountTargets": 1,
        "SizeInBytes": {"Value": 6144},
        "PerformanceMode": "generalPurpose",
        "Encrypted": True,
        "Tags": TAGS,
    }

    def collect(self, policy: Answer, *fsx: dict[str, Any]) -> Collected:
        answers = {
            "efs:DescribeFileSystems": {"FileSystems": [self.EFS]},
            "efs:DescribeBackupPolicy": policy,
            "fsx:DescribeFileSystems": {"FileSystems": list(fsx)},
        }
        return collect(Scripted(answers), file_system.SOURCES)

    @staticmethod
    def fsx(kind: str, **configuration: Any) -> dict[str, Any]:
        return {
            "FileSystemId": "fs-2",
            "ResourceARN": f"{FSX}/fs-2",
            "CreationTime": WHEN,
            "FileSystemType": kind,
            "Tags": TAGS,
            **configuration,
        }

    @pytest.mark.parametrize(
        ("policy", "on"),
        [
            ({"BackupPolicy": {"Status": "ENABLED"}}, True),
            ({"BackupPolicy": {"Status": "ENABLING"}}, True),
            ({"BackupPolicy": {"Status": "DISABLED"}}, False),
            (absent("PolicyNotFound"), False),
        ],
    )
    def test_efs(self, policy: Answer, *, on: bool) -> None:
        one = self.collect(policy).one("fs-1")
        assert {why.code for why in one.unread.values()} == {Code.LACKING}
        assert one.id == self.EFS["FileSystemArn"]
        assert (one.encrypted, one.created_at, one.backed_up, one.tags) == (True, WHEN, on, {"team": "shop"})

    def test_a_state_of_the_policy_that_is_not_known_is_unread(self) -> None:
        one = self.collect({"BackupPolicy": {"Status": "PERHAPS"}}).one("fs-1")
        assert one.why("backed_up").code is Code.MALFORMED

    @pytest.mark.parametrize(
        ("raw", "on"),
        [
            (fsx("WINDOWS", WindowsConfiguration={"AutomaticBackupRetentionDays": 7}), True),
            (fsx("OPENZFS", OpenZFSConfiguration={"AutomaticBackupRetentionDays": 0}), False),
            (fsx("ONTAP", OntapConfiguration={"AutomaticBackupRetentionDays": 30}), True),
            (fsx("LUSTRE", LustreConfiguration={"DeploymentType": "PERSISTENT_2"}), False),
        ],
    )
    def test_fsx(self, raw: dict[str, Any], *, on: bool) -> None:
        one = self.collect(absent("PolicyNotFound"), raw).one("fs-2")
        assert (one.id, one.created_at, one.backed_up) == (f"{FSX}/fs-2", WHEN, on)
        assert one.why("encrypted").code is Code.LACKING

    def test_scratch_has_no_backups_to_judge(self) -> None:
        raw = self.fsx("LUSTRE", LustreConfiguration={"DeploymentType": "SCRATCH_2"})
        one = self.collect(absent("PolicyNotFound"), raw).one("fs-2")
        assert one.why("backed_up").code is Code.NOT_APPLICABLE
        assert run_case(RULES["file-system-without-backup"], Case(one)) is None

    def test_a_type_that_is_not_known_is_unread(self) -> None:
        one = self.collect(absent("PolicyNotFound"), self.fsx("NOVEL")).one("fs-2")
        assert one.why("backed_up").code is Code.MALFORMED


class TestTables:
    def answers(self, recovery: str) -> dict[str, Answer]:
        return {
            "dynamodb:ListTables": {"TableNames": ["orders"]},
            "dynamodb:DescribeContinuousBackups": {
                "ContinuousBackupsDescription": {
                    # Every table says so, whatever its recovery.
                    "ContinuousBackupsStatus": "ENABLED",
                    "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": recovery},
                }
            },
            "dynamodb:DescribeTable": {"Table": {"TableName": "orders", "DeletionProtectionEnabled": True}},
            "dynamodb:ListTagsOfResource": {"Tags": TAGS},
        }

    @pytest.mark.parametrize(("status", "on"), [("ENABLED", True), ("DISABLED", False)])
    def test_continuous_backups_are_not_point_in_time_recovery(self, status: str, *, on: bool) -> None:
        session = Scripted(self.answers(status))
        one = collect(session, table.SOURCES).one("orders")
        assert not one.unread
        assert one.id == f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/orders"
        assert (one.point_in_time, one.deletion_protected, one.tags) == (on, True, {"team": "shop"})
        assert session.asked("dynamodb:ListTables") == [{"Limit": 100}]
        assert session.asked("dynamodb:ListTagsOfResource") == [{"ResourceArn": one.id}]


class TestCaches:
    GROUP: ClassVar[dict[str, Any]] = {
        "ReplicationGroupId": "sessions",
        "ARN": f"arn:aws:elasticache:{HOME}:{ACCOUNT}:replicationgroup:sessions",
        "Status": "available",
        "Engine": "valkey",
        "AtRestEncryptionEnabled": False,
        "TransitEncryptionEnabled": True,
    }

    def group(self, **said: Any) -> Cache:
        found = mapped(cache.REPLICATION_GROUPS, {**self.GROUP, **said})
        assert isinstance(found, Cache)
        return found

    @pytest.mark.parametrize(
        ("said", "encrypted"),
        [
            ({}, False),
            ({"AtRestEncryptionEnabled": True}, True),
            ({"StorageEncryptionType": "sse-elasticache"}, True),
            ({"StorageEncryptionType": "sse-kms", "AtRestEncryptionEnabled": True}, True),
            ({"StorageEncryptionType": "none", "AtRestEncryptionEnabled": False}, False),
        ],
    )
    def test_the_type_of_encryption_goes_before_the_flag(
        self, said: dict[str, Any], *, encrypted: bool
    ) -> None:
        assert self.group(**said).encrypted is encrypted

    @pytest.mark.parametrize(
        ("said", "tls"),
        [
            ({}, "required"),
            ({"TransitEncryptionMode": "required"}, "required"),
            ({"TransitEncryptionMode": "preferred"}, "offered"),
            ({"TransitEncryptionEnabled": False}, "off"),
        ],
    )
    def test_while_tls_is_preferred_plain_connections_are_taken(self, said: dict[str, Any], tls: str) -> None:
        assert self.group(**said).tls == tls

    def test_words_that_are_not_known_are_unread(self) -> None:
        one = self.group(StorageEncryptionType="sse-moon", TransitEncryptionMode="mumbled")
        assert {name for name, why in one.unread.items() if why.code is Code.MALFORMED} == {
            "encrypted",
            "tls",
        }

    def test_how_long_copies_are_kept(self) -> None:
        assert self.group(SnapshotRetentionLimit=7).backup_days == 7
        assert self.group().backup_days == 0

    def test_what_is_serverless_is_encrypted_and_takes_nothing_in_the_clear(self) -> None:
        arn = f"arn:aws:elasticache:{HOME}:{ACCOUNT}:serverlesscache:carts"
        raw = {"ServerlessCacheName": "carts", "ARN": arn, "Engine": "valkey", "SnapshotRetentionLimit": 1}
        one = mapped(cache.SERVERLESS, raw, ListTagsForResource=TAGS)
        assert isinstance(one, Cache)
        assert (one.id, one.tls, one.backup_days, one.tags) == (arn, "required", 1, {"team": "shop"})
        assert one.why("encrypted").code is Code.LACKING
        other = mapped(cache.SERVERLESS, {**raw, "Engine": "memcached"})
        assert other.why("backup_days").code is Code.NOT_APPLICABLE

    def test_memcached_members_and_memorydb(self) -> None:
        def cluster(name: str, **said: Any) -> dict[str, Any]:
            arn = f"arn:aws:elasticache:{HOME}:{ACCOUNT}:cluster:{name}"
            return {"CacheClusterId": name, "ARN": arn, "AtRestEncryptionEnabled": False, **said}

        member = cluster("sessions-001", Engine="redis", ReplicationGroupId="sessions")
        session = Scripted(
            {
                "elasticache:DescribeReplicationGroups": {"ReplicationGroups": [self.GROUP]},
                "elasticache:DescribeCacheClusters": {
                    "CacheClusters": [member, cluster("pages", Engine="memcached")]
                },
                "elasticache:ListTagsForResource": {"TagList": TAGS},
                "memorydb:DescribeClusters": {
                    "Clusters": [{"Name": "carts", "ARN": "arn:aws:memorydb:::carts", "TLSEnabled": True}]
                },
                "memorydb:ListTags": {"TagList": []},
            }
        )
        found = collect(session, cache.SOURCES)
        assert {one.name for one in found.resources.values()} == {"sessions", "pages", "carts"}
        pages = found.one("pages")
        assert pages.why("encrypted").code is Code.NOT_APPLICABLE
        assert (pages.tls, pages.tags) == ("off", {"team": "shop"})
        carts = found.one("carts")
        assert carts.why("encrypted").code is Code.LACKING
        assert (carts.tls, carts.tags) == ("required", {})
        assert session.asked("elasticache:DescribeCacheClusters") == [
            {"MaxRecords": 100, "ShowCacheClustersNotInReplicationGroups": True}
        ]

    def test_a_service_that_is_not_in_the_region_is_no_gap(self) -> None:
        found = collect(Scripted({"memorydb:DescribeClusters": absent("NoSuchEndpoint")}), (cache.MEMORYDB,))
        assert not found.gaps
        found = collect(
            Scripted({"memorydb:DescribeClusters": absent("EndpointConnectionError")}), (cache.MEMORYDB,)
        )
        assert found.gaps


def test_warehouses() -> None:
    session = Scripted(
        {
            "redshift:DescribeClusters": {
                "Clusters": [
                    {
                        "ClusterIdentifier": "finance",
                        "Encrypted": True,
                        "PubliclyAccessible": False,
                        "Tags": TAGS,
                    },
                    {"ClusterIdentifier": "marketing", "PubliclyAccessible": True, "Tags": []},
                ]
            },
            "redshift-serverless:ListWorkgroups": {
                "workgroups": [
                    {
                        "workgroupName": "ad-hoc",
                        "workgroupArn": f"arn:aws:redshift-serverless:{HOME}:{ACCOUNT}:workgroup/1",
                        "publiclyAccessible": True,
                    }
                ]
            },
        }
    )
    found = collect(session, warehouse.SOURCES)
    assert {
        one.name: (one.public, one.grants) for one in map(found.one, ("finance", "marketing", "ad-hoc"))
    } == {
        "finance": (False, ()),
        "marketing": (True, ()),
        "ad-hoc": (True, ()),
    }
    assert found.one("finance").id == f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:finance"
    assert found.one("finance").tags == {"team": "shop"}
    assert (found.one("finance").encrypted, found.one("marketing").encrypted) == (True, False)


class TestSearch:
    def domain(self, **said: Any) -> Any:
        status = {
            "DomainId": f"{ACCOUNT}/logs",
            "DomainName": "logs",
            "ARN": f"arn:aws:es:{HOME}:{ACCOUNT}:domain/logs",
            "ClusterConfig": {},
            "EncryptionAtRestOptions": {"Enabled": True},
            "DomainEndpointOptions": {"EnforceHTTPS": True},
            "AccessPolicies": "",
            **said,
        }
        session = Scripted(
            {
                "opensearch:ListDomainNames": {
                    "DomainNames": [{"DomainName": "logs", "EngineType": "OpenSearch"}]
                },
                "opensearch:DescribeDomains": {"DomainStatusList": [status]},
                "opensearch:ListTags": {"TagList": TAGS},
            }
        )
        found = collect(session, search.SOURCES).one("logs")
        assert session.asked("opensearch:DescribeDomains") == [{"DomainNames": ["logs"]}]
        return found

    def policy(self, principal: object, **statement: object) -> str:
        arn = f"arn:aws:es:{HOME}:{ACCOUNT}:domain/logs/*"
        said = {"Effect": "Allow", "Principal": principal, "Action": "es:*", "Resource": arn, **statement}
        return json.dumps({"Version": "2012-10-17", "Statement": [said]})

    def test_in_a_network(self) -> None:
        one = self.domain(VPCOptions={"VPCId": "vpc-1", "SubnetIds": ["subnet-1"]})
        assert not one.unread
        assert one.id == f"arn:aws:es:{HOME}:{ACCOUNT}:domain/logs"
        assert (one.encrypted, one.public, one.grants, one.own_login) == (True, False, (), False)
        assert one.https_only
        assert not self.domain(DomainEndpointOptions={"EnforceHTTPS": False}).https_only
        assert one.tags == {"team": "shop"}

    def test_everyone(self) -> None:
        one = self.domain(AccessPolicies=self.policy("*"))
        assert one.public
        assert one.grants == (PublicGrant(who="everyone", may=("read", "write", "admin"), said="es:*"),)
        assert verdict("search-domain-public", one).severity == "critical"

    def test_a_search_is_a_post_and_reads(self) -> None:
        [grant] = self.domain(AccessPolicies=self.policy({"AWS": "*"}, Action="es:ESHttpPost")).grants
        assert grant.may == ("read",)

    def test_fixed_addresses_are_callers_by_name(self) -> None:
        condition = {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}
        one = self.domain(AccessPolicies=self.policy("*", Condition=condition))
        assert one.grants == ()
        assert verdict("search-domain-public", one).severity == "medium"

    @pytest.mark.parametrize(
        ("said", "login"),
        [
            ({"Enabled": True}, True),
            ({"Enabled": True, "AnonymousAuthEnabled": True}, False),
            ({"Enabled": False}, False),
        ],
    )
    def test_a_grace_for_the_anonymous_is_no_login(self, said: dict[str, bool], *, login: bool) -> None:
        one = self.domain(AccessPolicies=self.policy("*"), AdvancedSecurityOptions=said)
        assert one.own_login is login
        assert verdict("search-domain-public", one).severity == ("high" if login else "critical")

    def test_a_domain_that_the_second_answer_lacks_is_unread(self) -> None:
        one = self.domain(DomainName="another")
        assert one.why("public").code is Code.MALFORMED
        assert verdict("search-domain-public", one).outcome is Outcome.UNKNOWN


@pytest.mark.usefixtures("moto")
def test_through_the_real_sdk() -> None:
    """FSx, serverless caches and Redshift's workgroups are not in moto: the demo's recorded answers have them."""
    boto3.client("efs").create_file_system(CreationToken="uploads", Encrypted=True, Tags=TAGS)
    boto3.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    boto3.client("memorydb").create_cluster(
        ClusterName="carts", NodeType="db.t4g.small", ACLName="open-access"
    )
    boto3.client("redshift").create_cluster(
        ClusterIdentifier="finance",
        NodeType="ra3.large",
        MasterUsername="clerk",
        MasterUserPassword="Passw0rd1234",
    )
    boto3.client("opensearch").create_domain(
        DomainName="logs", EncryptionAtRestOptions={"Enabled": True}, TagList=TAGS
    )
    sources = (
        file_system.EFS,
        *table.SOURCES,
        cache.REPLICATION_GROUPS,
        cache.CACHE_CLUSTERS,
        cache.MEMORYDB,
        warehouse.REDSHIFT,
        *search.SOURCES,
    )
    found = Collected(collected(sources, HOME), [])
    codes = {why.code for one in found.resources.values() for why in one.unread.values()}
    assert codes <= {Code.LACKING, Code.NOT_APPLICABLE}
    assert {type(one).__name__ for one in found.resources.values()} == {
        "FileSystem",
        "Table",
        "Cache",
        "Warehouse",
        "SearchDomain",
    }
    assert not found.one("orders").point_in_time
    assert found.one("logs").public
