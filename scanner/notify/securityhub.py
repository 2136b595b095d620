"""Pushes the findings of AWS accounts to AWS Security Hub, in batches that it takes.

Limits (API reference, BatchImportFindings): 100 findings and 6 MB a call, 240 KB a finding, 10 calls a second. A
finding goes to the Security Hub of its own account and region.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from scanner.errors import UserError
from scanner.report import Report
from scanner.reporters.asff import findings

_FINDINGS: Final = 100
_BYTES: Final = 6_000_000
_LARGEST: Final = 240_000
_PAUSE: Final = 0.1

#: Asks Security Hub of a region: the keyword arguments of BatchImportFindings to its answer.
Import = Callable[..., Mapping[str, Any]]
Connect = Callable[[str], Import]


class PushError(UserError):
    """Security Hub cannot be told; exit code 2."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of a push: how many were taken, how many not, and the first reasons."""

    taken: int
    refused: int
    reasons: tuple[str, ...] = ()


def connect(profile: str | None = None) -> tuple[str, Connect]:
    """Sign in by the SDK's own chain, or a profile; return the account, and who asks a region. Raises PushError."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        session = boto3.session.Session(profile_name=profile)
        account = str(session.client("sts").get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise PushError(f"--push securityhub: no working sign-in: {error}") from None

    def of(region: str) -> Import:
        settings = Config(retries={"mode": "standard", "total_max_attempts": 5})
        client = session.client("securityhub", region, config=settings)

        def send(**words: Any) -> Mapping[str, Any]:
            try:
                answer: Mapping[str, Any] = client.batch_import_findings(**words)
            except (BotoCoreError, ClientError) as error:
                raise PushError(str(error)) from None
            return answer

        return send

    return account, of


def push(report: Report, account: str, of: Connect, pause: float = _PAUSE) -> Pushed:
    """Push every verdict of one account. What is of other accounts stays out: each has a Security Hub of its own."""
    by_region: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in findings(report):
        if finding["AwsAccountId"] == account:
            by_region[finding["Resources"][0]["Region"]].append(finding)
    taken, refused, reasons = 0, 0, []
    for region, of_region in sorted(by_region.items()):
        send = of(region)
        for batch in batches(of_region):
            try:
                answer = send(Findings=batch)
            except PushError as error:
                refused += len(batch)
                reasons.append(f"{region}: {error}")
                break
            taken += answer["SuccessCount"]
            refused += answer["FailedCount"]
            reasons += [f"{region}: {one['ErrorMessage']}" for one in answer.get("FailedFindings", ())]
            time.sleep(pause)
    return Pushed(taken, refused, tuple(dict.fromkeys(reasons)))


def batches(found: Iterable[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    """Yield batches of at most 100 findings and 6 MB; a finding that is too large alone is shortened."""
    batch: list[dict[str, Any]] = []
    size = 0
    for finding in found:
        length = len(orjson.dumps(finding))
        if length > _LARGEST:
            finding = {**finding, "Resources": [{"Type": "Other", "Id": finding["Resources"][0]["Id"][:512]}]}  # noqa: PLW2901
            length = len(orjson.dumps(finding))
        if batch and (len(batch) == _FINDINGS or size + length > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(finding)
        size += length
    if batch:
        yield batch
