"""Machines, functions and clusters of containers: what runs code, and who can reach it."""

from typing import ClassVar, Final

from scanner.models.resource import UNREAD, Facts, Resource
from scanner.models.storage import PublicGrant

#: What a grant to the public lets them do with a function, beside `MAY_ADMIN` and `MAY_OTHER`.
MAY_INVOKE: Final = "invoke"
"""Run it."""
MAY_INVOKE_BY_URL: Final = "invoke by URL"
"""Run it by its address on the internet, if it has one."""


class Instance(Resource):
    """A virtual machine that has not been terminated."""

    title: ClassVar[str] = "instance"

    metadata_v1: bool = UNREAD
    """Whether the metadata service gives the machine's credentials to a plain GET, without a session. AWS: the endpoint
    is enabled and `MetadataOptions.HttpTokens` is optional. GCP and Azure lack it: theirs ask for a header."""
    public_addresses: tuple[str, ...] = UNREAD
    """Addresses of either family on the internet, of every interface. AWS `Association.PublicIp`, `Ipv6Addresses`; GCP
    `accessConfigs[].natIP`, `externalIpv6`; Azure `publicIPAddress` of its NICs, by id where the answer says no
    more."""
    role: str | None = UNREAD
    """The identity by which programs on the machine sign in to the cloud; None: none, they need keys of their own. AWS
    `IamInstanceProfile.Arn`; GCP `serviceAccounts[].email`; Azure `identity`."""
    role_is_default: bool = UNREAD
    """Whether that identity is the one that every machine gets for which nobody chose. GCP: the project's default
    service account of Compute Engine. AWS and Azure lack it: there nobody chosen means none."""
    role_for_everything: bool = UNREAD
    """Whether what the identity may do is not narrowed for this machine. GCP `serviceAccounts[].scopes` has
    cloud-platform. AWS and Azure lack it."""
    project_keys: bool = UNREAD
    """Whether whoever holds an SSH key of the whole project may log in. GCP: neither `block-project-ssh-keys` nor
    `enable-oslogin` is true in its metadata, or the project's. AWS and Azure lack it."""
    serial_console: bool = UNREAD
    """Whether its serial console takes connections, past every firewall. GCP `serial-port-enable` in its metadata, or
    the project's. AWS and Azure lack it: theirs is a switch of the account."""
    verified_boot: bool = UNREAD
    """Whether what it starts is measured and compared with what it started before. GCP: vTPM and integrity monitoring
    of `shieldedInstanceConfig`; Azure `securityProfile.uefiSettings`. AWS lacks it."""

    forwards_packets: bool = UNREAD
    """Whether it may send packets under other addresses than its own, and take those that are for others. GCP
    `canIpForward`; Azure `enableIPForwarding` of one of its interfaces. AWS lacks it: there it is a switch of a single
    interface."""
    confidential: bool = UNREAD
    """Whether its memory is encrypted with a key that never leaves the processor. GCP
    `confidentialInstanceConfig.enableConfidentialCompute`; Azure `securityProfile.securityType` is ConfidentialVM. Not
    read of AWS."""


class ScaleSet(Resource):
    """Machines of one model that the cloud makes and removes by itself: only where their interfaces are listed.

    Azure: a virtual machine scale set. AWS and GCP have no such lists: there such machines stand among the others.
    """

    title: ClassVar[str] = "scale set"


class FunctionUrl(Facts):
    """An address of a function on the internet."""

    address: str = UNREAD
    """AWS `FunctionUrl`; GCP `url`; Azure `invoke_url_template`."""
    signed: bool = UNREAD
    """Whether requests must be signed. AWS `AuthType` is AWS_IAM; GCP: false, the policy alone decides; Azure: some
    binding's `authLevel` is not anonymous."""


class Function(Resource):
    """A function that the cloud runs on request.

    AWS: each of its aliases too. GCP: a service of Cloud Run
    too. Azure: one function of an app.
    """

    title: ClassVar[str] = "function"

    policy_grants: tuple[PublicGrant, ...] = UNREAD
    """Grants to the public by its policy, `may` among `invoke`, `invoke by URL`, `admin` and `other`. AWS: GetPolicy,
    without those of versions; GCP: the IAM policy; Azure: an HTTP trigger whose `authLevel` is
    anonymous."""
    url: FunctionUrl | None = UNREAD
    """Its address on the internet; None: it has none. AWS: GetFunctionUrlConfig; GCP
    `serviceConfig`; Azure: an HTTP trigger."""


class Cluster(Resource):
    """A managed Kubernetes cluster."""

    title: ClassVar[str] = "cluster"

    public: bool = UNREAD
    """Whether its API server has an address on the internet. AWS `endpointPublicAccess`; GCP not
    `enablePrivateEndpoint`; Azure not `enablePrivateCluster`."""
    sources: tuple[str, ...] | None = UNREAD
    """Blocks from which that address answers; None: every one. AWS `publicAccessCidrs`; GCP
    `masterAuthorizedNetworksConfig`; Azure `authorizedIPRanges`."""
