"""Identities of programs, and keys that name no one: what programs call the cloud with."""

from datetime import datetime
from typing import ClassVar

from scanner.models.resource import UNREAD, Resource
from scanner.models.storage import PublicGrant


class ServiceAccount(Resource):
    """An identity of programs. GCP: a service account of the project."""

    title: ClassVar[str] = "service account"

    keys: tuple[str, ...] = UNREAD
    """Names of the keys that somebody made for it and that can be used; the cloud's own are not among them. GCP: keys
    of the type USER_MANAGED that are not `disabled`."""


class ApiKey(Resource):
    """A word that lets a program call APIs on the account's bill, and says nothing of who it is. GCP: an API key."""

    title: ClassVar[str] = "API key"

    created: datetime = UNREAD
    """GCP `createTime`."""
    apis: tuple[str, ...] | None = UNREAD
    """The APIs that it is good for; None: every one. GCP `restrictions.apiTargets[].service`."""


class KeyAccess(Resource):
    """Who may use one key of a key management service: on AWS by the policy of the key, on GCP by its IAM policy."""

    title: ClassVar[str] = "access to a key"

    grants: tuple[PublicGrant, ...] = UNREAD
    """Grants to the public, `may` among `read` (decrypt), `write` (encrypt), `admin` and `other`. AWS: those of the
    key policy, for any account since KMS takes no anonymous request. GCP: bindings of the key itself for `allUsers`
    and `allAuthenticatedUsers`."""
