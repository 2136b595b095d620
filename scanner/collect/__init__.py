"""Provider × scope → inventory, concurrently. The only room that meets a failed call."""

from scanner.collect.collection import WORKERS, Collection, Event, Unit, Whole
from scanner.collect.sending import Progress, Sender

__all__ = ["WORKERS", "Collection", "Event", "Progress", "Sender", "Unit", "Whole"]
