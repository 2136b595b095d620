"""Who would scan what: identity, account, regions, and which permissions are missing, before a scan."""

from collections.abc import Iterable, Iterator, Sequence

from scanner.collect import Collection, Event, Unit
from scanner.config import Config
from scanner.engine import Tuned
from scanner.inventory import Gap
from scanner.models.resource import Code
from scanner.providers.pace import Pace, PaceSettings
from scanner.run import Choice, needs_of, plan_for, sign_in, units_of

Line = tuple[str, bool]
"""A line for people, and whether it says that something is missing."""


def examine(config: Config, choice: Choice, rules: Sequence[Tuned]) -> Iterator[Line]:
    """Sign in, list what the selected rules would list in one region, and say what was refused.

    Raises SignInError. Sends each listing once, in the first region only, and each detail call for what it finds.
    """
    pace = Pace(PaceSettings(config.pace.share, config.pace.max_rate))
    sessions = sign_in(config, choice, "doctor")
    units, gaps, left_out = units_of(sessions, config, choice, pace)
    for unit in units:
        session = unit.session
        yield f"{session.cloud} account {session.account}, signed in as {session.identity}", False
        yield f"  regions: {', '.join(unit.regions) or 'none'}", not unit.regions
        first = Unit(session, (session.home,) if session.home in unit.regions else unit.regions[:1])
        plan = plan_for(session.cloud, needs_of(rules, choice.only))
        missing = dict(_missing(Collection([first], plan, pace=pace).events()))
        for permission, text in sorted(missing.items()):
            yield f"  missing {permission}: {text}", True
        if not missing:
            yield (
                f"  every call that {len(rules)} rules need was answered in {', '.join(first.regions)}",
                False,
            )
    for gap in gaps:
        yield f"  missing {gap.permission or gap.call}: {gap.why}", True
    for scope in left_out:
        yield f"  left out by the configuration: {scope}", False


def _missing(events: Iterable[Event]) -> Iterator[tuple[str, str]]:
    """Yield each permission (or call) that was missing, with what the cloud said."""
    for event in events:
        if isinstance(event, Gap):
            yield event.permission or event.call, f"{event.code}: {event.why}"
        elif isinstance(event, list):
            for resource in event:
                for why in resource.unread.values():
                    if why.code is Code.DENIED:
                        yield why.permission or why.call, f"denied: {why.text}"
