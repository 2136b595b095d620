"""What of an inventory is probed, what is spoken there, and whom the configuration lets in."""

import errno
from typing import Any

import pytest

from rules.network._examples import around, endpoint
from scanner.models.endpoint import Endpoint
from scanner.models.load_balancer import Listener
from scanner.models.network import Firewall
from scanner.models.resource import Code, Resource, UnreadError
from scanner.providers.probe.connecting import _state, is_public
from scanner.providers.probe.joining import Configured, Inventory, Joined
from scanner.providers.probe.settings import Settings

ADDRESS = "198.35.26.96"


def joined(*resources: Resource, **settings: Any) -> Joined:
    inventory = Inventory()
    inventory.add(resources)
    return inventory.joined(Settings(**{"ports": (22, 443), **settings}))


def at(found: Joined, port: int) -> Configured:
    return found.configured[f"{ADDRESS}:{port}"]


def test_the_usual_ports_and_those_that_are_open() -> None:
    found = joined(endpoint(), *around("tcp", 8888, "0.0.0.0/0"))
    assert [target.port for target in found.targets] == [22, 443, 8888]
    assert (at(found, 8888).open_to, at(found, 8888).us) == ("all", "open")
    assert (at(found, 22).open_to, at(found, 22).us) == ("nobody", "closed")
    assert any("tcp from 0.0.0.0/0" in ref for ref in at(found, 8888).via)


def test_of_a_wide_range_the_usual_ports() -> None:
    found = joined(endpoint(), *around("tcp", None, "0.0.0.0/0"))
    assert [target.port for target in found.targets] == [22, 443]
    assert at(found, 22).open_to == "all"


def test_where_nothing_is_open_nothing_is_spoken_and_asked_once() -> None:
    shut, open_ = joined(endpoint(), *around("tcp", 443, "0.0.0.0/0")).targets
    assert (shut.port, shut.talk.tls, shut.tries) == (22, False, 1)
    assert (open_.port, open_.talk.tls, open_.talk.http, open_.tries) == (443, True, True, 2)
    assert open_.named is None, "nobody knows by which name people come"


@pytest.mark.parametrize(
    ("sources", "us"),
    [((), None), (("198.35.26.7",), "open"), (("9.9.9.9",), "closed"), (("2600::1",), None)],
    ids=["unknown", "inside", "outside", "of the other family"],
)
def test_what_is_open_to_some(sources: tuple[str, ...], us: str | None) -> None:
    found = joined(endpoint(), *around("tcp", 22, "198.35.26.0/24"), sources=sources)
    assert at(found, 22).open_to == "some"
    if us is None:
        assert isinstance(at(found, 22).us, UnreadError)
        assert at(found, 22).us.why.code is Code.NOT_ASKED  # type: ignore[union-attr]
    else:
        assert at(found, 22).us == us


def test_what_was_not_read_is_neither_open_nor_closed() -> None:
    rest = [one for one in around("tcp", 22, "0.0.0.0/0") if not isinstance(one, Firewall)]
    found = joined(endpoint(), *rest, Firewall(id="sg-1"))
    assert isinstance(at(found, 22).open_to, UnreadError)
    assert isinstance(at(found, 22).us, UnreadError)


def test_addresses_that_were_not_read_are_told_of() -> None:
    found = joined(Endpoint(id="eni-1"), *around("tcp", 22, "0.0.0.0/0"))
    assert found.targets == []
    [error] = found.unread
    assert "addresses" in error.field


def test_what_has_no_public_address_is_not_probed() -> None:
    private = endpoint()
    hidden = private.model_copy(
        update={"addresses": (private.addresses[0].model_copy(update={"public": None}),)}
    )
    assert joined(hidden, *around("tcp", 22, "0.0.0.0/0")).targets == []


def test_a_listener_says_what_is_spoken() -> None:
    listener = Listener(id="l", load_balancer="i-1", protocol="https", ports=((8888, 8888),))
    found = joined(endpoint(), listener, *around("tcp", 8888, "0.0.0.0/0"), ports=())
    [target] = found.targets
    assert (target.talk.tls, target.talk.http) == (True, True)


def test_one_address_is_probed_once() -> None:
    twin = endpoint().model_copy(update={"id": "another"})
    found = joined(endpoint(), twin, *around("tcp", 22, "0.0.0.0/0"))
    assert len(found.targets) == 2


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2600::1", True), ("127.0.0.1", False), ("169.254.169.254", False), ("10.0.0.1", False),
     ("::1", False), ("fd00::1", False)],
)  # fmt: skip
def test_only_the_internet_is_probed_for_an_inventory(address: str, *, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (0, "open"),
        (errno.ECONNREFUSED, "closed"),
        (errno.EHOSTUNREACH, "filtered"),
        (errno.EACCES, "filtered"),
        (errno.ETIMEDOUT, "filtered"),
        (errno.ENETUNREACH, ""),
        (errno.EMFILE, ""),
    ],
)
def test_states(code: int, state: str) -> None:
    found = _state(code, "198.51.100.7")
    assert found.state == state
    assert bool(found.why) is not bool(state)


class TestHosts:
    @pytest.fixture
    def inventory(self) -> Inventory:
        made = Inventory()
        made.add([endpoint(), *around("tcp", 9000, "0.0.0.0/0")])
        return made

    def test_by_the_id_of_the_machine(self, inventory: Inventory) -> None:
        assert inventory.lets_in("i-1", [], "tcp", 9000)["open_to"] == "all"
        assert inventory.lets_in("i-1", [], "tcp", 22)["open_to"] == "nobody"
        assert inventory.lets_in("i-1", [], "udp", 9000)["open_to"] == "nobody"

    def test_by_an_address(self, inventory: Inventory) -> None:
        assert inventory.lets_in("web-1", ["172.17.0.1", ADDRESS], "tcp", 9000)["open_to"] == "all"

    def test_a_machine_elsewhere(self, inventory: Inventory) -> None:
        with pytest.raises(LookupError):
            inventory.lets_in("web-1", ["172.17.0.1"], "tcp", 9000)
