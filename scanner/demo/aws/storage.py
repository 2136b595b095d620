"""The demo's buckets, volumes and snapshots: what lies open, what nobody can read, what is gone when overwritten."""

import json
from typing import Any, Final

from scanner.demo.aws.account import HOME, NUMBER, SECOND, Account, named

PUBLIC: Final = "bucket-public"
PLAIN: Final = "bucket-allows-plain-http"
VERSIONS: Final = "bucket-without-versioning"
LOG: Final = "bucket-without-access-log"
KEY: Final = "bucket-without-own-key"
VOLUME: Final = "volume-unencrypted"
SNAPSHOT: Final = "snapshot-public"
CUSTOMER: Final = "bucket-allows-customer-provided-keys"
ACLS: Final = "bucket-uses-acls"
#: What few buckets have, and rules only tell of.
RARE: Final = ("bucket-without-copy", "bucket-without-object-lock")
MFA: Final = "bucket-without-mfa-delete"
BACKUP: Final = "volume-without-recent-backup"
PLAIN_SNAPSHOT: Final = "snapshot-unencrypted"

_BLOCKED: Final = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def furnish(account: Account) -> None:
    """Create buckets, volumes and snapshots in both regions."""
    _buckets(account)
    _old_buckets(account)
    _volumes(account)
    _snapshots(account)


def _buckets(account: Account) -> None:
    """Create buckets as S3 makes them today, and change them as people do."""
    logs = _bucket(account, "access-logs", good=[PUBLIC, PLAIN, VERSIONS], bad=[LOG, KEY])
    _policy(account, logs, _log_delivery(logs), _tls_only(logs))
    _versioning(account, logs, "Enabled")

    name = _bucket(account, "orders-archive", good=[PUBLIC, PLAIN, VERSIONS, LOG, KEY, *RARE])
    _policy(account, name, _tls_only(name))
    _versioning(account, name, "Enabled")
    _kept_for_good(account, name, logs)
    key = account.client("kms").create_key(Description="Demo: orders")["KeyMetadata"]["Arn"]
    _encryption(account, name, SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
    to = {"LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": "orders/"}}
    account.client("s3").put_bucket_logging(Bucket=name, BucketLoggingStatus=to)

    name = _bucket(account, "web-assets", bad=[PUBLIC, PLAIN, VERSIONS, LOG, KEY])
    account.client("s3").delete_public_access_block(Bucket=name)
    _policy(account, name, _allow(name, "*", "s3:GetObject"))

    # The policy names everyone, but the bucket's own block takes the effect from it.
    name = _bucket(account, "brand-kit", good=[PUBLIC, VERSIONS], bad=[PLAIN, LOG, KEY])
    account.client("s3").delete_public_access_block(Bucket=name)
    _policy(account, name, _allow(name, "*", "s3:GetObject"))
    _block(account, name)
    _versioning(account, name, "Enabled")

    # One partner, by account number: shared, and not public. Plain HTTP is refused for reading alone.
    name = _bucket(account, "partner-exchange", good=[PUBLIC, VERSIONS], bad=[PLAIN, LOG, KEY])
    partner = {"AWS": "arn:aws:iam::999999999999:root"}
    _policy(account, name, _allow(name, partner, "s3:GetObject"), _tls_only(name, action="s3:GetObject"))
    _versioning(account, name, "Enabled")


def _kept_for_good(account: Account, name: str, to: str) -> None:
    """Switch on what keeps objects from being deleted, and copy them to another bucket."""
    s3 = account.client("s3")
    s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    rule = {
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{to}"},
    }
    s3.put_bucket_replication(
        Bucket=name,
        ReplicationConfiguration={"Role": f"arn:aws:iam::{NUMBER}:role/replication", "Rules": [rule]},
    )


def _old_buckets(account: Account) -> None:
    """Create buckets from before April 2023, when nothing was blocked and ACLs counted."""
    name = _bucket(account, "upload-inbox", SECOND, bad=[PUBLIC, PLAIN, VERSIONS, LOG, KEY])
    s3 = account.client("s3", SECOND)
    s3.delete_public_access_block(Bucket=name)
    owned = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=owned)
    everyone = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
    s3.put_bucket_acl(Bucket=name, GrantRead=everyone, GrantWrite=everyone)
    _versioning(account, name, "Suspended", SECOND)

    name = _bucket(account, "old-invoices", SECOND, good=[PUBLIC, PLAIN], bad=[VERSIONS, LOG, KEY])
    s3.delete_public_access_block(Bucket=name)
    _policy(account, name, _tls_only(name), region=SECOND)


