"""Words of reports: untrusted text made harmless, what a resource is called, numbers with their nouns."""

from collections.abc import Callable, Iterable, Sequence

from scanner.engine import Verdict
from scanner.models.resource import Cloud, Code, Scope


def clean(text: str) -> str:
    r"""Show everything that a terminal would act on, or that the eye could not see, as an escape: `\x1b`, `\u202e`.

    That covers control characters, line breaks, bidirectional controls, invisible and unassigned characters.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def plural(count: int, noun: str, nouns: str = "") -> str:
    """`1 gap`, `1,200 gaps`, `2 accesses` (with `nouns`)."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def listed(words: Sequence[str], most: int) -> str:
    """Join words with commas; those beyond `most` are only counted."""
    if len(words) <= most:
        return ", ".join(words)
    return f"{', '.join(words[:most])} and {len(words) - most:,} more"


def local_id(cloud: Cloud, id: str) -> str:
    """Return the part of an id that is not said by its account and region already; the id itself when unsure.

    `arn:aws:ec2:eu-west-1:111122223333:volume/vol-1` is `volume/vol-1`,
    `//compute.googleapis.com/projects/p/zones/z/disks/d` is `zones/z/disks/d`,
    `/subscriptions/s/resourceGroups/g/providers/...` is `resourceGroups/g/providers/...`.
    """
    match cloud, id.split(":", 5), id.split("/"):
        case Cloud.AWS, ["arn", _, _, _, _, rest], _ if rest:
            return rest
        case Cloud.GCP, _, ["", "", _, "projects", _, *rest] if any(rest):
            return "/".join(rest)
        case Cloud.AZURE, _, ["", subscriptions, _, *rest] if (
            any(rest) and subscriptions.lower() == "subscriptions"
        ):
            return "/".join(rest)
    return id


def label(verdict: Verdict) -> str:
    """Return what people call a resource: its name, with the end of its id where the name alone does not find it."""
    return called(verdict.scope.cloud, verdict.resource, verdict.name)


def called(cloud: Cloud, id: str, name: str) -> str:
    """Return what people call the resource with this id and name."""
    local = local_id(cloud, id)
    if not name:
        return clean(local)
    segments, plain = f"/{local}/".replace(":", "/"), name.replace(":", "/")
    if f"/{plain}/" in segments:
        return clean(name)
    return clean(f"{name} ({segments.rstrip('/').rpartition('/')[2]})")


def labels(verdicts: Sequence[Verdict]) -> list[str]:
    """Return what to call each of these resources: as `label` does, or by the whole id where two would look alike."""
    short = [label(verdict) for verdict in verdicts]
    places: dict[tuple[Scope, str], int] = {}
    for verdict, name in zip(verdicts, short, strict=True):
        places[verdict.scope, name] = places.get((verdict.scope, name), 0) + 1
    return [
        name if places[verdict.scope, name] == 1 else clean(verdict.resource)
        for verdict, name in zip(verdicts, short, strict=True)
    ]


def placing(scopes: Iterable[Scope]) -> Callable[[Scope], str]:
    """Return what says as much of a scope as tells it from the others of a run: nothing where there is only one."""
    known = set(scopes)
    clouds, accounts, regions = (len({scope[part] for scope in known}) > 1 for part in range(3))

    def place(scope: Scope) -> str:
        account = f"{scope.cloud}:{scope.account}" if clouds else scope.account if accounts else ""
        return clean("/".join(part for part in (account, scope.region if regions else "") if part))

    return place


_SAID = {
    Code.DENIED: "was denied",
    Code.THROTTLED: "was throttled until we gave up",
    Code.UNAVAILABLE: "was not available",
    Code.MALFORMED: "gave something that its interface does not promise",
    Code.NOT_ASKED: "was not collected",
    Code.LACKING: "does not exist on this cloud",
    Code.NOT_APPLICABLE: "does not exist for this resource",
}


def said(code: Code) -> str:
    """Return what became of a call, to stand after what was asked: `was denied`."""
    return _SAID[code]
