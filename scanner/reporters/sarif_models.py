"""The parts of SARIF 2.1.0 that are written, as GitHub's code scanning reads them.

Source: OASIS Static Analysis Results Interchange Format 2.1.0, errata 01; section numbers stand with each part.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

Level = Literal["error", "warning", "note"]


class Part(BaseModel):
    """One object of a SARIF file. Raises ValidationError for a key that it does not have."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Message(Part):
    """A text for people (3.11)."""

    text: str
    markdown: str | None = None


class ArtifactLocation(Part):
    """A file, by its path from the root of the repository (3.4)."""

    uri: str


class Region(Part):
    """A part of a file (3.30); lines and columns count from 1, the end column is the first behind it."""

    start_line: int = 1
    start_column: int | None = None
    end_line: int | None = None
    end_column: int | None = None


class PhysicalLocation(Part):
    """A place in a file (3.29)."""

    artifact_location: ArtifactLocation
    region: Region = Region()


class LogicalLocation(Part):
    """The resource itself, by its full id (3.33)."""

    name: str
    fully_qualified_name: str
    kind: str = "resource"


class Location(Part):
    """Where a result is (3.28)."""

    physical_location: PhysicalLocation
    logical_locations: tuple[LogicalLocation, ...]


class RelatedLocation(Part):
    """A place that leads to a result (3.28), to which its message links by the id."""

    id: int
    physical_location: PhysicalLocation
    message: Message


class FlowLocation(Part):
    """A place on a way, and what happens there (3.28)."""

    physical_location: PhysicalLocation
    message: Message


class ThreadFlowLocation(Part):
    """One step of a way (3.38)."""

    location: FlowLocation


class ThreadFlow(Part):
    """The steps of a way, in order (3.37)."""

    locations: tuple[ThreadFlowLocation, ...]


class CodeFlow(Part):
    """How a result comes about (3.36): GitHub shows it as a path."""

    thread_flows: tuple[ThreadFlow, ...]


class Fingerprints(Part):
    """What tells a result from every other of its rule and path (3.27.17): the one that GitHub reads."""

    primary_location_line_hash: str


class Result(Part):
    """One finding (3.27)."""

    rule_id: str
    rule_index: int
    level: Level
    message: Message
    locations: tuple[Location, ...]
    code_flows: tuple[CodeFlow, ...] | None = None
    related_locations: tuple[RelatedLocation, ...] | None = None
    partial_fingerprints: Fingerprints


class Configuration(Part):
    """The level of a rule's results (3.50)."""

    level: Level


class RuleProperties(Part):
    """What GitHub reads beside the standard; `security-severity` is 0.1 to 10.0, as text."""

    tags: Annotated[tuple[str, ...], Field(max_length=10)]
    precision: str = "very-high"
    security_severity: Annotated[str | None, Field(alias="security-severity")] = None


class ReportingDescriptor(Part):
    """A rule (3.49)."""

    id: str
    name: str
    short_description: Message
    full_description: Message
    help: Message
    help_uri: str | None = None
    default_configuration: Configuration
    properties: RuleProperties


class Notification(Part):
    """What went wrong while the tool ran (3.58)."""

    level: Level
    message: Message


class Invocation(Part):
    """How one run went (3.20)."""

    execution_successful: bool
    start_time_utc: str
    tool_execution_notifications: tuple[Notification, ...] = ()


class Driver(Part):
    """The tool; its name never changes, for GitHub keeps alerts by it (3.19)."""

    name: Literal["Surefoot"] = "Surefoot"
    semantic_version: str
    rules: tuple[ReportingDescriptor, ...]


class Tool(Part):
    """The tool and its extensions, of which there are none (3.18)."""

    driver: Driver


class AutomationDetails(Part):
    """The category of a run up to the last slash, and behind that the run itself (3.17)."""

    id: str


class Run(Part):
    """What one account came to (3.14)."""

    tool: Tool
    automation_details: AutomationDetails
    column_kind: Literal["unicodeCodePoints"] = "unicodeCodePoints"
    invocations: tuple[Invocation, ...]
    results: tuple[Result, ...]


class Log(Part):
    """A whole file (3.13)."""

    schema_: Annotated[str, Field(alias="$schema")] = SCHEMA
    version: Literal["2.1.0"] = "2.1.0"
    runs: Annotated[tuple[Run, ...], Field(min_length=1)]
