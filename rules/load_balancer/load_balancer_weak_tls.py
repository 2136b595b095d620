"""What load balancers agree on with their clients."""

import re

from scanner import CIS_AZURE_6, Cloud, Listener, Problem, Problems, Severity, TlsPolicy, rule, unknown_value

STRONG = ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_AES_128_GCM_SHA256")

#: Words of cipher names, as OpenSSL and IANA write them, that no client needs any more (RFC 7465, RFC 8996, RFC 9325).
BROKEN = frozenset({"3DES", "ADH", "AECDH", "ANON", "DES", "EXP", "EXPORT", "MD5", "NULL", "RC2", "RC4"})
OLD = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1")
CURRENT = ("TLSv1.2", "TLSv1.3")
SHOWN = 3


def _example(*protocols: str, ciphers: tuple[str, ...] = STRONG) -> Listener:
    return Listener(protocol="https", tls=TlsPolicy(name="a-policy", protocols=protocols, ciphers=ciphers))


@rule(
    "load-balancer-weak-tls",
    severity=Severity.MEDIUM,
    controls=[CIS_AZURE_6["7.12"]],
    applies=lambda listener: listener.protocol in {"https", "tls"},
    passes={
        "TLS 1.2 and 1.3 with forward secrecy": _example("TLSv1.2", "TLSv1.3"),
        "CBC with forward secrecy": _example("TLSv1.2", ciphers=("ECDHE-RSA-AES128-SHA256",)),
    },
    fails={
        "TLS 1.0 is accepted beside newer ones": _example("TLSv1.0", "TLSv1.1", "TLSv1.2"),
        "triple DES is accepted": _example("TLSv1.2", ciphers=("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",)),
        "keys are exchanged without forward secrecy": _example(
            "TLSv1.2", ciphers=(*STRONG, "AES128-GCM-SHA256")
        ),
    },
    fix={
        Cloud.AWS: "aws elbv2 modify-listener --listener-arn {id} "
        "--ssl-policy ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09\n"
        "# a classic one: aws elb create-load-balancer-policy --load-balancer-name <load-balancer> --policy-name tls12 "
        "--policy-type-name SSLNegotiationPolicyType --policy-attributes "
        "AttributeName=Reference-Security-Policy,AttributeValue=ELBSecurityPolicy-TLS-1-2-2017-01, then "
        "aws elb set-load-balancer-policies-of-listener --load-balancer-name <load-balancer> "
        "--load-balancer-port 443 --policy-names tls12",
        Cloud.GCP: "gcloud compute ssl-policies create <policy> --profile MODERN --min-tls-version 1.2 && "
        "gcloud compute target-https-proxies update <proxy> --ssl-policy <policy>",
        Cloud.AZURE: "az network application-gateway ssl-policy set --gateway-name <gateway> "
        "--resource-group <resource-group> --policy-type Predefined --name AppGwSslPolicy20220101S",
    },
    references=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
        "https://www.rfc-editor.org/rfc/rfc8996",
    ),
)
def load_balancer_weak_tls(listener: Listener) -> Problems:
    """Load balancer accepts weak TLS.

    TLS 1.0 and 1.1 were withdrawn in 2021 (RFC 8996): browsers have dropped them, and what still asks for them is
    mostly somebody who wants the weakest that is offered. Without forward secrecy a key that leaks once opens every
    conversation ever recorded.

    The policy is judged by what it accepts, not by its name: a policy called post-quantum may still speak TLS 1.0,
    and on AWS a listener that was made without naming one does. Ciphers without forward secrecy alone are of low
    severity; CBC with it passes.
    """
    tls = listener.tls
    for version in tls.protocols:
        if version not in (*OLD, *CURRENT):
            raise unknown_value(tls, "protocols", version)
    old = [version for version in OLD if version in tls.protocols]
    if old:
        yield f"policy {tls.name} accepts {' and '.join(old)}"
    broken = [cipher for cipher in tls.ciphers if not BROKEN.isdisjoint(re.split("[-_]", cipher.upper()))]
    if broken:
        yield f"policy {tls.name} accepts broken ciphers: {_some(broken)}"
    static = [cipher for cipher in tls.ciphers if not _forward_secret(cipher)]
    if static:
        yield Problem(
            f"policy {tls.name} accepts ciphers without forward secrecy: {_some(static)}", Severity.LOW
        )


def _forward_secret(cipher: str) -> bool:
    """Tell by the name: those of TLS 1.3 name no key exchange, for they have no other."""
    exchange, named, _ = cipher.partition("_WITH_")
    if cipher.startswith("TLS_") and not named:
        return True
    return "DHE" in exchange if named else cipher.startswith(("ECDHE-", "DHE-", "EDH-"))


def _some(ciphers: list[str]) -> str:
    more = len(ciphers) - SHOWN
    return ", ".join(ciphers[:SHOWN]) + (f" and {more} more" if more > 0 else "")
