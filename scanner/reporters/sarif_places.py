"""Where a finding without a source file stands: a path that is the same in every run."""

import re
from typing import Final
from urllib.parse import quote

from scanner.engine import Verdict
from scanner.models.resource import Cloud
from scanner.reporters.text import local_id

_GCP: Final = re.compile(r"//([a-z0-9-]+)\.")
_AZURE: Final = re.compile(r"/providers/([a-z0-9.]+)/", re.IGNORECASE)


def path_of(verdict: Verdict) -> str:
    """`cloud/aws/111122223333/eu-west-1/s3/Bucket/logs`: each segment percent-encoded, none begins with a dot.

    GitHub filters alerts by path, so that this filters by account, region and service. Code scanning refuses
    ids with a colon in their first segment as a URI scheme, and locations that are no path at all.
    """
    scope = verdict.scope
    id_ = verdict.resource.lower() if scope.cloud is Cloud.AZURE else verdict.resource
    segments = (
        *("cloud", scope.cloud, scope.account, scope.region),
        *(service_of(scope.cloud, id_) or verdict.kind.lower(), verdict.kind, local_id(scope.cloud, id_)),
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
