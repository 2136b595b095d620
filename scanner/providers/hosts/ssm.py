"""A backend of Testinfra over AWS Systems Manager: runs our own fixed questions by its document for shell commands.

It has a client of its own: to run anything on a machine is no reading of the account, and takes ssm:SendCommand on the
machine, which the scan's own sign-in does not ask for.
"""

import time
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from testinfra.backend.base import BaseBackend, CommandResult

from scanner import __version__

_DOCUMENT: Final = "AWS-RunShellScript"
_UNDER_WAY: Final = ("Pending", "InProgress", "Delayed", "Cancelling")
_BETWEEN: Final = 0.5


class SsmError(Exception):
    """A command that brought no answer. The text says why."""


class SsmBackend(BaseBackend):  # type: ignore[misc] # Testinfra is untyped
    """Runs commands on one managed instance. `client` is boto3's for `ssm`; `timeout` in seconds for each command."""

    NAME = "ssm"

    def __init__(self, name: str, client: Any, timeout: float = 60.0) -> None:
        self._client = client
        self._timeout = timeout
        super().__init__(name)

    @classmethod
    def of(cls, word: str) -> "SsmBackend":
        """Return the backend of `ssm://INSTANCE?region=...&profile=...`. Raises botocore's errors."""
        import boto3
        from botocore.config import Config

        parts = urlsplit(word)
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        session = boto3.Session(profile_name=options.get("profile"), region_name=options.get("region"))
        config = Config(user_agent_extra=f"surefoot/{__version__} hosts")
        return cls(parts.netloc, session.client("ssm", config=config))

    def run(self, command: str, *args: str, **_: Any) -> CommandResult:
        """Run one command and wait for its end. Raises SsmError."""
        line = self.get_command(command, *args)
        sent = self._client.send_command(
            InstanceIds=[self.hostname],
            DocumentName=_DOCUMENT,
            Comment="surefoot reads",
            Parameters={"commands": [line]},
        )
        answer = self._wait(sent["Command"]["CommandId"])
        return self.result(
            answer["ResponseCode"],
            self.encode(line),
            answer["StandardOutputContent"],
            answer["StandardErrorContent"],
        )

    def _wait(self, command: str) -> dict[str, Any]:
        until = time.monotonic() + self._timeout
        while time.monotonic() < until:
            try:
                answer: dict[str, Any] = self._client.get_command_invocation(
                    CommandId=command, InstanceId=self.hostname
                )
            except self._client.exceptions.InvocationDoesNotExist:
                answer = {"Status": "Pending"}  # it is not known everywhere at once
            if answer["Status"] in ("Success", "Failed"):
                return answer
            if answer["Status"] not in _UNDER_WAY:
                raise SsmError(f"{answer['Status']}: {answer.get('StatusDetails', '')}")
            time.sleep(_BETWEEN)
        raise SsmError(f"no answer within {self._timeout:g} s")
