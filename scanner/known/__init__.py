"""What is known already: waivers (accepted on purpose) and the run before (seen already). Data and pure functions."""

from scanner.known.adding import with_waiver
from scanner.known.comparing import Change, Comparison, Entry, compare, lost
from scanner.known.past import Past, RunError, Seen, present_in, read_run, type_of
from scanner.known.reading import WaiverError, load, parse
from scanner.known.settling import Run, Settled, State, Use, notes, settle
from scanner.known.waiver import AcceptedGap, Terms, Units, Waiver, WaiverFile

__all__ = [
    "AcceptedGap",
    "Change",
    "Comparison",
    "Entry",
    "Past",
    "Run",
    "RunError",
    "Seen",
    "Settled",
    "State",
    "Terms",
    "Units",
    "Use",
    "Waiver",
    "WaiverError",
    "WaiverFile",
    "compare",
    "load",
    "lost",
    "notes",
    "parse",
    "present_in",
    "read_run",
    "settle",
    "type_of",
    "with_waiver",
]
