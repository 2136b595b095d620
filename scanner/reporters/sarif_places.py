"""Where a finding stands: the code that owns its resource, else a path that is the same in every run."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from scanner.engine import Verdict
from scanner.iac.ids import Subject
from scanner.iac.location import Call, Location
from scanner.iac.naming import Way
from scanner.models.resource import Cloud
from scanner.reporters import sarif_models as sarif
from scanner.reporters.text import clean, local_id

_GCP: Final = re.compile(r"//([a-z0-9-]+)\.")
_AZURE: Final = re.compile(r"/providers/([a-z0-9.]+)/", re.IGNORECASE)


def physical(verdict: Verdict, location: Location | None) -> sarif.PhysicalLocation:
    """Return the lines that own a finding's resource, or the first line of its path."""
    if location is None:
        return sarif.PhysicalLocation(artifact_location=sarif.ArtifactLocation(uri=path_of(verdict)))
    return _written(location)


def _written(location: Location) -> sarif.PhysicalLocation:
    return sarif.PhysicalLocation(
        artifact_location=sarif.ArtifactLocation(uri=_uri(location.path)),
        region=sarif.Region(
            start_line=location.line,
            start_column=location.column,
            end_line=location.end_line,
            end_column=location.end_column,
        ),
    )


def related(location: Location | None, ways: Sequence[Way] = ()) -> tuple[sarif.RelatedLocation, ...] | None:
    """Return the calls of the modules around the code, the outermost first, then what lets packets in.

    Ids count from 1. None without any.
    """
    chain = location.chain if location is not None else ()
    places = [
        *((_called(call), f"module {call.name} is called here") for call in chain),
        *((_of_way(way), f"{_name(way)} lets packets through") for way in ways),
    ]
    found = tuple(
        sarif.RelatedLocation(id=number, physical_location=place, message=sarif.Message(text=clean(text)))
        for number, (place, text) in enumerate(places, 1)
    )
    return found or None


def flow(
    verdict: Verdict, location: Location | None, ways: Sequence[Way]
) -> tuple[sarif.CodeFlow, ...] | None:
    """Return the way of the packets: through all that lets them in, to the finding's resource. None without any."""
    if not ways:
        return None
    steps = [
        *((_of_way(way), f"{_name(way)} lets packets through") for way in ways),
        (
            physical(verdict, location),
            f"{verdict.name or local_id(verdict.scope.cloud, verdict.resource)} is reached",
        ),
    ]
    locations = tuple(
        sarif.ThreadFlowLocation(
            location=sarif.FlowLocation(physical_location=place, message=sarif.Message(text=clean(text)))
        )
        for place, text in steps
    )
    return (sarif.CodeFlow(thread_flows=(sarif.ThreadFlow(locations=locations),)),)


def _of_way(way: Way) -> sarif.PhysicalLocation:
    """Return the code of what lets packets in, or its path where its code is not known."""
    if way.place is not None:
        return _written(way.place)
    return sarif.PhysicalLocation(artifact_location=sarif.ArtifactLocation(uri=path_to(way.subject)))


def _name(way: Way) -> str:
    """Return what code calls it, else the cloud."""
    return way.place.address if way.place is not None else local_id(way.subject.scope.cloud, way.subject.id)


def _called(call: Call) -> sarif.PhysicalLocation:
    return sarif.PhysicalLocation(
        artifact_location=sarif.ArtifactLocation(uri=_uri(call.path)),
        region=sarif.Region(start_line=call.line, start_column=call.column),
    )


def origin(location: Location | None, ways: Sequence[Way] = ()) -> str:
    """Say which code owns the resource, and what lets packets in to it, with links; nothing where none is known."""
    first = 1 + (len(location.chain) if location is not None else 0)
    links = ", ".join(f"[{_plain(_name(way))}]({number})" for number, way in enumerate(ways, first))
    return _owner(location) + (f" The way in leads through {links}." if links else "")


def _owner(location: Location | None) -> str:
    if location is None:
        return ""
    calls = [f"[module {_plain(call.name)}]({number})" for number, call in enumerate(location.chain, 1)]
    within = f" inside {_plain(location.inside)}" if location.inside else ""
    through = f", called through {', '.join(calls)}" if calls else ""
    return f" It is {_plain(location.address)}{within}{through}."


def _plain(text: str) -> str:
    """Text that is no link: 3.11.6 gives brackets a meaning."""
    return re.sub(r"([\\\[\]])", r"\\\1", clean(text))


def _uri(path: str) -> str:
    return quote(path, safe="/", errors="backslashreplace")


def path_of(verdict: Verdict) -> str:
    """Return the path of a finding's resource."""
    return path_to(Subject(verdict.scope, verdict.kind, verdict.resource))


def path_to(subject: Subject) -> str:
    """`cloud/aws/111122223333/eu-west-1/s3/Bucket/logs`: each segment percent-encoded, none begins with a dot.

    GitHub filters alerts by path, so that this filters by account, region and service. Code scanning refuses
    ids with a colon in their first segment as a URI scheme, and locations that are no path at all.
    """
    scope, kind, id_ = subject
    id_ = id_.lower() if scope.cloud is Cloud.AZURE else id_
    segments = (
        *("cloud", scope.cloud, scope.account, scope.region),
        *(service_of(scope.cloud, id_) or kind.lower(), kind, local_id(scope.cloud, id_)),
    )
    return "/".join(_segment(segment) for segment in segments)


def service_of(cloud: Cloud, id: str) -> str:
    """Return the service that an id names: `s3`, `compute`, `microsoft.storage`; empty when it names none."""
    if cloud is Cloud.AWS:
        parts = id.split(":", 5)
        return parts[2] if parts[0] == "arn" and len(parts) > 2 else ""  # noqa: PLR2004 - arn:partition:service
    found = (_GCP.match if cloud is Cloud.GCP else _AZURE.search)(id)
    return found[1].lower() if found else ""


def _segment(text: str) -> str:
    shown = quote(text, safe="", errors="backslashreplace") or "_"
    return f"_{shown}" if shown.startswith(".") else shown
