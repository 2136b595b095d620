"""How load balancers are judged by each TLS policy that AWS offers, as moto lists them (its import takes a second)."""

import pytest
from moto.elbv2.ssl_policies import SSL_POLICIES, build_policy

from rules.load_balancer.load_balancer_weak_tls import load_balancer_weak_tls
from scanner import Listener, Severity
from scanner.engine import Outcome, run_case
from scanner.providers.aws.load_balancer import tls
from scanner.rule import Case

#: By what AWS documents of its policies: TLS 1.0 or 1.1 is medium, key exchange without forward secrecy low.
WEAK = {
    "2016-08": Severity.MEDIUM,
    "TLS-1-1-2017-01": Severity.MEDIUM,
    "TLS13-1-0-2021-06": Severity.MEDIUM,
    "TLS13-1-0-PQ-2025-09": Severity.MEDIUM,
    "TLS13-1-1-2021-06": Severity.MEDIUM,
    "TLS-1-2-2017-01": Severity.LOW,
    "TLS-1-2-Ext-2018-06": Severity.LOW,
    "TLS13-1-2-Ext1-2021-06": Severity.LOW,
    "TLS13-1-2-Ext1-PQ-2025-09": Severity.LOW,
    "TLS13-1-2-Ext2-2021-06": Severity.LOW,
    "TLS13-1-2-Ext2-PQ-2025-09": Severity.LOW,
}


@pytest.mark.parametrize("name", SSL_POLICIES)
def test_policies_of_aws_are_judged_by_what_they_accept(name: str) -> None:
    policy = build_policy(name, SSL_POLICIES[name])
    assert policy is not None
    verdict = run_case(load_balancer_weak_tls, Case(Listener(protocol="https", tls=tls([policy], {}))))
    assert verdict is not None
    expected = WEAK.get(name.removeprefix("ELBSecurityPolicy-"))
    assert (verdict.severity if verdict.outcome is Outcome.FAIL else None) is expected
