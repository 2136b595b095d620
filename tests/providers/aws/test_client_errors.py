"""What botocore raises, in our words: pure, without a server."""

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    EndpointProviderError,
    IncompleteReadError,
    ParamValidationError,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from scanner.models.resource import Code
from scanner.providers.aws.errors import needed_permission, one_line, retry_after, translate

URL = {"endpoint_url": "https://ec2.eu-west-1.amazonaws.com/"}


def refused(
    code: str, words: str = "", status: int = 400, headers: dict[str, str] | None = None
) -> ClientError:
    about = {"HTTPStatusCode": status, "HTTPHeaders": headers or {}}
    return ClientError(
        {"Error": {"Code": code, "Message": words}, "ResponseMetadata": about}, "DescribeThings"
    )  # type: ignore[no-untyped-call,unused-ignore]


def unresolved(errno: int) -> EndpointConnectionError:
    cause = OSError("no name")
    cause.__cause__ = socket.gaierror(errno, "not known")
    return EndpointConnectionError(error=cause, **URL)


@pytest.mark.parametrize(
    ("error", "code", "again"),
    [
        (unresolved(socket.EAI_NONAME), Code.UNAVAILABLE, False),
        (unresolved(socket.EAI_AGAIN), Code.UNAVAILABLE, True),
        (EndpointConnectionError(error=ConnectionRefusedError(), **URL), Code.UNAVAILABLE, True),
        (ReadTimeoutError(error="slow", **URL), Code.UNAVAILABLE, True),
        (ConnectionClosedError(error="gone", **URL), Code.UNAVAILABLE, True),
        (SSLError(error="EOF occurred in violation of protocol", **URL), Code.UNAVAILABLE, True),
        (
            SSLError(error="[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", **URL),
            Code.UNAVAILABLE,
            False,
        ),
        (OSError(24, "Too many open files"), Code.UNAVAILABLE, True),
        (ParamValidationError(report="x must be a list"), Code.UNAVAILABLE, False),
        (EndpointProviderError(msg="no such region"), Code.UNAVAILABLE, False),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), Code.MALFORMED, True),
        (ResponseParserError("Unable to parse response"), Code.MALFORMED, True),
        (refused("403", status=403), Code.DENIED, False),
        (refused("404", status=404), Code.UNAVAILABLE, False),
        (refused("NotImplemented", status=501), Code.UNAVAILABLE, False),
        (refused("501", status=501), Code.UNAVAILABLE, False),
        (refused("ThrottlingException"), Code.THROTTLED, True),
        (refused("ReportInProgress", status=404), Code.UNAVAILABLE, True),
        (refused("SlowDown", status=503), Code.THROTTLED, True),
        (refused("503", status=503, headers={"content-type": "text/html"}), Code.UNAVAILABLE, True),
        (refused("500", status=500, headers={"content-type": "text/html"}), Code.MALFORMED, False),
        (refused("KMS.InternalException", status=500), Code.UNAVAILABLE, True),
        (refused("NoSuchBucketPolicy", status=404), Code.UNAVAILABLE, False),
        (refused("", status=400), Code.UNAVAILABLE, False),
    ],
)
def test_what_it_comes_to(error: Exception, code: Code, again: bool) -> None:  # noqa: FBT001 - a column of the table
    found = translate(error)
    assert (found.code, found.again, found.fatal) == (code, again, False)
    assert "\n" not in str(found)
    assert found.error


def test_a_gateway_in_between_may_pass() -> None:
    found = translate(
        ResponseParserError("Unable to parse"), 503, {"content-type": "text/html", "retry-after": "3"}
    )
    assert (found.code, found.again, found.after) == (Code.UNAVAILABLE, True, 3.0)
    assert not translate(ResponseParserError("Unable to parse"), 500, {"content-type": "text/html"}).again


def test_an_untrusted_certificate_names_the_variable() -> None:
    assert "AWS_CA_BUNDLE" in translate(SSLError(error="CERTIFICATE_VERIFY_FAILED", **URL)).text


@pytest.mark.parametrize(
    ("words", "permission"),
    [
        (
            "User: arn:aws:iam::1:user/x is not authorized to perform: rds:DescribeDBInstances on resource: *",
            "rds:DescribeDBInstances",
        ),
        ("User is not authorized to perform: SNS:ListTopics on resource", "sns:ListTopics"),
        ("is not authorized to perform [kms:DescribeKey] as", "kms:DescribeKey"),
        ("You are not authorized to perform this operation.", ""),
        ("Access Denied", ""),
    ],
)
def test_the_permission_that_aws_names(words: str, permission: str) -> None:
    assert needed_permission(words) == permission
    assert translate(refused("AccessDenied", words, 403)).permission == permission


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("two\n  lines", "two lines"),
        ("denied. Encoded authorization failure message: abc_DEF-123 more", "denied. … more"),
        ("key ASIAABCDEFGHIJKLMNOP is wrong", "key … is wrong"),
        (
            "bad. The Canonical String for this request should have been 'GET\n/\nx-amz-security-token:abc'",
            "bad. …",
        ),
        (f"token {'a1B/' * 60} here", "token … here"),
    ],
)
def test_one_line_without_secrets(words: str, expected: str) -> None:
    assert one_line(words) == expected


def test_what_is_too_long_loses_its_middle() -> None:
    text = one_line("who " + "word " * 200 + "with an explicit deny in a service control policy")
    assert len(text) == 300
    assert text.startswith("who word")
    assert text.endswith("with an explicit deny in a service control policy")


def test_how_long_to_wait() -> None:
    soon: Any = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < (retry_after({"retry-after": soon}) or 0) <= 30
    assert retry_after({"retry-after": "0.5"}) == 0.5
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({"x-amz-retry-after": "x", "retry-after": "2"}) == 2
    assert retry_after({}) is None
