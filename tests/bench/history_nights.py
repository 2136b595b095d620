"""Stores three nights of verdicts, a hundredth of which flips in between, and prints what each cost, as JSON."""

import argparse
import gc
import json
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.engine import Outcome, Unread, Verdict
from scanner.history.keeping import keep
from scanner.history.night import Night
from scanner.history.opening import open_history
from scanner.known import Past, Seen, present_in
from scanner.models.resource import Cloud, Code, Scope, Why
from scanner.rule import Severity

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
RULES = [f"rule-number-{number}" for number in range(200)]
EACH = 10


WORDS = (
    "the data on the volume is not encrypted",
    "backups are kept {} days, fewer than 7",
    "port {} is open to 0.0.0.0/0 by rule sgr-{:017x}",
    "the certificate ends in {} days",
    "no alarm watches it",
)
WHY = Why(code=Code.DENIED, permission="kms:DescribeKey", call="kms.DescribeKey", text="AccessDenied")


def verdicts(count: int, *, flipped: bool) -> Iterator[Verdict]:
    """Ten verdicts on each resource of 300 accounts; a fifth are findings, a hundredth could not be judged."""
    dice = random.Random(7)  # noqa: S311 - the same night every time
    for number in range(count // EACH):
        region, account = (
            ("eu-west-1", "us-east-1", "eu-central-1")[number // 300 % 3],
            f"{100_000_000_000 + number % 300}",
        )
        scope = Scope(Cloud.AWS, account, region)
        id_ = f"arn:aws:ec2:{region}:{account}:volume/vol-{number:017x}"
        for which, rule in enumerate(RULES[number % 20 * EACH :][:EACH]):
            luck, flip = dice.random(), dice.random() < 0.01
            bad = (luck < 0.2) is not (flip and flipped)
            words = (WORDS[which % len(WORDS)].format(number % 60, number),) if bad else ()
            outcome = Outcome.FAIL if bad else Outcome.UNKNOWN if luck > 0.99 else Outcome.PASS
            unread = (Unread("Volume.key", WHY),) if outcome is Outcome.UNKNOWN else ()
            name = f"volume-{number}"
            yield Verdict(rule, rule, outcome, Severity.HIGH, scope, "Volume", id_, name, words, unread)


def _owners(all_: Sequence[Verdict]) -> dict[str, str]:
    """Half of the accounts are somebody's."""
    return {
        one.fingerprint: f"team-{int(one.scope.account) % 40}"
        for one in all_
        if int(one.scope.account) % 300 < 150
    }


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("where")
    words.add_argument("--verdicts", type=int, default=1_000_000)
    given = words.parse_args()
    gc.set_threshold(50_000, 20, 100)
    engine = open_history(given.where, make=True)
    nights: list[dict[str, Any]] = []
    for number in range(3):
        all_ = list(verdicts(given.verdicts, flipped=number == 1))
        owners = _owners(all_)
        wall, cpu = time.perf_counter(), time.process_time()
        past = Past(
            started=FIRST + timedelta(days=number),
            scopes=frozenset(one.scope for one in all_),
            rules=dict.fromkeys(RULES, 1),
            seen={print_: Seen(print_, one) for one in all_ if (print_ := one.fingerprint)},
            present=present_in(all_),
        )
        kept = keep(engine, Night(past, run=f"night-{number}", owners=owners))
        took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        nights.append({**took, "compared": kept.compared, "turns": sum(kept.counts.values())})
        del all_, past, kept, owners
    engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"nights": nights, "peak": peak, "verdicts": given.verdicts}))


if __name__ == "__main__":
    main()
