"""What AWS takes at once: policies cut to the size of a managed one, and a session policy within its 2,048 characters.

Limits: IAM and STS quotas (managed policy: 6,144 characters, white space not counted; session policy: 2,048).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

MANAGED: Final = 6144
SESSION: Final = 2048

#: Actions that read what is in things, and not what they are. No wildcard of ours covers one of them.
CONTENTS: Final = (
    "athena:GetQueryResults",
    "cloudformation:GetTemplate",
    "codecommit:GetFile",
    "cognito-idp:GetUser",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "ec2:GetConsoleOutput",
    "ec2:GetConsoleScreenshot",
    "ec2:GetPasswordData",
    "ecr:GetAuthorizationToken",
    "glacier:GetJobOutput",
    "iam:GetCredentialReport",
    "kinesis:GetRecords",
    "lambda:GetFunction",
    "lambda:GetLayerVersion",
    "logs:GetLogEvents",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "redshift:GetClusterCredentials",
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
)

#: Where not even wildcards fit: AWS's own policies for auditors, which limit a session as well.
AUDITORS: Final = ("policy/SecurityAudit", "policy/job-function/ViewOnlyAccess")


def document(actions: Iterable[str], resource: str | Sequence[str] = "*") -> dict[str, Any]:
    """Return an IAM policy that allows these actions."""
    allowed = {"Sid": "Surefoot", "Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [allowed]}


def size(policy: Mapping[str, Any]) -> int:
    """Return how many characters of a policy AWS counts."""
    return len(json.dumps(policy, separators=(",", ":")))


def managed(actions: Sequence[str]) -> list[dict[str, Any]]:
    """Return as few policies as hold these actions, in their order, none larger than AWS takes."""
    found: list[list[str]] = [[]]
    for action in actions:
        if size(document([*found[-1], action])) > MANAGED:
            found.append([])
        found[-1].append(action)
    return [document(some) for some in found]


def session_policy(actions: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of AssumeRole that limit a session to these actions, as nearly as AWS takes them.

    In full where they fit, else with wildcards for those that begin alike, service by service; else the ARNs of AWS's
    own policies for auditors, with `{partition}` to fill in. None: no action, no limit.
    """
    if not actions:
        return {}
    patterns = tuple(actions)
    for patterns in _ever_wider(actions):
        if size(document(patterns)) <= SESSION:
            return {"Policy": json.dumps(document(patterns), separators=(",", ":"))}
    return {"PolicyArns": [{"arn": f"arn:{{partition}}:iam::aws:{name}"} for name in AUDITORS]}


def _ever_wider(actions: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the actions, then patterns of them: each time the wildcard that saves most takes the place of its own."""
    patterns = set(actions)
    while True:
        yield tuple(sorted(patterns))
        widest = max(_wildcards(patterns), default=None)
        if widest is None:
            return
        _, pattern = widest
        patterns = {one for one in patterns if not fnmatchcase(one, pattern)} | {pattern}


def _wildcards(patterns: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield (characters saved, pattern) for every two or more that share the beginning of their words."""
    groups: dict[str, list[str]] = defaultdict(list)
    for one in patterns:
        service, _, name = one.partition(":")
        words = _words(name.rstrip("*"))
        for count in range(1, len(words) + 1):
            groups[f"{service}:{''.join(words[:count])}*"].append(one)
    for pattern, some in groups.items():
        if len(some) > 1 and not any(fnmatchcase(content, pattern) for content in CONTENTS):
            yield sum(len(one) + 3 for one in some) - len(pattern) - 3, pattern


def _words(name: str) -> list[str]:
    """Cut `DescribeDBInstances` into Describe, D, B, Instances: a pattern ends where a word does."""
    words: list[str] = []
    for letter in name:
        if letter.isupper() or not words:
            words.append(letter)
        else:
            words[-1] += letter
    return words


def covers(patterns: Iterable[str], action: str) -> bool:
    """Tell whether one of the patterns allows an action; IAM does not mind its case."""
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
