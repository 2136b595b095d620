"""S3 and EBS: from answers to facts, and from a real boto3 against moto to the same."""

import csv
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from collecting import collected
from mapped import mapped
from scripted import ACCOUNT, HOME, Answer, Collected, Scripted, absent, collect, denied
from shipped import RULES

from scanner.engine import Outcome, Verdict, run_case
from scanner.models.resource import GLOBAL, Code, Resource, UnreadError
from scanner.models.storage import Bucket, PlainHttp, PublicBlock, PublicGrant, Snapshot
from scanner.providers.aws import account, storage
from scanner.providers.aws.bucket import BUCKETS, copied
from scanner.providers.spec import CallError
from scanner.rule import Case

SOURCES = (account.ACCOUNT, *storage.SOURCES)
ROWS = list(
    csv.DictReader(
        Path(__file__).with_name("s3_tls_policies.tsv").read_text(encoding="utf-8").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
)
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = {"Grantee": {"ID": "75aa57f0", "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}
ALL_USERS = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}
AUTHENTICATED = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}
LOG_DELIVERY = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": False,
    "RestrictPublicBuckets": False,
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "WordOfTheOwner",
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": "arn:aws:s3:::b/*",
        }
    ],
}
# A bucket that has everything, in the form in which botocore gives it.
BUCKET: dict[str, Answer] = {
    "s3control:GetPublicAccessBlock": {"PublicAccessBlockConfiguration": BLOCK},
    "s3:ListBuckets": {
        "Buckets": [{"Name": "b", "CreationDate": WHEN, "BucketRegion": HOME}],
        "Owner": {"ID": "75aa57f0"},
    },
    "s3:GetBucketPolicy": {"Policy": json.dumps(POLICY)},
    "s3:GetPublicAccessBlock": {
        "PublicAccessBlockConfiguration": {**BLOCK, "RestrictPublicBuckets": True, "IgnorePublicAcls": False}
    },
    "s3:GetBucketAcl": {"Owner": {"ID": "75aa57f0"}, "Grants": [OWNER]},
    "s3:GetBucketOwnershipControls": {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    },
    "s3:GetBucketVersioning": {"Status": "Enabled", "MFADelete": "Disabled"},
    "s3:GetBucketEncryption": {
        "ServerSideEncryptionConfiguration": {
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": "arn:aws:kms:us-east-1:123456789012:key/1234abcd",
                    },
                    "BucketKeyEnabled": True,
                    "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
                }
            ]
        }
    },
    "s3:GetBucketReplication": {
        "ReplicationConfiguration": {
            "Role": "arn:aws:iam::123456789012:role/copy",
            "Rules": [
                {"Status": "Disabled", "Destination": {"Bucket": "arn:aws:s3:::c"}},
                {"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::c"}},
            ],
        }
    },
    "s3:GetObjectLockConfiguration": {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
    "s3:GetBucketLogging": {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "b/"}},
    "s3:GetBucketTagging": {"TagSet": [{"Key": "team", "Value": "web"}]},
}
# A bucket as old as S3: whatever can be absent is.
BARE: dict[str, Answer] = {
    **BUCKET,
    "s3control:GetPublicAccessBlock": absent("NoSuchPublicAccessBlockConfiguration"),
    "s3:GetBucketPolicy": absent("NoSuchBucketPolicy"),
    "s3:GetPublicAccessBlock": absent("NoSuchPublicAccessBlockConfiguration"),
    "s3:GetBucketOwnershipControls": absent("OwnershipControlsNotFoundError"),
    "s3:GetBucketVersioning": {},
    "s3:GetBucketEncryption": absent("ServerSideEncryptionConfigurationNotFoundError"),
    "s3:GetBucketLogging": {},
    "s3:GetBucketTagging": absent("NoSuchTagSet"),
}


ROW: dict[str, Any] = BUCKET["s3:ListBuckets"]["Buckets"][0]  # type: ignore[index]
DETAILS: dict[str, Any] = {
    name.partition(":")[2]: answer for name, answer in BUCKET.items() if name.startswith("s3:Get")
}


def bucket(**answers: Any) -> Bucket:
    """The bucket with some answers changed; None: there is none."""
    found = mapped(BUCKETS, ROW, **{**DETAILS, **answers})
    assert isinstance(found, Bucket)
    return found


def acl(*grants: Mapping[str, Any]) -> Answer:
    return {"Owner": {"ID": "75aa57f0"}, "Grants": list(grants)}


def encryption(algorithm: str, **rest: str) -> dict[str, Any]:
    default = {"SSEAlgorithm": algorithm, **rest}
    return {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}}


def verdict(rule_id: str, resource: Resource, *others: Resource) -> Verdict:
    found = run_case(RULES[rule_id], Case(resource, others))
    assert found is not None
    return found


class TestBuckets:
    def test_every_field_is_filled(self) -> None:
        found = collect(Scripted(BUCKET), SOURCES[:2])
        one = found.one("b")
        assert set(one.unread) == set(BUCKETS.lacking)
        assert not found.gaps
        filled = one.model_fields_set - {"id", "name", "scope", "unread"}
        assert set(Bucket.fact_fields()) == filled | set(BUCKETS.lacking)
        assert (one.id, one.scope) == ("arn:aws:s3:::b", ("aws", ACCOUNT, HOME))
        assert one.plain_http == PlainHttp(
            state="accepted", reasons=("no statement of the bucket policy denies plain HTTP",)
        )
        assert one.policy_grants == (
            PublicGrant(who="everyone", may=("read", "write"), said="s3:GetObject, s3:PutObject"),
        )
        assert one.acl_grants == ()
        assert one.acls_disabled
        assert one.public_block == PublicBlock(policies=True, acls=False)
        assert one.versioning == "on"
        assert one.soft_delete_days is None
        assert one.key == "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
        assert one.customer_keys_refused
        assert one.access_log == "logs"
        assert (one.mfa_delete, one.copied, one.write_once) == (False, True, True)
        assert one.tags == {"team": "web"}
        owner = found.one(ACCOUNT)
        assert owner.public_block == PublicBlock(policies=False, acls=True)
        assert owner.id == f"arn:aws:iam::{ACCOUNT}:root"
        assert owner.scope.region == GLOBAL

    def test_what_is_absent_has_its_honest_meaning(self) -> None:
        found = collect(Scripted(BARE), SOURCES[:2])
        one = found.one("b")
        assert set(one.unread) == {*BUCKETS.lacking, "copied", "write_once"}
        assert {one.why(fact).code for fact in ("copied", "write_once")} == {Code.NOT_APPLICABLE}
        assert one.plain_http == PlainHttp(state="accepted", reasons=("there is no bucket policy",))
        assert one.policy_grants == ()
        assert not one.acls_disabled
        assert one.public_block is None
        assert one.versioning == "off"
        assert one.key is None
        assert not one.customer_keys_refused
        assert one.access_log is None
        assert not one.mfa_delete
        assert one.tags == {}
        assert found.one(ACCOUNT).public_block is None

    def test_deleting_for_good(self) -> None:
        assert bucket(GetBucketVersioning={"Status": "Enabled", "MFADelete": "Enabled"}).mfa_delete
        assert bucket(GetBucketVersioning={"MFADelete": "Maybe"}).why("mfa_delete").code is Code.MALFORMED

    def test_a_rule_of_replication_that_is_off_copies_nothing(self) -> None:
        assert not copied({"ReplicationConfiguration": {"Rules": [{"Status": "Disabled"}]}})
        assert not copied(None)
        with pytest.raises(ValueError, match="Paused"):
            copied({"ReplicationConfiguration": {"Rules": [{"Status": "Enabled"}, {"Status": "Paused"}]}})

    def test_a_bucket_that_keeps_versions_may_have_neither_a_copy_nor_a_lock(self) -> None:
        answers = {
            **BUCKET,
            "s3:GetBucketReplication": absent("ReplicationConfigurationNotFoundError"),
            "s3:GetObjectLockConfiguration": absent("ObjectLockConfigurationNotFoundError"),
        }
        one = collect(Scripted(answers), (BUCKETS,)).one("b")
        assert (one.copied, one.write_once) == (False, False)

    def test_the_policy_is_not_kept(self) -> None:
        text = bucket().model_dump_json()
        assert "WordOfTheOwner" not in text
        assert "Statement" not in text

    def test_a_long_grant_is_shortened(self) -> None:
        actions = [f"s3:Get{n}" for n in range(40)]
        statement = {**POLICY["Statement"][0], "Action": actions}  # type: ignore[dict-item]
        (grant,) = bucket(GetBucketPolicy={"Policy": json.dumps({"Statement": statement})}).policy_grants
        assert grant.said.endswith("s3:Get5 and 34 more")

    def test_a_grant_of_all_but_some_actions_reads_so(self) -> None:
        statement = {key: value for key, value in POLICY["Statement"][0].items() if key != "Action"}  # type: ignore[attr-defined]
        statement["NotAction"] = ["s3:DeleteBucket", "s3:PutBucketPolicy"]
        (grant,) = bucket(GetBucketPolicy={"Policy": json.dumps({"Statement": statement})}).policy_grants
        assert grant.said.startswith("all but s3:DeleteBucket, s3:PutBucketPolicy")

    def test_each_question_is_asked_once_in_the_region_of_the_bucket(self) -> None:
        far = {"Buckets": [{"Name": "b", "CreationDate": WHEN, "BucketRegion": "eu-west-1"}]}
        session = Scripted({**BUCKET, "s3:ListBuckets": far})
        collect(session, (BUCKETS,), regions=("eu-west-1",))
        names = [name for name, scope, _ in session.sent if scope.region == "eu-west-1"]
        assert len(names) == len(set(names)) == len(session.sent) - 1 == 10
        assert session.asked("s3:ListBuckets") == [{"MaxBuckets": 10_000}]

    def test_only_what_is_needed_is_asked(self) -> None:
        session = Scripted(BUCKET)
        collect(session, (BUCKETS,), {Bucket: frozenset({"plain_http", "soft_delete_days"})})
        assert {name for name, _, _ in session.sent} == {"s3:ListBuckets", "s3:GetBucketPolicy"}

    def test_a_server_that_says_no_region_is_asked_where_it_is(self) -> None:
        silent = {"Buckets": [{"Name": "b", "CreationDate": WHEN}]}
        found = collect(Scripted({**BUCKET, "s3:ListBuckets": silent}), (BUCKETS,), regions=())
        assert found.one("b").scope.region == GLOBAL

    def test_a_refused_call_leaves_its_own_fields_unread(self) -> None:
        answers = {**BUCKET, "s3:GetBucketPolicy": denied("s3:GetBucketPolicy")}
        one = collect(Scripted(answers), (BUCKETS,)).one("b")
        assert {name for name, why in one.unread.items() if why.code is Code.DENIED} == {
            "plain_http",
            "policy_grants",
        }
        assert {why.code for why in one.unread.values()} == {Code.DENIED, Code.LACKING}
        assert one.why("policy_grants").permission == "s3:GetBucketPolicy"

    def test_a_policy_that_is_not_understood_is_unread(self) -> None:
        one = bucket(GetBucketPolicy={"Policy": '{"Statement": [{"Effect": "Maybe"}]}'})
        assert one.why("plain_http").code is one.why("policy_grants").code is Code.MALFORMED

    @pytest.mark.parametrize(
        ("grant", "who", "may"),
        [
            ({"Grantee": ALL_USERS, "Permission": "READ"}, "everyone", ("list",)),
            ({"Grantee": ALL_USERS, "Permission": "WRITE"}, "everyone", ("write",)),
            ({"Grantee": AUTHENTICATED, "Permission": "WRITE_ACP"}, "any account", ("admin",)),
            (
                {"Grantee": AUTHENTICATED, "Permission": "FULL_CONTROL"},
                "any account",
                ("list", "write", "admin"),
            ),
            ({"Grantee": ALL_USERS, "Permission": "READ_ACP"}, "everyone", ("other",)),
        ],
    )
    def test_acl(self, grant: Mapping[str, Any], who: str, may: tuple[str, ...]) -> None:
        (found,) = bucket(GetBucketAcl=acl(OWNER, grant)).acl_grants
        assert found == PublicGrant(who=who, may=may, said=grant["Permission"])

    def test_the_log_delivery_group_is_not_the_public(self) -> None:
        writes = {"Grantee": LOG_DELIVERY, "Permission": "WRITE"}
        assert bucket(GetBucketAcl=acl(OWNER, writes)).acl_grants == ()

    def test_a_permission_that_is_not_known_is_unread(self) -> None:
        one = bucket(GetBucketAcl=acl({"Grantee": ALL_USERS, "Permission": "LICK"}))
        with pytest.raises(UnreadError, match="'LICK', which this version does not know"):
            _ = one.acl_grants

    @pytest.mark.parametrize(("owner", "off"), [("ObjectWriter", False), ("BucketOwnerPreferred", False)])
    def test_ownership(self, owner: str, off: bool) -> None:  # noqa: FBT001 - a parameter of the test
        answer = {"OwnershipControls": {"Rules": [{"ObjectOwnership": owner}]}}
        assert bucket(GetBucketOwnershipControls=answer).acls_disabled is off

    def test_suspended_versioning_is_its_own_state(self) -> None:
        assert bucket(GetBucketVersioning={"Status": "Suspended"}).versioning == "suspended"
        assert bucket(GetBucketVersioning={"Status": "Paused"}).why("versioning").code is Code.MALFORMED

    @pytest.mark.parametrize(
        ("answer", "key"),
        [
            (encryption("AES256"), None),
            (encryption("aws:kms"), None),
            (encryption("aws:kms", KMSMasterKeyID="arn:aws:kms:us-east-1:1:alias/aws/s3"), None),
            (encryption("aws:kms:dsse", KMSMasterKeyID="alias/mine"), "alias/mine"),
            (encryption("aws:fsx"), None),
            ({"ServerSideEncryptionConfiguration": {"Rules": [{"BucketKeyEnabled": False}]}}, None),
        ],
    )
    def test_key(self, answer: Answer, key: str | None) -> None:
        assert bucket(GetBucketEncryption=answer).key == key

    def test_an_algorithm_that_is_not_known_is_unread(self) -> None:
        assert bucket(GetBucketEncryption=encryption("rot13")).why("key").code is Code.MALFORMED


class TestPlainHttp:
    """From the raw answer to the verdict."""

    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
    @pytest.mark.parametrize("partition", ["aws", "aws-cn"])
    def test_row(self, row: dict[str, str], partition: str) -> None:
        text = row["policy"].replace("arn:aws:s3", f"arn:{partition}:s3")
        answer = None if text == "null" else {"Policy": text}
        found = verdict("bucket-allows-plain-http", bucket(GetBucketPolicy=answer))
        assert found.outcome is (Outcome.PASS if row["expected"] == "FULL" else Outcome.FAIL)
        if row["expected"] != "FULL":
            state = {"PARTIAL": "partly refused", "NONE": "accepted"}[row["expected"]]
            assert found.messages[0].startswith(f"plain HTTP is {state}: ")

    def test_there_are_rows(self) -> None:
        assert {row["expected"] for row in ROWS} == {"FULL", "PARTIAL", "NONE"}


def snapshots(answer: Callable[[Mapping[str, Any]], Mapping[str, Any] | CallError]) -> Scripted:
    """Two own snapshots; `answer` says what the question about public ones, and each further one, brings."""

    def listed(arguments: Mapping[str, Any]) -> Mapping[str, Any] | CallError:
        if "RestorableByUserIds" in arguments:
            return answer(arguments)
        return {"Snapshots": [row("snap-a"), row("snap-b")]}

    return Scripted({"ec2:DescribeSnapshots": listed, "ec2:DescribeSnapshotAttribute": answer})


def row(id_: str) -> dict[str, Any]:
    return {
        "SnapshotId": id_,
        "VolumeId": "vol-1",
        "State": "completed",
        "StartTime": WHEN,
        "Progress": "100%",
        "OwnerId": ACCOUNT,
        "Description": "",
        "VolumeSize": 8,
        "Encrypted": False,
        "StorageTier": "standard",
        "Tags": [{"Key": "team", "Value": "web"}],
    }


class TestSnapshots:
    def test_one_call_settles_all_where_none_is_public(self) -> None:
        session = snapshots(lambda _: {"Snapshots": []})
        found = collect(session, (storage.SNAPSHOTS,))
        one = found.one("snap-a")
        assert not one.unread
        assert not one.public
        assert one.tags == {"team": "web"}
        assert one.id == "arn:aws:ec2:us-east-1::snapshot/snap-a"
        assert session.asked("ec2:DescribeSnapshots") == [
            {"OwnerIds": ["self"], "MaxResults": 1000},
            {"OwnerIds": ["self"], "MaxResults": 1000, "RestorableByUserIds": ["all"]},
        ]
        assert not session.asked("ec2:DescribeSnapshotAttribute")

    def test_those_that_it_lists_are_looked_at(self) -> None:
        def answer(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
            if "RestorableByUserIds" in arguments:
                return {"Snapshots": [row("snap-a"), row("snap-b"), row("snap-of-another-page")]}
            permission = (
                {"Group": "all"} if arguments["SnapshotId"] == "snap-b" else {"UserId": "999999999999"}
            )
            return {"SnapshotId": arguments["SnapshotId"], "CreateVolumePermissions": [permission]}

        session = snapshots(answer)
        found = collect(session, (storage.SNAPSHOTS,))
        assert not found.one("snap-a").public
        assert found.one("snap-b").public
        assert sorted(one["SnapshotId"] for one in session.asked("ec2:DescribeSnapshotAttribute")) == [
            "snap-a",
            "snap-b",
        ]

    def test_a_refused_second_question_leaves_the_snapshot_unread(self) -> None:
        def answer(arguments: Mapping[str, Any]) -> Mapping[str, Any] | CallError:
            if "RestorableByUserIds" in arguments:
                return {"Snapshots": [row("snap-b")]}
            return denied("ec2:DescribeSnapshotAttribute")

        found = collect(snapshots(answer), (storage.SNAPSHOTS,))
        assert not found.one("snap-a").public
        assert found.one("snap-b").why("public").permission == "ec2:DescribeSnapshotAttribute"

    def test_a_refused_first_question_leaves_all_unread(self) -> None:
        found = collect(snapshots(lambda _: denied("ec2:DescribeSnapshots")), (storage.SNAPSHOTS,))
        assert {one.why("public").code for one in found.resources.values()} == {Code.DENIED}

    def test_nobody_asks_when_nobody_wants_to_know(self) -> None:
        session = snapshots(lambda _: {"Snapshots": []})
        collect(session, (storage.SNAPSHOTS,), {Snapshot: frozenset({"tags"})})
        assert len(session.sent) == 1


def test_volumes() -> None:
    volume = {
        "VolumeId": "vol-1",
        "VolumeType": "gp3",
        "Size": 8,
        "SnapshotId": "",
        "AvailabilityZone": "us-east-1a",
        "State": "in-use",
        "CreateTime": WHEN,
        "Attachments": [],
        "Encrypted": True,
        "Tags": [],
        "MultiAttachEnabled": False,
    }
    plain = {**volume, "VolumeId": "vol-2", "Encrypted": False}
    unsaid = {name: value for name, value in volume.items() if name != "Encrypted"} | {"VolumeId": "vol-3"}
    session = Scripted({"ec2:DescribeVolumes": {"Volumes": [volume, plain, unsaid]}})
    found = collect(session, (storage.VOLUMES,))
    assert (found.one("vol-1").encrypted, found.one("vol-2").encrypted) == (True, False)
    assert found.one("vol-3").why("encrypted").code is Code.MALFORMED
    assert found.one("vol-1").id == f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/vol-1"
    assert session.asked("ec2:DescribeVolumes") == [{"MaxResults": 1000}]


def test_through_the_real_sdk(moto: str) -> None:  # noqa: ARG001 - the server that it reads
    furnish()
    found = Collected(collected(SOURCES, HOME), [])
    kinds = sorted(type(one).__name__ for one in found.resources.values())
    assert kinds == ["Account", "Bucket", "Bucket", "Snapshot", "Snapshot", "Snapshot", "Volume"]
    unread = {(name, why.code) for one in found.resources.values() for name, why in one.unread.items()}
    # moto's credential report has no line for the root user; AWS's always has.
    unread.remove(("root_used", Code.MALFORMED))
    assert {code for _, code in unread} == {Code.LACKING, Code.NOT_APPLICABLE}

    one = found.one("open")
    assert one.policy_grants[0].may == ("read", "write")
    assert one.acl_grants[0] == PublicGrant(who="any account", may=("write",), said="WRITE")
    said = verdict("bucket-public", one, found.one(ACCOUNT))
    assert (said.outcome, said.severity) == (Outcome.FAIL, "critical")
    assert said.messages == (
        "everyone may read objects and write or delete objects (policy: s3:GetObject, s3:PutObject)",
        "any account may write or delete objects (ACL: WRITE)",
    )

    one = found.one("shut")
    assert one.acls_disabled
    assert one.public_block == PublicBlock(policies=True, acls=True)
    assert (one.versioning, one.key, one.tags) == ("on", "alias/mine", {"team": "web"})
    assert one.plain_http.state == "accepted"

    # moto lists all own snapshots as public ones; their permissions say otherwise.
    public = [one.public for one in found.resources.values() if isinstance(one, Snapshot)]
    assert sorted(public) == [False, False, True]


def furnish() -> None:
    """An open and a shut bucket; a volume with a public, a shared and a private snapshot."""
    s3, ec2 = boto3.client("s3"), boto3.client("ec2")
    s3.create_bucket(Bucket="open")
    s3.put_bucket_policy(Bucket="open", Policy=json.dumps(POLICY).replace(":::b/", ":::open/"))
    s3.put_bucket_acl(Bucket="open", GrantWrite=f'uri="{AUTHENTICATED["URI"]}"')
    s3.create_bucket(Bucket="shut", ObjectOwnership="BucketOwnerEnforced")
    s3.put_public_access_block(Bucket="shut", PublicAccessBlockConfiguration=dict.fromkeys(BLOCK, True))
    s3.put_bucket_versioning(Bucket="shut", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="shut", Tagging={"TagSet": [{"Key": "team", "Value": "web"}]})
    s3.put_bucket_encryption(Bucket="shut", **encryption("aws:kms", KMSMasterKeyID="alias/mine"))
    volume = ec2.create_volume(AvailabilityZone=f"{HOME}a", Size=1, Encrypted=True)["VolumeId"]
    for share in ({"GroupNames": ["all"]}, {"UserIds": ["999999999999"]}, {}):
        snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        if share:
            ec2.modify_snapshot_attribute(
                SnapshotId=snapshot,
                Attribute="createVolumePermission",
                OperationType="add",
                **share,
            )