def _bucket(account: Account, name: str, region: str = HOME, **verdicts: Any) -> str:
    """Create a bucket with what S3 gives to a new one: its own key, public access blocked, ACLs off."""
    s3 = account.client("s3", region)
    name = f"demo-shop-{name}"
    elsewhere = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerEnforced", **elsewhere)
    # Only a bucket from before April 2026 says nothing about keys that a request brings.
    _encryption(account, name, region, refused="" if region == SECOND else "SSE-C", SSEAlgorithm="AES256")
    _block(account, name, region)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": named(name, team="shop")})
    account.expect(f"arn:aws:s3:::{name}", **verdicts)
    account.expect(f"arn:aws:s3:::{name}", **{"bad" if region == SECOND else "good": [CUSTOMER]})
    # What keeps no versions can neither be copied nor locked.
    versions = VERSIONS in verdicts.get("good", ())
    rare = [rule for rule in RARE if versions and rule not in verdicts["good"]]
    account.expect(f"arn:aws:s3:::{name}", bad=[*rare, MFA])
    account.expect(f"arn:aws:s3:::{name}", **{"bad" if name.endswith("inbox") else "good": [ACLS]})
    return name


def _encryption(
    account: Account, name: str, region: str = HOME, *, refused: str = "SSE-C", **default: str
) -> None:
    rule: dict[str, Any] = {
        "ApplyServerSideEncryptionByDefault": default,
        "BucketKeyEnabled": "KMSMasterKeyID" in default,
    }
    if refused:
        rule["BlockedEncryptionTypes"] = {"EncryptionType": [refused]}
    rules = [rule]
    account.client("s3", region).put_bucket_encryption(
        Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules}
    )


def _block(account: Account, name: str, region: str = HOME) -> None:
    account.client("s3", region).put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=_BLOCKED)


def _versioning(account: Account, name: str, status: str, region: str = HOME) -> None:
    account.client("s3", region).put_bucket_versioning(
        Bucket=name, VersioningConfiguration={"Status": status}
    )


def _policy(account: Account, name: str, *statements: dict[str, Any], region: str = HOME) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    account.client("s3", region).put_bucket_policy(Bucket=name, Policy=document)


def _allow(name: str, principal: Any, action: str) -> dict[str, Any]:
    resource = f"arn:aws:s3:::{name}/*"
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}


def _tls_only(name: str, action: str = "s3:*") -> dict[str, Any]:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _log_delivery(name: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": NUMBER}},
    }


def _volumes(account: Account) -> None:
    """Create volumes; only those of the games get a snapshot, and one of these is in the clear."""
    for region, name, encrypted in (
        (HOME, "web-root", True),
        (HOME, "build-cache", False),
        (SECOND, "game-state", True),
        (SECOND, "match-history", False),
    ):
        volume = _volume(account, region, name, encrypted)
        arn = f"arn:aws:ec2:{region}:{NUMBER}:volume/{volume}"
        account.expect(arn, **{"good" if encrypted else "bad": [VOLUME]})
        account.expect(arn, **{"good" if region == SECOND else "bad": [BACKUP]})
        if region == SECOND:
            _snapshot(account, volume, f"{name}-nightly", region, encrypted=encrypted)
    # Those that came with the machines.
    attached = [{"Name": "status", "Values": ["in-use"]}]
    for one in account.client("ec2").describe_volumes(Filters=attached)["Volumes"]:
        arn = f"arn:aws:ec2:{HOME}:{NUMBER}:volume/{one['VolumeId']}"
        account.expect(arn, good=[VOLUME], bad=[BACKUP])


def _volume(account: Account, region: str, name: str, encrypted: bool) -> str:  # noqa: FBT001 - a fact
    made = account.client("ec2", region).create_volume(
        AvailabilityZone=f"{region}a",
        Size=20,
        VolumeType="gp3",
        Encrypted=encrypted,
        TagSpecifications=[{"ResourceType": "volume", "Tags": named(name, team="shop")}],
    )
    id_: str = made["VolumeId"]
    return id_


def _snapshots(account: Account) -> None:
    source = _volume(account, HOME, "snapshot-source", True)  # noqa: FBT003 - as above
    account.expect(f"arn:aws:ec2:{HOME}:{NUMBER}:volume/{source}", good=[VOLUME, BACKUP])
    _snapshot(account, source, "orders-nightly")
    _snapshot(account, source, "handed-to-auditor", UserIds=["999999999999"])
    _snapshot(account, source, "appliance-image", GroupNames=["all"])


def _snapshot(
    account: Account, volume: str, name: str, region: str = HOME, *, encrypted: bool = True, **shared: Any
) -> None:
    """Make a snapshot and share it, with everyone where the group `all` is named."""
    ec2 = account.client("ec2", region)
    made = ec2.create_snapshot(
        VolumeId=volume,
        Description=f"Demo: {name}",
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": named(name, team="shop")}],
    )
    if shared:
        ec2.modify_snapshot_attribute(
            SnapshotId=made["SnapshotId"], Attribute="createVolumePermission", OperationType="add", **shared
        )
    arn = f"arn:aws:ec2:{region}::snapshot/{made['SnapshotId']}"
    account.expect(arn, **{"bad" if "GroupNames" in shared else "good": [SNAPSHOT]})
    account.expect(arn, **{"good" if encrypted else "bad": [PLAIN_SNAPSHOT]})
