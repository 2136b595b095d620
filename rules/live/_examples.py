"""Certificates that servers present, as examples state them."""

from datetime import timedelta
from typing import Any

from scanner import NOW, Presented


def valid(days: float = 60, since: float = 30, **facts: Any) -> Presented:
    """A certificate that ends in so many days, and began so many days ago."""
    subject = facts.pop("subject", "CN=shop.example.org")
    return Presented(
        subject=subject, starts=NOW - timedelta(days=since), ends=NOW + timedelta(days=days), **facts
    )
