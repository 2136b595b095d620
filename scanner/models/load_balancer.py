"""Load balancers, the ports on which they listen, and the targets that they send to."""

from typing import ClassVar, Final

from scanner.models.resource import UNREAD, Facts, Resource

#: Kinds of load balancers.
APPLICATION: Final = "application"
NETWORK: Final = "network"
GATEWAY: Final = "gateway"
CLASSIC: Final = "classic"

#: Protocols of listeners. What is not listed here is passed on as the cloud calls it, in lower case.
HTTP: Final = "http"
HTTPS: Final = "https"
TCP: Final = "tcp"
TLS: Final = "tls"

#: What a listener does with a request.
FORWARD: Final = "forward"
REDIRECT: Final = "redirect"
FIXED_RESPONSE: Final = "fixed_response"

#: States of a target.
HEALTHY: Final = "healthy"
UNHEALTHY: Final = "unhealthy"
PENDING: Final = "pending"
"""Just registered: the first health checks are still running."""
DRAINING: Final = "draining"
"""On its way out: it gets no new requests."""
UNUSED: Final = "unused"
"""Registered, but nothing is sent to it: it is stopped, or stands where the load balancer does not."""
UNCHECKED: Final = "unchecked"
"""Nobody checks its health."""

#: Versions of the protocol, oldest first.
TLS_VERSIONS: Final = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")


#: What a web application firewall does with an attack.
BLOCKS: Final = "blocks"
DETECTS: Final = "detects"
"""It writes down what it would have blocked, and lets it pass."""


class LoadBalancer(Resource):
    """A load balancer: the front of whatever its listeners send to."""

    title: ClassVar[str] = "load balancer"

    type: str = UNREAD
    """`application`, `network`, `gateway` or `classic`. AWS `Type`; GCP: application behind a target HTTP(S)
    proxy, else network; Azure: application gateway, else network."""
    public: bool = UNREAD
    """Whether it has addresses on the internet. AWS `Scheme`; GCP `loadBalancingScheme`; Azure: some front end has a
    `publicIPAddress`."""
    families: tuple[int, ...] = UNREAD
    """IP versions (4, 6) of the addresses that its scheme speaks of. AWS `IpAddressType`; GCP `ipVersion`; Azure
    `privateIPAddressVersion`."""
    firewalls: tuple[str, ...] = UNREAD
    """Ids of the firewalls on its front; empty: none, so that every client reaches its listeners. AWS
    `SecurityGroups`. GCP and Azure have no such thing."""
    waf: str | None = UNREAD
    """What the web application firewall that is a part of it does with an attack: `blocks`, `detects`; None: there is
    none, or it is off. Where its listeners have one each, the one that does least. Azure `firewallPolicy`, or
    `webApplicationFirewallConfiguration`, of an application gateway; GCP: the rules that look into requests of Cloud
    Armor's `securityPolicy` of its backend services, of which those with `preview` only tell. AWS lacks it: its is a
    service of its own, which is put before a load balancer."""
    access_log: str | None = UNREAD
    """Where requests, or connections, are logged to; None: nowhere. AWS `access_logs.s3.bucket` where
    `access_logs.s3.enabled`, not applicable to a gateway load balancer; GCP: `logConfig.enable` of the backend service;
    Azure: the diagnostic setting that takes the access log."""
    drops_invalid_headers: bool = UNREAD
    """Whether headers with invalid names are taken out. AWS `routing.http.drop_invalid_header_fields.enabled` of an
    application load balancer, else not applicable. GCP and Azure lack it."""
    deletion_protection: bool = UNREAD
    """Whether it has to be unlocked before it can be deleted. AWS `deletion_protection.enabled`. GCP and Azure lack
    it."""


class WafPolicy(Resource):
    """Rules of a web application firewall that gateways share. Read on Azure alone."""

    title: ClassVar[str] = "web application firewall"

    in_use: bool = UNREAD
    """Whether it is on, and some gateway, listener or path has it. Azure `policySettings.state`, `applicationGateways`,
    `httpListeners`, `pathBasedRules`."""
    reads_bodies: bool = UNREAD
    """Whether it looks into bodies of requests, and not at their heads alone. Azure `policySettings.requestBodyCheck`;
    absent: true."""
    knows_bots: bool = UNREAD
    """Whether it has the rules against known bots. Azure: `managedRuleSets` has Microsoft_BotManagerRuleSet."""


