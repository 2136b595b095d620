"""Ids: how a cloud, our resources and a Terraform state call one and the same thing."""

import re
from typing import Final, NamedTuple

from scanner.models.resource import Cloud, Scope

#: Prefixes of Terraform types whose state is looked at: others' ids may be secrets.
PROVIDERS: Final = ("aws_", "google_", "azurerm_", "azapi_")

#: Ids that AWS gives out once in the world, so that they need no ARN around them.
_UNIQUE: Final = re.compile(r"[a-z]+-(?:[0-9a-f]{8}|[0-9a-f]{17})")

#: Where the name of a Google Cloud service is not the middle part of its Terraform types, or the host of its URLs.
_SERVICES: Final = {
    "sql": "cloudsql",
    "sqladmin": "cloudsql",
    "kms": "cloudkms",
    "bigtable": "bigtableadmin",
    "secret": "secretmanager",
    "filestore": "file",
    "project": "cloudresourcemanager",
    "service": "iam",
    "artifact": "artifactregistry",
    "certificate": "certificatemanager",
    "cloudfunctions2": "cloudfunctions",
    "cloud": "run",
}

#: Queues are named by their URLs.
_QUEUE: Final = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(\d{12})/(.+)")
#: What the older Cloud Run calls a service.
_SERVICE: Final = re.compile(r"locations/([^/]+)/namespaces/([^/]+)/services/([^/]+)")
#: Buckets of AWS and Google Cloud, whose names are one in the world.
_BUCKET: Final = re.compile(r"arn:[^:]*:s3:::|//storage\.googleapis\.com/")
#: Parts with ids of their own that are only written within the resource around them.
_INTERFACE: Final = re.compile(r"/networkInterfaces/[^/]+$")
_INLINE: Final = re.compile(
    r"(.*/applicationgateways/[^/]+|.*/loadbalancers/[^/]+(?=/frontendip))/[^/]+/[^/]+"
)


class Subject(NamedTuple):
    """What is to be found in code: a live resource."""

    scope: Scope
    kind: str
    id: str


def keys(subject: Subject) -> list[str]:
    """Return the keys under which `state_keys` lists the same resource, the surest first."""
    match subject.scope.cloud:
        case Cloud.AWS:
            last = _last(subject.id)
            return [subject.id, last] if _UNIQUE.fullmatch(last) else [subject.id]
        case Cloud.GCP:
            host, _, path = subject.id.removeprefix("//").partition("/")
            return [_google(host.partition(".")[0], _INTERFACE.sub("", path))]
        case Cloud.AZURE:
            around = _INLINE.match(subject.id.lower())
            return [subject.id.lower(), *([around[1]] if around else [])]
        case Cloud.PROBE | Cloud.HOST:
            return []


def cloud_of(type_: str) -> Cloud:
    """Return the cloud of a type of Terraform, one of those in `PROVIDERS`."""
    return {"aws": Cloud.AWS, "google": Cloud.GCP}.get(type_.partition("_")[0], Cloud.AZURE)


def state_keys(type_: str, ids: tuple[str, ...]) -> list[str]:
    """Return the keys of one resource of a state, from its `arn`, `self_link` and `id`."""
    if type_.startswith("google_"):
        service = type_.split("_")[1]
        return [_google(service, path) for id_ in ids if (path := _google_path(type_, id_))]
    if type_.startswith("aws_"):
        return [id_ for id_ in ids if id_.startswith("arn:") or _UNIQUE.fullmatch(id_)]
    return [
        id_.lower().replace("/fileservices/default/fileshares/", "/fileservices/default/shares/")
        for id_ in ids
    ]


def names(subject: Subject) -> list[str]:
    """Return how resources of a state name the one that they are a part of, the surest first."""
    match subject.scope.cloud:
        case Cloud.AWS:
            own = subject.scope.account if subject.kind == "Account" else _last(subject.id)
            return [subject.id, subject.id.partition(":sqs:")[2] or own]
        case Cloud.GCP:
            path = subject.id.removeprefix("//").partition("/")[2]
            return [path, _last(path)]
        case Cloud.AZURE:
            return [subject.id.lower()]
        case Cloud.PROBE | Cloud.HOST:
            return []


def is_unique(subject: Subject, name: str) -> bool:
    """Tell whether one of the `names` of a resource is that of no other, in any account and region."""
    whole = name == subject.id or "/" in name or ":" in name
    bucket = _BUCKET.match(subject.id) is not None
    return whole or bucket or name == subject.scope.account or _UNIQUE.fullmatch(name) is not None


def state_name(type_: str, value: str) -> str:
    """Return a name as `names` has it."""
    if type_.startswith("google_"):
        return _google_path(type_, value) or value.removeprefix("b/")
    if type_.startswith("aws_"):
        queue = _QUEUE.fullmatch(value)
        return ":".join(queue.groups()) if queue else value
    return value.lower()


def _google(service: str, path: str) -> str:
    return f"{_SERVICES.get(service, service)}/{path.removeprefix('b/')}"


def _google_path(type_: str, id_: str) -> str:
    """Return the part of a URL or id that names the resource: from its project on, or the name of a bucket."""
    if service := _SERVICE.fullmatch(id_):
        return "projects/{1}/locations/{0}/services/{2}".format(*service.groups())
    start = id_.find("projects/")
    if start >= 0:
        return id_[start:]
    if type_ == "google_storage_bucket":
        return id_.rpartition("/")[2]
    return ""


def _last(id_: str) -> str:
    return re.split(r"[:/]", id_)[-1]
