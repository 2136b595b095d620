"""Provider × scope → inventory, concurrently. The only room that meets a failed call."""

from scanner.collect.collection import WORKERS, Collection, Event, Ready, Unit
from scanner.collect.sending import Progress

__all__ = ["WORKERS", "Collection", "Event", "Progress", "Ready", "Unit"]
