"""What an application gateway's listeners agree on with clients: predefined policies, and policies of one's own."""

from collections.abc import Iterable
from typing import Final

from scanner.models.load_balancer import TLS_VERSIONS, TlsPolicy
from scanner.providers.azure.reading import part
from scanner.providers.spec import PARENT, Raw
from scanner.providers.values import known

_VERSIONS: Final = {f"TLSv1_{minor}": f"TLSv1.{minor}" for minor in range(4)}
#: How policies begin that have TLS 1.3 too, whose ciphers they do not list. Source: "Application Gateway TLS policy
#: overview" ("the 2022 predefined and Customv2 policies that support TLS v1.3").
_WITH_13: Final = ("AppGwSslPolicy2022", "CustomV2")


def ends_tls(listener: Raw) -> bool:
    """Tell whether a gateway's listener ends TLS."""
    return bool(listener["properties"]["protocol"].lower() == "https")


def tls_name(listener: Raw) -> str | None:
    """Return the predefined policy to be looked up for a listener; None when its policy says what it accepts.

    A policy that only says which versions are off has the ciphers of the gateway's default.
    """
    policy = _tls_policy(listener) or {}
    if policy.get("policyType", "Predefined") != "Predefined":
        return None
    return str(policy.get("policyName") or listener[PARENT]["properties"]["defaultPredefinedSslPolicy"])


def _tls_policy(listener: Raw) -> Raw | None:
    """Return the policy of the listener's own profile, else the gateway's; None when neither has one."""
    gateway, profile = listener[PARENT], listener["properties"].get("sslProfile")
    own = profile and part(gateway, "sslProfiles", profile)["properties"].get("sslPolicy")
    found: Raw | None = own or gateway["properties"].get("sslPolicy")
    return found


def tls(listener: Raw, predefined: Iterable[Raw]) -> TlsPolicy:
    """Return what clients may agree on; `predefined` are the policies that the subscription lists."""
    name, policy = tls_name(listener), _tls_policy(listener) or {}
    if name is None:
        return _accepts(str(policy["policyType"]), policy)
    off = {known(_VERSIONS, version) for version in policy.get("disabledSslProtocols") or ()}
    for listed in predefined:
        if listed["name"] == name:
            return _accepts(name, listed["properties"], off)
    raise LookupError(f"lacks the predefined policy {name}")


def _accepts(name: str, policy: Raw, off: Iterable[str] = ()) -> TlsPolicy:
    """Read a policy: what it accepts begins with its oldest version."""
    oldest = TLS_VERSIONS.index(known(_VERSIONS, policy["minProtocolVersion"]))
    ciphers = tuple(policy["cipherSuites"])
    newest = name.startswith(_WITH_13)
    protocols = TLS_VERSIONS[oldest:] if newest else (TLS_VERSIONS[oldest:-1] or TLS_VERSIONS[oldest:])
    return TlsPolicy(name=name, protocols=tuple(one for one in protocols if one not in off), ciphers=ciphers)
