"""Declared calls and the pipeline against the SDKs' own: paths, versions, actions, what each request goes through."""

import re
from typing import Any

import arm
import pytest

from scanner.providers.azure.calls import POSTED, AzureCall
from scanner.providers.azure.transport import policies, target_of

CALLS = {call.name: call for call in arm.declared()}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())

#: The whole id of an item, and names, in the words that `arm.sent` puts in their place.
NAMES = {"account": "{subscriptionId}", "namespace": "{resourceProviderNamespace}", "group": "{groupId}"}
#: What our paths name, and the SDK leaves to whoever calls it.
CHOSEN = {"/configurations/require_secure_transport": "/configurations/{configurationName}"}


@each_call
def test_the_sdk_sends_the_same(call: AzureCall) -> None:
    sent = arm.sent(call)
    ours = call.path.removeprefix("{id}")
    if sent.path.startswith("/{resourceUri}"):  # stands behind the id of whatever it is about
        ours = ours[ours.index("/providers/") :]
    for word, name in NAMES.items():
        ours = ours.replace(f"{{{word}}}", name)
    for chosen, name in CHOSEN.items():
        ours = ours.replace(chosen, name)
    assert sent.host == "management.azure.com"
    assert sent.method == call.method
    assert sent.path.endswith(ours) if call.path.startswith("{id}") else sent.path == ours
    # What else the SDK wants is among what we send.
    assert sent.query["api-version"] == [call.version]
    assert sent.query.keys() <= {"api-version", *call.given, *call.params}


@each_call
def test_the_action_is_that_of_the_path(call: AzureCall) -> None:
    """Provider and types without the names between them; posted actions end in their own word."""
    _, provider, typed = arm.sent(call).path.rpartition("/providers/")
    namespace, *types = typed.split("/")
    if not provider or namespace.startswith("{"):
        assert call.permission.startswith("Microsoft.Resources/subscriptions")
        return
    expected = "/".join((namespace, *types[::2], "action" if call.name in POSTED else "read"))
    if call.service == "Microsoft.ResourceGraph":
        expected = "Microsoft.ResourceGraph/resources/read"
    assert call.permission == expected


@each_call
def test_items_stand_where_the_answer_has_them(call: AzureCall) -> None:
    """A list's items are one model, and it has an id; what is no list is one whole."""
    model = arm.answer_type(call)
    fields = arm.fields_of(model, {})
    assert fields
    if call.items not in ("", "value"):
        assert call.items in fields
    elif call.items:
        assert "id" in fields
        assert "value" not in fields


def test_the_server_s_descriptions_are_those_of_the_sdks() -> None:
    assert arm.FILE.read_bytes() == arm.file_of(CALLS.values()), "run: python tests/arm.py"


def test_equal_names_mean_equal_calls() -> None:
    """`declared` is a set of names, and the plan keeps one call a name."""
    for call in arm.declared():
        other = CALLS[call.name]
        assert (call.path, call.version, call.permission) == (other.path, other.version, other.permission)


#: Policies of the SDK's own pipeline that ours leaves out; `policies` says why.
LEFT_OUT = {
    "ARMAutoResourceProviderRegistrationPolicy",
    "ARMHttpLoggingPolicy",
    "ContentDecodePolicy",
    "CustomHookPolicy",
    "DistributedTracingPolicy",
    "NetworkTraceLoggingPolicy",
    "RedirectPolicy",
    "RetryPolicy",
    "SensitiveHeaderCleanupPolicy",
}


def test_requests_go_through_the_sdk_s_own_policies() -> None:
    call = CALLS["Microsoft.Network:NetworkSecurityGroups_ListAll"]
    pipeline = arm.client_of(call)._client._pipeline
    theirs = [_name(policy) for policy in pipeline._impl_policies]
    ours = [_name(policy) for policy in policies(arm.Anybody(), "scope", "surefoot", {})]
    assert set(theirs) - LEFT_OUT == set(ours)
    assert [name for name in theirs if name not in LEFT_OUT] == ours


def _name(policy: Any) -> str:
    inner = getattr(policy, "_policy", policy)
    return type(inner).__name__


def test_a_target_has_the_version_and_what_else_was_asked() -> None:
    call = CALLS["Microsoft.Network:NetworkSecurityGroups_ListAll"]
    target = target_of(call, {"account": "a b/c", "$top": 5})
    assert re.fullmatch(r"/subscriptions/a%20b%2Fc/providers/[\w./]+\?api-version=[\d-]+&%24top=5", target)