class TlsPolicy(Facts):
    """What clients may agree on with a listener."""

    name: str = UNREAD
    """Name of the policy, as its cloud lists it. AWS `SslPolicy`; GCP `sslPolicy`; Azure `policyName` or
    `policyType`."""
    protocols: tuple[str, ...] = UNREAD
    """Versions that are accepted, of `TLS_VERSIONS`. AWS `SslProtocols`; GCP `minTlsVersion` and above; Azure
    `minProtocolVersion` and above."""
    ciphers: tuple[str, ...] = UNREAD
    """Cipher suites that are accepted, named as OpenSSL or as IANA does. AWS `Ciphers[].Name`; GCP `enabledFeatures`;
    Azure `cipherSuites`."""


class Action(Facts):
    """What becomes of a request."""

    type: str = UNREAD
    """`forward`, `redirect` or `fixed_response`. AWS `Actions[].Type` (the last in order: those before it only
    authenticate); GCP `defaultService` or `defaultUrlRedirect`; Azure `redirectConfiguration`."""
    to_protocol: str | None = UNREAD
    """For a redirect, the protocol to which it leads, in lower case; else None. AWS `RedirectConfig.Protocol`; GCP
    `httpsRedirect`; Azure: that of the target listener or `targetUrl`."""


class ListenerRule(Facts):
    """An exception from a listener's default action."""

    paths: tuple[str, ...] = UNREAD
    """Path patterns to which it is limited, regular expressions behind a `~`; empty: every path. AWS `path-pattern`
    conditions; GCP `paths`; Azure `pathRules[].paths`."""
    action: Action = UNREAD
    """What becomes of the requests that match."""


class Listener(Resource):
    """One port, or range of ports, on which a load balancer takes connections."""

    title: ClassVar[str] = "listener"

    load_balancer: str = UNREAD
    """Id of its load balancer. AWS `LoadBalancerArn`, of a classic one its name; GCP the forwarding rule; Azure the
    parent."""
    public: bool = UNREAD
    """Whether it listens on the internet: as `LoadBalancer.public`."""
    protocol: str = UNREAD
    """`http`, `https`, `tcp`, `tls`, or another in lower case. AWS, Azure `Protocol`; GCP: by the target proxy."""
    ports: tuple[tuple[int, int], ...] = UNREAD
    """First and last of each range of ports; empty: every port. AWS `Port`; GCP `portRange`, `ports`, `allPorts`; Azure
    `frontendPort`."""
    default_action: Action = UNREAD
    """What becomes of requests that match no rule. AWS `DefaultActions`; GCP the URL map's default; Azure the routing
    rule, or its path map's default."""
    rules: tuple[ListenerRule, ...] = UNREAD
    """Exceptions from the default action, for plain HTTP whose default action sends nothing on; elsewhere not
    applicable. AWS `Rules` (without the default); GCP `pathMatchers`; Azure `pathRules`."""
    tls: TlsPolicy = UNREAD
    """What clients may agree on; not applicable to a listener that does not end TLS. AWS `SslPolicy`; GCP `sslPolicy`;
    Azure `sslPolicy`, `sslProfile`."""


class Target(Facts):
    """One target and its health."""

    state: str = UNREAD
    """`healthy`, `unhealthy`, `pending`, `draining`, `unused` or `unchecked`. AWS `TargetHealth.State`; GCP
    `healthState`; Azure `health`."""
    reason: str | None = UNREAD
    """The cloud's own word for why, if it gives one. AWS `TargetHealth.Reason`; Azure `healthProbeLog`."""


class TargetGroup(Resource):
    """Targets among which a load balancer chooses."""

    title: ClassVar[str] = "target group"

    load_balancers: tuple[str, ...] = UNREAD
    """Ids of the load balancers that send to it; empty: none does. AWS `LoadBalancerArns`; GCP `usedBy`; Azure the
    parent."""
    targets: tuple[Target, ...] = UNREAD
    """Every registered target, in no order. AWS `DescribeTargetHealth`; GCP `getHealth`; Azure `backendhealth`. Not
    applicable where nobody checks health (AWS `HealthCheckEnabled` false, which is so for Lambda only)."""
