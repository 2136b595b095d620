"""What is read, each by a provider: declared calls, and pure functions from their answers to facts."""

import importlib
from collections.abc import Mapping

from scanner.models.resource import Cloud
from scanner.providers.spec import Provider

_PROVIDERS = {
    Cloud.AWS: ("scanner.providers.aws.provider", "AWS"),
    Cloud.GCP: ("scanner.providers.gcp.provider", "GCP"),
    Cloud.AZURE: ("scanner.providers.azure.provider", "AZURE"),
    Cloud.HOST: ("scanner.providers.hosts.provider", "HOST"),
    Cloud.PROBE: ("scanner.providers.probe.provider", "PROBE"),
}


def provider_of(cloud: Cloud) -> Provider:
    """Return the provider of a cloud, or of what is none. Importing one loads no SDK."""
    module, name = _PROVIDERS[cloud]
    provider: Provider = getattr(importlib.import_module(module), name)
    return provider


def clouds() -> tuple[Cloud, ...]:
    """Return the clouds that a scan can be of."""
    return (Cloud.AWS, Cloud.GCP, Cloud.AZURE)


def providers() -> Mapping[Cloud, Provider]:
    """Return every provider: those of the clouds, and those of what is no cloud."""
    return {cloud: provider_of(cloud) for cloud in _PROVIDERS}
