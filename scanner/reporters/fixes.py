"""How a finding is fixed: a rule's words for one cloud, with the resource's own id and name where it is one alone."""

import re
import shlex
from typing import Final

from scanner.engine import Verdict
from scanner.models.resource import Cloud
from scanner.reporters.text import clean, local_id
from scanner.rule import Rule

_PLACES: Final = re.compile(r"\{(id|name)\}")


def fix_of(rule: Rule, cloud: Cloud, finding: Verdict | None = None) -> str:
    """Return the fix for one cloud, or nothing; `{id}` and `{name}` are quoted for a shell, or `<id>` and `<name>`."""
    given = {}
    if finding is not None:
        given = {"id": finding.resource, "name": finding.name or local_id(cloud, finding.resource)}

    def filled(found: re.Match[str]) -> str:
        return shlex.quote(clean(given[found[1]])) if given else f"<{found[1]}>"

    return _PLACES.sub(filled, rule.fix.get(cloud, "").strip())
