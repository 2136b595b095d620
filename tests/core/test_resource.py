"""A fact that was not read is never a value."""

import copy
import pickle

import pytest
from kinds import Door, Lock

from scanner.models.resource import UNREAD, Cloud, Code, Scope, UnreadError, Why
from scanner.models.watch import NOT_READ, watch


def test_an_unset_field_raises_and_says_why() -> None:
    why = Why(code=Code.DENIED, permission="s3:GetLock", text="AccessDenied")
    door = Door(open=True, unread={"lock": why})
    assert door.open
    with pytest.raises(UnreadError, match=r"Door\.lock: s3:GetLock: AccessDenied"):
        _ = door.lock
    with pytest.raises(UnreadError, match="no selected rule asked"):
        _ = door.height_cm


def test_getattr_with_a_default_cannot_hide_it() -> None:
    with pytest.raises(UnreadError):
        getattr(Door(), "open", False)
    with pytest.raises(AttributeError, match="opne"):
        _ = Door().opne  # type: ignore[attr-defined]


def test_none_is_an_answer() -> None:
    assert Door(lock=None).lock is None


def test_nested_facts_are_unread_too() -> None:
    with pytest.raises(UnreadError, match=r"Lock\.maker"):
        _ = Door(lock=Lock(pins=5)).lock.maker  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "again",
    [
        lambda door: pickle.loads(pickle.dumps(door)),  # noqa: S301
        copy.copy,
        copy.deepcopy,
        lambda door: Door.model_validate_json(door.model_dump_json()),
        lambda door: Door.model_validate(door.model_dump()),
    ],
)
def test_copies_miss_what_the_original_missed(again: object) -> None:
    door = Door(id="d", panes=(Lock(pins=3),), unread={"open": Why(code=Code.THROTTLED)})
    twin = again(door)  # type: ignore[operator]
    assert twin == door
    assert twin.panes[0].pins == 3
    assert twin.unread["open"].code is Code.THROTTLED
    with pytest.raises(UnreadError):
        _ = twin.lock


def test_equality_is_by_kind_and_id_and_azure_ignores_case() -> None:
    azure = Scope(Cloud.AZURE, "s", "westeurope")
    assert Door(id="A", scope=azure) == Door(id="a", scope=azure)
    assert hash(Door(id="A", scope=azure)) == hash(Door(id="a", scope=azure))
    assert Door(id="A") != Door(id="a")
    assert Door(id="x", open=True) == Door(id="x", open=False)


def test_nothing_else_can_be_set() -> None:
    with pytest.raises(ValueError, match="opne"):
        Door(opne=True)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="frozen"):
        Door().open = True


def test_what_was_set_is_told_of_each_though_it_is_kept_once() -> None:
    one, other = Door(open=True), Door(open=False)
    whole, less = Door(open=True, lock=None, height_cm=200), Door(height_cm=200)
    changed = other.model_copy(update={"lock": None})
    assert changed.model_fields_set == {"open", "lock"}
    assert one.model_fields_set == other.model_fields_set == {"open"}
    assert (whole.model_fields_set, less.model_fields_set) == ({"open", "lock", "height_cm"}, {"height_cm"})
    assert not less.known("open")


def test_unread_survives_a_copy() -> None:
    assert copy.deepcopy(UNREAD) is UNREAD
    assert pickle.loads(pickle.dumps(UNREAD)) is UNREAD  # noqa: S301


def test_watch_sees_nested_reads_and_changes_nothing() -> None:
    seen: list[tuple[str, object]] = []
    door = Door(id="d", lock=Lock(pins=5), panes=(Lock(pins=1), Lock(pins=2)))
    watched = watch(door, lambda _, path, value: seen.append((path, value)))
    assert watched.lock is not None
    assert [watched.lock.pins, *(pane.pins for pane in watched.panes)] == [5, 1, 2]
    with pytest.raises(UnreadError):
        _ = watched.open
    assert ("lock.pins", 5) in seen
    assert ("panes.pins", 2) in seen
    assert ("open", NOT_READ) in seen
    assert watched == door
    assert isinstance(watched, Door)
    assert watched.kind() == "Door"
