"""What is configured against what is: an account on moto, and servers on this machine in its machines' place."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import Command, Ran
from test_exposure import REGION, Network

pytest_plugins = ["demo_account"]
pytestmark = pytest.mark.slow

OPEN_AND_THERE, OPEN_AND_EMPTY, SHUT_AND_THERE, OFFICE_AND_THERE, SHUT = 18443, 18022, 16379, 18389, 15432
LIVE = ("--select", "live", "--fail-on", "never")


@pytest.fixture
def listening() -> Iterator[set[int]]:
    """Take connections on this machine; the value is the ports that took one."""
    taken: set[int] = set()
    servers = [
        socket.create_server(("127.0.0.1", port))
        for port in (OPEN_AND_THERE, SHUT_AND_THERE, OFFICE_AND_THERE)
    ]

    def serve(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                taken.add(server.getsockname()[1])
                connection.close()

    for server in servers:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
    yield taken
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for a connection
        server.close()


@pytest.fixture
def address(moto: str, tmp_path: Path) -> tuple[str, Command]:
    """A machine whose group lets the internet in on two ports and an office on a third; its address."""
    network = Network()
    group = network.group(
        (OPEN_AND_THERE, OPEN_AND_THERE, "0.0.0.0/0"),
        (OPEN_AND_EMPTY, OPEN_AND_EMPTY, "0.0.0.0/0"),
        (OFFICE_AND_THERE, OFFICE_AND_THERE, "8.8.8.0/24"),
    )
    interface = network.machine(network.subnet("0.0.0.0/0"), group)
    [made] = network.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    ports = [OPEN_AND_THERE, OPEN_AND_EMPTY, SHUT_AND_THERE, OFFICE_AND_THERE, SHUT]
    # Every address of the inventory is answered by this machine: nothing of a test leaves it.
    (tmp_path / "surefoot.toml").write_text(
        f'[probe]\nvantage = "test"\nports = {ports}\ntimeout = 1\nconnect = ["*:*=127.0.0.1:*"]\n'
    )
    surefoot = Command(
        tmp_path,
        {
            "AWS_ENDPOINT_URL": moto,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        },
    )
    return made["Association"]["PublicIp"], surefoot


def outcomes(ran: Ran, address: str, rule: str) -> dict[int, str]:
    start = f"probe://test/tcp/{address}:"
    return {
        int(id_.removeprefix(start)): outcome
        for (of, id_), outcome in ran.verdicts.items()
        if of == rule and id_.startswith(start)
    }


def test_configured_and_found(address: tuple[str, Command], listening: set[int]) -> None:
    ip, surefoot = address
    ran = surefoot("scan", "aws", "--region", REGION, "--probe", "-o", "jsonl", *LIVE)
    assert outcomes(ran, ip, "port-open-against-configuration") == {
        OPEN_AND_THERE: "pass",  # confirmed
        OPEN_AND_EMPTY: "pass",
        SHUT_AND_THERE: "fail",
        OFFICE_AND_THERE: "unknown",  # this machine may have an address of the office
        SHUT: "pass",
    }
    assert outcomes(ran, ip, "port-open-without-listener") == {
        OPEN_AND_THERE: "pass",
        OPEN_AND_EMPTY: "fail",
        SHUT_AND_THERE: "pass",
        OFFICE_AND_THERE: "pass",
        SHUT: "pass",
    }
    assert ran.code == 3, "what is unknown is not clean"
    assert listening == {OPEN_AND_THERE, SHUT_AND_THERE, OFFICE_AND_THERE}
    assert "probing 5 ports of 1 host from 'test'" in ran.err
    [finding] = [
        line
        for line in ran.of_type("verdict")
        if (line["rule"], line["outcome"]) == ("port-open-without-listener", "fail")
    ]
    assert finding["messages"][0].startswith("it is open to the whole internet by ")
    assert finding["provider"] == "probe"


@pytest.mark.parametrize(
    ("source", "outcome"), [("8.8.8.8", "pass"), ("9.9.9.9", "fail")], ids=["office", "stranger"]
)
def test_who_knows_its_own_address_knows_what_to_expect(
    address: tuple[str, Command], listening: set[int], source: str, outcome: str
) -> None:
    ip, surefoot = address
    ran = surefoot("scan", "aws", "--region", REGION, "--probe", "--source", source, "-o", "jsonl", *LIVE)
    assert outcomes(ran, ip, "port-open-against-configuration")[OFFICE_AND_THERE] == outcome
    assert "unknown" not in ran.verdicts.values()
    assert OFFICE_AND_THERE in listening


def test_without_being_asked_nothing_is_contacted(address: tuple[str, Command], listening: set[int]) -> None:
    _, surefoot = address
    ran = surefoot(
        "scan", "aws", "--region", REGION, "-o", "jsonl", "--fail-on", "never", "--save", "kept.jsonl"
    )
    assert listening == set()
    assert "probing" not in ran.err
    again = surefoot("evaluate", "kept.jsonl", "--fail-on", "never", "-o", "jsonl")
    assert not [line for line in again.of_type("gap") if line["kind"] in {"PortState", "TlsEndpoint"}]


def test_what_was_read_another_day_is_not_probed(address: tuple[str, Command], listening: set[int]) -> None:
    _, surefoot = address
    surefoot("collect", "aws", "--region", REGION, "-o", "kept.jsonl")
    ran = surefoot("scan", "kept.jsonl", "--probe")
    assert ran.code == 2
    assert "only what was just read is probed" in ran.err
    assert listening == set()


def test_a_saved_scan_says_the_same_again(address: tuple[str, Command], listening: set[int]) -> None:
    _, surefoot = address
    live = surefoot(
        "scan", "aws", "--region", REGION, "--probe", "--save", "kept.jsonl", "-o", "jsonl", *LIVE
    )
    again = surefoot("evaluate", "kept.jsonl", "-o", "jsonl", *LIVE)
    assert live.verdicts == again.verdicts
    assert live.code == again.code == 3
    assert listening
