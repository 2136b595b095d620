"""What the examples of the rules on load balancers cannot show: UNKNOWN, and no verdict."""

import pytest

from rules.load_balancer.load_balancer_plain_http import load_balancer_plain_http
from rules.load_balancer.load_balancer_weak_tls import load_balancer_weak_tls
from rules.load_balancer.load_balancer_without_healthy_target import load_balancer_without_healthy_target
from scanner import Action, Listener, ListenerRule, Resource, Severity, Target, TargetGroup, TlsPolicy
from scanner.engine import Outcome, Verdict, run_case
from scanner.rule import Case, Rule


def judged(rule: Rule, subject: Resource) -> Verdict:
    verdict = run_case(rule, Case(subject))
    assert verdict is not None
    return verdict


def test_a_tcp_listener_gets_no_verdict() -> None:
    listener = Listener(protocol="tcp", public=True, default_action=Action(type="forward"))
    assert run_case(load_balancer_plain_http, Case(listener)) is None
    assert run_case(load_balancer_weak_tls, Case(listener)) is None


@pytest.mark.parametrize("default", ["redirect", "fixed_response"])
def test_an_unread_rule_may_forward(default: str) -> None:
    action = Action(type=default, to_protocol="https" if default == "redirect" else None)
    listener = Listener(protocol="http", public=True, default_action=action)
    assert judged(load_balancer_plain_http, listener).outcome is Outcome.UNKNOWN


def test_actions_that_are_not_known_never_pass() -> None:
    odd = Listener(protocol="http", public=True, default_action=Action(type="teleport"))
    assert judged(load_balancer_plain_http, odd).outcome is Outcome.UNKNOWN
    rules = (
        ListenerRule(paths=(), action=Action(type="teleport")),
        ListenerRule(paths=("/x",), action=Action(type="forward")),
    )
    to_https = Action(type="redirect", to_protocol="https")
    for ordered in (rules, rules[::-1]):
        listener = Listener(protocol="http", public=True, default_action=to_https, rules=ordered)
        assert judged(load_balancer_plain_http, listener).outcome is Outcome.FAIL
    listener = Listener(protocol="http", public=True, default_action=to_https, rules=rules[:1])
    assert judged(load_balancer_plain_http, listener).outcome is Outcome.UNKNOWN


def test_inside_the_network_plain_http_is_of_low_severity() -> None:
    listener = Listener(protocol="http", public=False, default_action=Action(type="forward"))
    assert judged(load_balancer_plain_http, listener).severity is Severity.LOW


def test_a_version_that_is_not_known_never_passes() -> None:
    policy = TlsPolicy(name="p", protocols=("TLSv1.2", "TLSv9"), ciphers=())
    assert judged(load_balancer_weak_tls, Listener(protocol="tls", tls=policy)).outcome is Outcome.UNKNOWN


def test_unread_ciphers_do_not_hide_an_old_version() -> None:
    policy = TlsPolicy(name="p", protocols=("TLSv1.0",))
    assert judged(load_balancer_weak_tls, Listener(protocol="tls", tls=policy)).outcome is Outcome.FAIL


def group(*states: str) -> TargetGroup:
    return TargetGroup(
        load_balancers=("one",), targets=tuple(Target(state=state, reason=None) for state in states)
    )


def test_a_group_that_nobody_sends_to_gets_no_verdict() -> None:
    assert (
        run_case(load_balancer_without_healthy_target, Case(TargetGroup(load_balancers=(), targets=())))
        is None
    )


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        (("healthy", "unhealthy", "asleep"), Outcome.PASS),
        (("unhealthy", "pending"), Outcome.PASS),
        (("draining", "unhealthy"), Outcome.FAIL),
        (("unchecked",), Outcome.UNKNOWN),
        (("unhealthy", "unchecked"), Outcome.UNKNOWN),
        (("unhealthy", "asleep"), Outcome.UNKNOWN),
    ],
)
def test_states(states: tuple[str, ...], outcome: Outcome) -> None:
    for ordered in (states, states[::-1]):
        assert judged(load_balancer_without_healthy_target, group(*ordered)).outcome is outcome
