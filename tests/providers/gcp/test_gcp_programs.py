"""Functions, messages, certificates, secrets and keys as Google Cloud gives them, on the kinds of AWS."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mapped import mapped, unfilled
from shipped import RULES

from scanner.engine import Outcome, run_case
from scanner.models.compute import Function, FunctionUrl
from scanner.models.identity import AccessKey
from scanner.models.keys import Certificate, Secret
from scanner.models.messaging import Queue, Topic
from scanner.models.resource import Cloud, Resource, Scope
from scanner.models.storage import ANY_ACCOUNT, MAY_OTHER, MAY_READ, MAY_WRITE
from scanner.providers.gcp import credentials_kept, programs
from scanner.providers.gcp.holders import Holder
from scanner.providers.spec import Source
from scanner.rule import Case

SCOPE = Scope(Cloud.GCP, "shop", "europe-west1")
PROJECT = "projects/shop/locations/europe-west1"


@pytest.mark.parametrize("one", [*programs.SOURCES, *credentials_kept.SOURCES])
def test_every_field_is_filled(one: Source) -> None:
    assert one.kind is Holder or not unfilled(one)


def policy(role: str, *members: str) -> dict[str, Any]:
    return {"version": 1, "etag": "BwYCcnf5oMo=", "bindings": [{"role": role, "members": list(members)}]}


def asked(source: Source, raw: dict[str, Any], answer: Any) -> Resource:
    [detail] = source.details
    return mapped(source, raw, scope=SCOPE, **{detail.call.operation: answer})


def outcome(function: Resource) -> Outcome:
    assert isinstance(function, Function)
    verdict = run_case(RULES["function-public"], Case(function))
    assert verdict is not None
    return verdict.outcome


def function(**more: Any) -> dict[str, Any]:
    return {
        "name": f"{PROJECT}/functions/hook",
        "buildConfig": {"runtime": "python312", "entryPoint": "run"},
        "serviceConfig": {"ingressSettings": "ALLOW_ALL"},
        "url": "https://europe-west1-shop.cloudfunctions.net/hook",
        "state": "ACTIVE",
        "updateTime": "2026-09-20T18:32:25Z",
        "labels": {"team": "shop"},
        "environment": "GEN_1",
        **more,
    }


def service(url: str = "https://hook-1.europe-west1.run.app", **annotations: str) -> dict[str, Any]:
    said = {f"run.googleapis.com/{name.replace('_', '-')}": value for name, value in annotations.items()}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {
            "name": "hook",
            "namespace": "123456789",
            "labels": {"cloud.googleapis.com/location": "europe-west1", "team": "shop"},
            "annotations": {"run.googleapis.com/ingress": "all", **said},
        },
        "status": {"url": url} if url else {},
    }


INVOKER = policy("roles/run.invoker", "allUsers", "user:anna@example.com")
NOBODY: dict[str, Any] = {"etag": "ACAB"}


def test_a_service_that_everyone_may_call() -> None:
    made = asked(programs.SERVICES, service(), INVOKER)
    assert isinstance(made, Function)
    assert made.id == f"//run.googleapis.com/{PROJECT}/services/hook"
    assert made.url == FunctionUrl(address="https://hook-1.europe-west1.run.app", signed=False)
    assert outcome(made) is Outcome.FAIL


@pytest.mark.parametrize(
    ("raw", "answer", "expected"),
    [
        (service(), NOBODY, Outcome.PASS),
        (service(ingress="internal"), INVOKER, Outcome.PASS),
        (service(ingress="internal-and-cloud-load-balancing"), INVOKER, Outcome.FAIL),
        (service(url=""), INVOKER, Outcome.PASS),
        (service(invoker_iam_disabled="true"), NOBODY, Outcome.FAIL),
        (service(invoker_iam_disabled="true", ingress="internal"), NOBODY, Outcome.PASS),
        (service(), policy("roles/run.admin", "allUsers"), Outcome.FAIL),
    ],
)
def test_services_of_cloud_run(raw: dict[str, Any], answer: Any, expected: Outcome) -> None:
    assert outcome(asked(programs.SERVICES, raw, answer)) is expected


@pytest.mark.parametrize(
    ("raw", "answer", "expected"),
    [
        (function(), policy("roles/cloudfunctions.invoker", "allUsers"), Outcome.FAIL),
        (function(), policy("roles/cloudfunctions.viewer", "allUsers"), Outcome.FAIL),
        (function(), NOBODY, Outcome.PASS),
        (function(url=None), policy("roles/cloudfunctions.invoker", "allUsers"), Outcome.PASS),
        (
            function(serviceConfig={"ingressSettings": "ALLOW_INTERNAL_ONLY"}),
            policy("roles/cloudfunctions.invoker", "allUsers"),
            Outcome.PASS,
        ),
    ],
)
def test_functions_of_the_first_generation(raw: dict[str, Any], answer: Any, expected: Outcome) -> None:
    assert outcome(asked(programs.FUNCTIONS, raw, answer)) is expected


def test_functions_of_the_second_generation_are_counted_as_services() -> None:
    assert programs.FUNCTIONS.keep is not None
    assert programs.FUNCTIONS.keep(function())
    assert not programs.FUNCTIONS.keep(function(environment="GEN_2"))


def test_topics_and_subscriptions() -> None:
    answer = policy("roles/pubsub.publisher", "allAuthenticatedUsers")
    topic = asked(programs.TOPICS, {"name": "projects/shop/topics/prices", "labels": {"a": "b"}}, answer)
    assert isinstance(topic, Topic)
    assert [(grant.who, grant.may) for grant in topic.policy_grants] == [(ANY_ACCOUNT, (MAY_WRITE,))]
    assert topic.tags == {"a": "b"}
    row = {"name": "projects/shop/subscriptions/prices", "topic": "projects/shop/topics/prices"}
    for role, may in (("roles/pubsub.subscriber", MAY_READ), ("roles/viewer", MAY_OTHER)):
        queue = asked(programs.QUEUES, row, policy(role, "allUsers"))
        assert isinstance(queue, Queue)
        assert [grant.may for grant in queue.policy_grants] == [(may,)]


def test_certificates() -> None:
    raw = {
        "kind": "compute#sslCertificate",
        "id": "8232650683038662899",
        "creationTimestamp": "2026-04-30T05:22:52.503-07:00",
        "name": "shop",
        "selfLink": "https://www.googleapis.com/compute/v1/projects/shop/global/sslCertificates/shop",
        "type": "MANAGED",
        "managed": {"domains": ["shop.example.com"], "status": "ACTIVE"},
        "expireTime": "2026-07-29T05:22:52.000-07:00",
    }
    made = mapped(credentials_kept.CERTIFICATES, raw, scope=SCOPE)
    assert isinstance(made, Certificate)
    assert made.expires == datetime(2026, 7, 29, 12, 22, 52, tzinfo=UTC)
    assert (made.in_use, made.renews) == (None, True)


def test_certificates_of_the_certificate_manager() -> None:
    raw = {"name": f"{PROJECT}/certificates/feed", "expireTime": "2026-07-29T05:22:52Z", "managed": {}}
    made = mapped(credentials_kept.MANAGER_CERTIFICATES, raw, scope=SCOPE)
    assert isinstance(made, Certificate)
    assert (made.renews, made.scope.region) == (True, "europe-west1")
    own = mapped(credentials_kept.MANAGER_CERTIFICATES, {"name": raw["name"], "selfManaged": {}}, scope=SCOPE)
    assert isinstance(own, Certificate)
    assert (own.renews, own.expires) == (False, None)


def test_secrets() -> None:
    raw = {
        "name": "projects/shop/secrets/token",
        "replication": {"automatic": {}},
        "createTime": "2021-07-19T15:38:05.861139Z",
        "rotation": {"nextRotationTime": "2026-12-01T00:00:00Z", "rotationPeriod": "2592000s"},
        "etag": '"15c77bb9373513"',
    }
    made = asked(credentials_kept.SECRETS, raw, {"createTime": "2026-11-01T00:00:00Z", "state": "ENABLED"})
    assert isinstance(made, Secret)
    assert (made.rotates, made.changed) == (True, datetime(2026, 11, 1, tzinfo=UTC))
    empty = asked(credentials_kept.SECRETS, raw, None)
    assert isinstance(empty, Secret)
    assert empty.changed.date().isoformat() == "2021-07-19"


def test_keys_of_service_accounts() -> None:
    raw = {
        "name": "projects/shop/serviceAccounts/ci@shop.iam.gserviceaccount.com/keys/2",
        "validAfterTime": "2021-03-31T13:27:15Z",
        "validBeforeTime": "9999-12-31T23:59:59Z",
        "keyAlgorithm": "KEY_ALG_RSA_2048",
        "keyOrigin": "GOOGLE_PROVIDED",
        "keyType": "USER_MANAGED",
    }
    made = mapped(credentials_kept.ACCESS_KEYS, raw, scope=SCOPE)
    assert isinstance(made, AccessKey)
    assert (made.active, made.created) == (True, datetime(2021, 3, 31, 13, 27, 15, tzinfo=UTC))
    off = mapped(credentials_kept.ACCESS_KEYS, {**raw, "disabled": True}, scope=SCOPE)
    assert isinstance(off, AccessKey)
    assert off.active is False
