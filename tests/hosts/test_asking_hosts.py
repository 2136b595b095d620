"""What hosts print → facts; words → hosts; Systems Manager as a backend; this machine, for real."""

import socket
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from shipped import RULES

from scanner.config import Config
from scanner.engine import Outcome, Tuned
from scanner.errors import UserError
from scanner.models.resource import Cloud, Code, Scope
from scanner.providers.hosts import asking
from scanner.providers.hosts.calls import FILTER, MOUNTS, SERVICES, SOCKETS
from scanner.providers.hosts.session import HostSession, connect
from scanner.providers.hosts.ssm import SsmBackend, SsmError
from scanner.providers.hosts.words import hosts
from scanner.providers.spec import Call, CallError, Page
from scanner.report import Report
from scanner.run import Choice, Scan
from scanner.visit import Visit, kinds_of_hosts

SHOWN = """\
Type=notify
Id=nginx.service
ActiveState=active
ConditionResult=yes
ConditionTimestamp=Mon 2026-11-23 01:00:00 UTC
TriggeredBy=

Type=simple
Id=agent.service
ActiveState=failed
ConditionResult=yes
ConditionTimestamp=Mon 2026-11-23 01:00:00 UTC

Type=oneshot
Id=resize.service
ActiveState=inactive
ConditionResult=yes
ConditionTimestamp=Mon 2026-11-23 01:00:00 UTC

Type=simple
Id=cups.service
ActiveState=inactive
ConditionResult=yes
ConditionTimestamp=Mon 2026-11-23 01:00:00 UTC
TriggeredBy=cups.socket cups.path

Type=simple
Id=only-on-metal.service
ActiveState=inactive
ConditionResult=no
ConditionTimestamp=Mon 2026-11-23 01:00:00 UTC

Type=exec
Id=never-started.service
ActiveState=inactive
ConditionResult=no
ConditionTimestamp=
"""


def test_services() -> None:
    found = {one["name"]: (one["state"], one["stays"]) for one in asking.shown(SHOWN)}
    assert found == {
        "nginx.service": ("running", True),
        "agent.service": ("failed", True),
        "resize.service": ("stopped", False),
        "cups.service": ("stopped", False),
        "only-on-metal.service": ("stopped", False),
        "never-started.service": ("stopped", True),
    }
    with pytest.raises(KeyError):
        list(asking.shown("Id=a.service\nActiveState=active\n"))


def test_unit_files() -> None:
    listed = (
        "ssh.service enabled enabled\ngetty@.service enabled enabled\n\n-x;rm.service enabled\n; enabled\n"
    )
    assert asking.services(listed) == ["ssh.service"]


def test_sockets() -> None:
    printed = ["tcp://0.0.0.0:22", "tcp://:::22", "tcp://127.0.0.1:6379", "udp://127.0.0.53%lo:53", "unix:///run/x",
               "tcp://[::1]:5432", "tcp://0.0.0.0:22", "tcp://*:80", "tcp://10.0.0.5:9000"]  # fmt: skip
    assert [
        (one["protocol"], one["address"], one["port"], one["everywhere"]) for one in asking.listening(printed)
    ] == [
        ("tcp", "0.0.0.0", 22, True),  # noqa: S104
        ("tcp", "::", 22, True),
        ("tcp", "127.0.0.1", 6379, False),
        ("udp", "127.0.0.53", 53, False),
        ("tcp", "::1", 5432, False),
        ("tcp", "*", 80, True),
        ("tcp", "10.0.0.5", 9000, False),
    ]


DF = """\
Filesystem     1024-blocks     Used Available Capacity Mounted on
/dev/sda1         10485760  9437184   1048576      90% /
/dev/sda1         10485760  9437184   1048576      90% /var/lib/docker/overlay
tmpfs              1048576        0   1048576       0% /run
/dev/loop0           56320    56320         0     100% /snap/core
/dev/sr0            600000   600000         0     100% /media/cd rom
//nas/share       20971520 10485760  10485760      50% /mnt/with space
none                     -        -         -        - /weird
"""
MOUNTED = {
    "/": ("ext4", ["rw"]), "/run": ("tmpfs", ["rw"]), "/snap/core": ("squashfs", ["ro"]),
    "/media/cd rom": ("iso9660", ["ro"]), "/mnt/with space": ("cifs", ["rw"]),
}  # fmt: skip


def test_mounts() -> None:
    found = {one["path"]: (one["total_gib"], one["free_gib"]) for one in asking.mounts(DF, MOUNTED)}
    assert found == {"/": (10, 1), "/mnt/with space": (20, 10)}


@pytest.mark.parametrize(
    ("rules", "filters"),
    [
        ("", False),
        (":INPUT ACCEPT [0:0]\n-A INPUT -p tcp -j ACCEPT\n", False),
        (":INPUT DROP [0:0]\n", True),
        ("-A INPUT -j REJECT --reject-with icmp-port-unreachable\n", True),
        ("table inet filter { chain input { type filter hook input priority 0; policy drop; } }", True),
        ("table inet filter { chain input { policy accept; tcp dport 22 accept } }", False),
    ],
)
def test_packet_filters(rules: str, *, filters: bool) -> None:
    assert asking.keeps_out(rules) is filters


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("local://", "local/localhost"),
        ("ssh://admin@web-1", "ssh/web-1"),
        ("ssh://web-1:2222", "ssh/web-1:2222"),
        ("docker://shop_web.1", "docker/shop_web.1"),
        ("kubectl://pod-1?namespace=shop", "kubectl/pod-1"),
        ("ssm://i-0abc?region=eu-west-1", "ssm/i-0abc"),
    ],
)
def test_words(word: str, key: str) -> None:
    assert [one.key for one in hosts([word, word])] == [key]


