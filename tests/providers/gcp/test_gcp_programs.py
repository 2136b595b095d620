"""Functions, messages, certificates, secrets and keys as Google Cloud gives them, on the kinds of AWS."""

from datetime import UTC, datetime
from typing import Any

from mapped import mapped, unfilled

from scanner.models.compute import MAY_INVOKE, Function, FunctionUrl
from scanner.models.identity import AccessKey
from scanner.models.keys import Certificate, Secret
from scanner.models.messaging import Queue, Topic
from scanner.models.resource import Cloud, Scope
from scanner.models.storage import ANY_ACCOUNT, EVERYONE, MAY_OTHER, MAY_READ, MAY_WRITE
from scanner.providers.gcp import credentials_kept, programs
from scanner.providers.gcp.calls import GcpCall
from scanner.providers.spec import Detail, Once, Source

SCOPE = Scope(Cloud.GCP, "shop", "europe-west1")
PROJECT = "projects/shop/locations/europe-west1"


def asked(operation: str, fills: Any) -> Detail:
    return Detail(call=GcpCall("x", operation, path="x"), fills=fills)


def source(kind: Any, fields: Any = None, *details: Detail, lacking: tuple[str, ...] = ()) -> Source:
    return Source(
        kind=kind,
        listing=Once(),
        id="//x/{name}",
        name="{name}",
        fields=fields or {},
        details=details,
        lacking=lacking,
    )


FUNCTIONS = source(Function, programs.FUNCTION, asked("getIamPolicy", programs.FUNCTION_POLICY))
TOPICS = source(Topic, None, asked("getIamPolicy", programs.MESSAGES_POLICY), lacking=("tags",))
QUEUES = source(
    Queue, None, asked("getIamPolicy", programs.MESSAGES_POLICY), lacking=("tags", *programs.QUEUE_LACKS)
)
CERTIFICATES = source(Certificate, credentials_kept.CERTIFICATE, lacking=("tags",))
SECRETS = source(Secret, credentials_kept.SECRET, asked("versions", credentials_kept.SECRET_VERSION))
KEYS = source(AccessKey, credentials_kept.ACCESS_KEY, lacking=credentials_kept.ACCESS_KEY_LACKS)


def test_every_field_is_filled() -> None:
    every = (FUNCTIONS, TOPICS, QUEUES, CERTIFICATES, SECRETS, KEYS)
    assert [unfilled(one) for one in every] == [set()] * 6


def policy(role: str, *members: str) -> dict[str, Any]:
    return {"version": 1, "etag": "BwYCcnf5oMo=", "bindings": [{"role": role, "members": list(members)}]}


FUNCTION: dict[str, Any] = {
    "name": f"{PROJECT}/functions/hook",
    "buildConfig": {"runtime": "python312", "entryPoint": "run"},
    "serviceConfig": {
        "service": f"{PROJECT}/services/hook",
        "uri": "https://hook-a1b2c3-ew.a.run.app",
        "ingressSettings": "ALLOW_ALL",
        "serviceAccountEmail": "hook@shop.iam.gserviceaccount.com",
    },
    "state": "ACTIVE",
    "updateTime": "2026-09-20T18:32:25Z",
    "labels": {"team": "shop"},
    "environment": "GEN_2",
}


def test_functions() -> None:
    answer = policy("roles/run.invoker", "allUsers", "user:anna@example.com")
    made = mapped(FUNCTIONS, FUNCTION, scope=SCOPE, getIamPolicy=answer)
    assert isinstance(made, Function)
    assert made.url == FunctionUrl(address="https://hook-a1b2c3-ew.a.run.app", signed=False)
    assert [(grant.who, grant.may) for grant in made.policy_grants] == [(EVERYONE, (MAY_INVOKE,))]
    by_event = {**FUNCTION, "serviceConfig": {}, "eventTrigger": {"eventType": "x"}}
    other = mapped(FUNCTIONS, by_event, scope=SCOPE, getIamPolicy={"etag": "x"})
    assert isinstance(other, Function)
    assert (other.url, other.policy_grants, other.tags) == (None, (), {"team": "shop"})


def test_topics_and_subscriptions() -> None:
    topic = mapped(
        TOPICS,
        {"name": "projects/shop/topics/prices"},
        scope=SCOPE,
        getIamPolicy=policy("roles/pubsub.publisher", "allAuthenticatedUsers"),
    )
    assert isinstance(topic, Topic)
    assert [(grant.who, grant.may) for grant in topic.policy_grants] == [(ANY_ACCOUNT, (MAY_WRITE,))]
    row = {"name": "projects/shop/subscriptions/prices", "topic": "projects/shop/topics/prices"}
    for role, may in (("roles/pubsub.subscriber", MAY_READ), ("roles/viewer", MAY_OTHER)):
        queue = mapped(QUEUES, row, scope=SCOPE, getIamPolicy=policy(role, "allUsers"))
        assert isinstance(queue, Queue)
        assert [grant.may for grant in queue.policy_grants] == [(may,)]


def test_certificates() -> None:
    raw = {
        "kind": "compute#sslCertificate",
        "id": "8232650683038662899",
        "creationTimestamp": "2026-04-30T05:22:52.503-07:00",
        "name": "shop",
        "type": "MANAGED",
        "managed": {"domains": ["shop.example.com"], "status": "ACTIVE"},
        "expireTime": "2026-07-29T05:22:52.000-07:00",
    }
    made = mapped(CERTIFICATES, raw, scope=SCOPE)
    assert isinstance(made, Certificate)
    assert made.expires == datetime(2026, 7, 29, 12, 22, 52, tzinfo=UTC)
    assert (made.in_use, made.renews) == (None, True)


def test_secrets() -> None:
    raw = {
        "name": "projects/shop/secrets/token",
        "replication": {"automatic": {}},
        "createTime": "2021-07-19T15:38:05.861139Z",
        "rotation": {"nextRotationTime": "2026-12-01T00:00:00Z", "rotationPeriod": "2592000s"},
        "etag": '"15c77bb9373513"',
    }
    versions = [{"createTime": "2021-07-19T15:38:06Z"}, {"createTime": "2026-11-01T00:00:00Z"}]
    made = mapped(SECRETS, raw, scope=SCOPE, versions=versions)
    assert isinstance(made, Secret)
    assert (made.rotates, made.changed) == (True, datetime(2026, 11, 1, tzinfo=UTC))


def test_keys_of_service_accounts() -> None:
    raw = {
        "name": "projects/shop/serviceAccounts/ci@shop.iam.gserviceaccount.com/keys/2",
        "validAfterTime": "2021-03-31T13:27:15Z",
        "validBeforeTime": "9999-12-31T23:59:59Z",
        "keyAlgorithm": "KEY_ALG_RSA_2048",
        "keyOrigin": "GOOGLE_PROVIDED",
        "keyType": "USER_MANAGED",
    }
    assert credentials_kept.made_by_user(raw)
    assert not credentials_kept.made_by_user({**raw, "keyType": "SYSTEM_MANAGED"})
    made = mapped(KEYS, raw, scope=SCOPE)
    assert isinstance(made, AccessKey)
    assert (made.active, made.created) == (True, datetime(2021, 3, 31, 13, 27, 15, tzinfo=UTC))
    off = mapped(KEYS, {**raw, "disabled": True}, scope=SCOPE)
    assert isinstance(off, AccessKey)
    assert off.active is False
