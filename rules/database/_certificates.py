"""What the rules on certificates of database servers say."""

from datetime import datetime, timedelta
from typing import Annotated

from scanner import Option, Problems

Days = Annotated[int, Option("days before its end from which on it is a finding", at_least=1, at_most=3650)]


def ending(ends: datetime | None, now: datetime, days: int) -> Problems:
    """Say when a certificate ends, if that is soon or over."""
    if ends is None:
        return
    left = (ends - now) // timedelta(days=1)
    if ends <= now:
        yield f"its certificate ended on {ends:%Y-%m-%d}"
    elif left < days:
        yield f"its certificate ends on {ends:%Y-%m-%d}, in {left} day{'s' * (left != 1)}"