@pytest.mark.parametrize(
    "word",
    [
        "",
        "web-1",
        "telnet://x",
        "ssh://",
        "ssh://me:secret@x",
        "local://x",
        "ssh://x/y",
        "ssh://-oProxyCommand=x",
    ],
)
def test_words_that_name_no_host(word: str) -> None:
    with pytest.raises(UserError) as error:
        hosts([word])
    assert "secret" not in str(error.value)


class TestSystemsManager:
    @pytest.fixture
    def stub(self) -> Iterator[tuple[SsmBackend, Stubber]]:
        client = boto3.client(
            "ssm", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        with Stubber(client) as stubber:
            yield SsmBackend("i-0abcdef1234567890", client, timeout=5), stubber

    @staticmethod
    def sends(stubber: Stubber, *answers: dict[str, Any] | str) -> None:
        expected = {
            "InstanceIds": ["i-0abcdef1234567890"],
            "DocumentName": "AWS-RunShellScript",
            "Comment": "surefoot reads",
            "Parameters": {"commands": ["df -Pk"]},
        }
        sent = {"Command": {"CommandId": "11111111-2222-3333-4444-555555555555"}}
        stubber.add_response("send_command", sent, expected)
        for answer in answers:
            if isinstance(answer, str):
                stubber.add_client_error("get_command_invocation", answer)
            else:
                stubber.add_response("get_command_invocation", answer)

    def test_an_answer_is_waited_for(self, stub: tuple[SsmBackend, Stubber]) -> None:
        backend, stubber = stub
        done = {
            "Status": "Success",
            "ResponseCode": 0,
            "StandardOutputContent": DF,
            "StandardErrorContent": "",
        }
        self.sends(stubber, "InvocationDoesNotExist", {"Status": "InProgress"}, done)
        ran = backend.run("df -Pk")
        assert (ran.rc, ran.stdout) == (0, DF)
        stubber.assert_no_pending_responses()

    def test_what_fails_there_is_an_answer_too(self, stub: tuple[SsmBackend, Stubber]) -> None:
        backend, stubber = stub
        self.sends(
            stubber,
            {
                "Status": "Failed",
                "ResponseCode": 127,
                "StandardOutputContent": "",
                "StandardErrorContent": "not found",
            },
        )
        ran = backend.run("df -Pk")
        assert (ran.rc, ran.stderr) == (127, "not found")

    def test_a_machine_that_does_not_answer(self, stub: tuple[SsmBackend, Stubber]) -> None:
        backend, stubber = stub
        self.sends(stubber, {"Status": "TimedOut", "StatusDetails": "Undeliverable"})
        with pytest.raises(SsmError, match="Undeliverable"):
            backend.run("df -Pk")


class TestHere:
    """Testinfra's local backend, on the machine that runs the tests."""

    def test_a_socket_of_ours_is_seen(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as ours, socket.create_server(("0.0.0.0", 0)) as open_:  # noqa: S104
            found = {
                one["port"]: one["everywhere"]
                for one in asking.listening(connect(hosts(["local://"])[0]).socket.get_listening_sockets())
            }
            assert found[ours.getsockname()[1]] is False
            assert found[open_.getsockname()[1]] is True

    def test_a_whole_run(self) -> None:
        said: list[str] = []
        report = visited(said)
        assert said == ["asking 1 host: local://localhost; by commands that only read"]
        assert report.gaps == []
        disks = [one for one in report.verdicts if one.rule == "host-disk-nearly-full"]
        assert "host://local/localhost/mount/" in {one.resource for one in disks}
        assert all(one.outcome in (Outcome.PASS, Outcome.FAIL) for one in disks)

    def test_a_host_that_cannot_be_reached_is_a_gap_and_no_pass(self) -> None:
        session = HostSession("here", hosts(["docker://nobody-has-this-name"]), None)
        with pytest.raises(CallError, match="docker/nobody-has-this-name"):
            session.send(MOUNTS, Scope(Cloud.HOST, "here"), {"host": "docker/nobody-has-this-name"})

    @pytest.mark.parametrize("refused", [FILTER, SOCKETS, SERVICES, MOUNTS], ids=lambda call: call.name)
    @pytest.mark.parametrize("error", [CallError(Code.DENIED, "sudo", "no"), KeyError("gone")], ids=str)
    def test_what_is_refused_is_no_pass(
        self, refused: Call, error: Exception, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = {(one.rule, one.resource): one.outcome for one in visited().verdicts}
        real = HostSession.send

        def send(self: HostSession, call: Call, scope: Scope, arguments: Any, token: Any = None) -> Page:
            if call is refused:
                raise error
            return real(self, call, scope, arguments, token)

        monkeypatch.setattr(HostSession, "send", send)
        report = visited()
        assert report.gaps or any(one.outcome is Outcome.UNKNOWN for one in report.verdicts)
        for one in report.verdicts:
            known = before.get((one.rule, one.resource), Outcome.UNKNOWN)
            assert one.outcome in (known, Outcome.UNKNOWN)


def visited(said: list[str] | None = None) -> Report:
    """One run that asks this machine, judged."""
    rules = [Tuned(rule) for rule in RULES.values() if rule.subject in kinds_of_hosts()]
    scan = Scan(Config(), Choice(), rules)
    notes = [] if said is None else said
    scan.beside = (Visit("here", hosts(["local://"]), joins=False, say=notes.append),)
    return scan.live()
