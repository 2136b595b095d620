"""The clouds, each read by a provider: declared calls, and pure functions from their answers to facts."""

import importlib

from scanner.models.resource import Cloud
from scanner.providers.spec import Provider

_PROVIDERS = {
    Cloud.AWS: ("scanner.providers.aws.provider", "AWS"),
    Cloud.GCP: ("scanner.providers.gcp.provider", "GCP"),
    Cloud.AZURE: ("scanner.providers.azure.provider", "AZURE"),
}


def provider_of(cloud: Cloud) -> Provider:
    """Return the provider of a cloud. Importing one loads no SDK."""
    module, name = _PROVIDERS[cloud]
    provider: Provider = getattr(importlib.import_module(module), name)
    return provider


def clouds() -> tuple[Cloud, ...]:
    """Return the clouds that this version reads."""
    return tuple(_PROVIDERS)
