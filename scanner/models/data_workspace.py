"""Workspaces in which people work on data with clusters that the cloud starts for them."""

from typing import ClassVar

from scanner.models.resource import UNREAD, Resource


class DataWorkspace(Resource):
    """A Databricks workspace. Read on Azure alone, where it is a resource of the cloud's own."""

    title: ClassVar[str] = "data workspace"

    own_network: bool = UNREAD
    """Whether its clusters stand in a network of the owner's. Not applicable to one that has no clusters of its own.
    Azure `parameters.customVirtualNetworkId`."""
    hidden: bool = UNREAD
    """Whether its clusters have no addresses on the internet. Not applicable as above. Azure
    `parameters.enableNoPublicIp`."""
    public: bool = UNREAD
    """Whether people come to it over public networks. Azure `publicNetworkAccess`; absent: true."""
    private_endpoint: bool = UNREAD
    """Whether it has an address in a network of the owner's. Azure: one of `privateEndpointConnections` is approved."""
    log: str | None = UNREAD
    """Where it writes down what is done in it; None: nowhere. Azure: a diagnostic setting that takes some log."""
