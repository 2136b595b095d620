"""Log groups that trails write to: which are the account's own, and where others stand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner import Account, Code, InAccount, LogGroup, Trail, UnreadError, Why, all_of, each

from ._trails import records


@dataclass(slots=True)
class Groups:
    """The account's log groups that a trail writes to; then why there may be more, here or elsewhere."""

    here: set[str] = field(default_factory=set)
    missing: UnreadError | None = None
    elsewhere: UnreadError | None = None


def groups_of(account: Account, trails: Iterable[Trail], groups: InAccount[LogGroup]) -> Groups:
    """Say where the log groups stand of those trails that record every region."""
    found = Groups()
    try:
        list(each(trails, lambda trail: _place(account, groups, trail, found)))
    except UnreadError as unread:
        found.missing = unread
    return found


def _place(account: Account, groups: InAccount[LogGroup], trail: Trail, found: Groups) -> Iterator[None]:
    """Say of a trail's log group where it stands. Raises UnreadError where that is not known."""
    if all_of(
        lambda: records(trail, "management_events", ("all",)),
        lambda: trail.log_group is not None,
    ):
        group = str(trail.log_group)
        _, _, _, region, owner, _, _ = group.split(":", 6)
        if owner != account.scope.account:
            found.elsewhere = _nothing_here(f"the log group is account {owner}'s, where alarms on it stand")
        elif groups.get(group) is None:
            found.elsewhere = _nothing_here(f"the log group stands in {region}, which was not looked at")
        else:
            found.here.add(group)
    yield


def _nothing_here(text: str) -> UnreadError:
    return UnreadError("Trail.log_group", Why(code=Code.NOT_APPLICABLE, text=text))
