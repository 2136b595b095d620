"""Who would scan what: identity, account, regions, and which permissions are missing, before a scan."""

from collections.abc import Iterable, Iterator, Sequence

from scanner.collect import Collection, Event, Unit
from scanner.config import Config
from scanner.engine import Tuned
from scanner.inventory import Gap
from scanner.models.resource import GLOBAL, Code
from scanner.providers.pace import Pace, PaceSettings
from scanner.run import Choice, needs_of, plan_for, sign_in
from scanner.runs.reading import Asked, scopes_of

Line = tuple[str, bool]
"""A line for people, and whether it says that something is missing."""


def examine(config: Config, choice: Choice, rules: Sequence[Tuned]) -> Iterator[Line]:
    """Sign in, list what the selected rules would list in one region, and say what was refused.

    Raises SignInError. Sends each listing once, in the first region only, and each detail call for what it finds.
    """
    pace = Pace(PaceSettings(config.pace.share, config.pace.max_rate))
    sessions = sign_in(config, choice, "doctor")
    regions = {
        key: choice.regions.get(key.cloud) or getattr(config, key.cloud.value).regions for key in sessions
    }
    skipped = {cloud: getattr(config, cloud.value).skip_regions for cloud in choice.clouds}
    asked = Asked({}, regions, skipped, alone=len(sessions) == 1)
    for key, session in sessions.items():
        yield f"{key.cloud} account {key.account}, signed in as {session.identity}", False
        scopes, left_out, gaps = scopes_of(asked, key, session, pace)
        names = tuple(scope.region for scope in scopes if scope.region != GLOBAL)
        yield f"  regions: {', '.join(names) or 'none'}", not names
        for gap in gaps:
            yield f"  missing {gap.permission or gap.call}: {gap.why}", True
        for scope in left_out:
            yield f"  left out by the configuration: {scope}", False
        if scopes:
            first = Unit(session, (session.home,) if session.home in names else names[:1])
            yield from _examined(first, rules, choice, pace)


def _examined(unit: Unit, rules: Sequence[Tuned], choice: Choice, pace: Pace) -> Iterator[Line]:
    planned = plan_for(unit.session.cloud, needs_of(rules, choice.only))
    missing = dict(_missing(Collection([unit], planned, pace=pace).events()))
    for permission, text in sorted(missing.items()):
        yield f"  missing {permission}: {text}", True
    if not missing:
        yield f"  every call that {len(rules)} rules need was answered in {', '.join(unit.regions)}", False


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
