"""CloudFormation: what the tags of a stack and the marks of its template lead to."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from scanner.iac import Ownership, Subject
from scanner.iac.settings import settings_of
from scanner.models.network import Firewall
from scanner.models.resource import NO_CODE, Cloud, Code, Resource, Scope, UnreadError, Why
from scanner.models.storage import Bucket

HERE = Scope(Cloud.AWS, "111122223333", "eu-west-1")
SHOP = """AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "${AWS::StackName}-logs"
      VersioningConfiguration:
        Status: Suspended
  LogsPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Logs
      PolicyDocument:
        Statement: []
  Admin:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 443
          ToPort: 443
          CidrIp: 0.0.0.0/0
        - IpProtocol: tcp
          FromPort: 22
          ToPort: 22
          CidrIp: 0.0.0.0/0
  Plain:
    Type: AWS::S3::Bucket
"""


def where(folder: Path, resource: Resource, fields: Sequence[str], *messages: str) -> str:
    ownership = Ownership(folder)
    owner = ownership.marked(resource).managed_by
    subject = Subject(HERE, resource.kind(), resource.id)
    found = ownership.locate(subject, settings_of(resource.kind(), fields), messages)
    assert owner == "cloudformation shop/" + resource.tags["aws:cloudformation:logical-id"]
    return "nowhere" if found is None else f"{found.path}:{found.line}"


def tagged(kind: type[Resource], logical_id: str) -> Resource:
    tags = {"aws:cloudformation:stack-name": "shop", "aws:cloudformation:logical-id": logical_id}
    return kind(id=f"arn:aws:x:::{logical_id}", scope=HERE, tags=tags)


def test_properties_parts_and_items(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    logs = tagged(Bucket, "Logs")
    assert where(tmp_path, logs, ["versioning"]) == "shop.yaml:8"
    assert where(tmp_path, logs, ["policy_grants"]) == "shop.yaml:13"
    assert where(tmp_path, logs, ["access_log"]) == "shop.yaml:3"
    assert where(tmp_path, tagged(Bucket, "Plain"), ["versioning"]) == "shop.yaml:27"
    admin = tagged(Firewall, "Admin")
    message = "tcp 22 is open to the whole internet (IPv4) by tcp 22 from 0.0.0.0/0"
    assert where(tmp_path, admin, ["rules"], message) == "shop.yaml:23"


def test_a_part_that_names_its_owner_within_a_text(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP.replace("!Ref Logs", '!Sub "${Logs}"'))
    assert where(tmp_path, tagged(Bucket, "Logs"), ["policy_grants"]) == "shop.yaml:13"


def test_json_and_the_name_of_the_file(tmp_path: Path) -> None:
    code = {"Resources": {"Logs": {"Type": "AWS::S3::Bucket"}}}
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "shop.json").write_text(json.dumps(code, indent=1))
    (tmp_path / "a" / "other.json").write_text(json.dumps(code))
    (tmp_path / "a" / "broken.yaml").write_text("Resources: AWS:: [")
    assert where(tmp_path, tagged(Bucket, "Logs"), ["versioning"]) == "a/shop.json:3"
    (tmp_path / "a" / "shop.json").rename(tmp_path / "a" / "third.json")
    assert where(tmp_path, tagged(Bucket, "Logs"), ["versioning"]) == "nowhere", (
        "two templates, and no telling which"
    )


def test_what_no_stack_made_is_unmanaged(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    ownership = Ownership(tmp_path)
    assert ownership.reads_tags
    assert ownership.marked(Bucket(id="arn:aws:s3:::x", scope=HERE, tags={})).managed_by is None
    denied = Why(code=Code.DENIED, permission="s3:GetBucketTagging")
    for tags, unread in (({"tags": denied}, denied), ({}, NO_CODE)):
        one = ownership.marked(Bucket(id="arn:aws:s3:::x", scope=HERE, unread=tags))
        with pytest.raises(UnreadError) as error:
            _ = one.managed_by
        assert error.value.why == unread, "a stack may own it, and its name is in the tags"
