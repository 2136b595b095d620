"""Virtual machines of Compute Engine: who they are, who gets in, what they start."""

from collections.abc import Iterator
from typing import Final

from scanner.models.compute import Instance
from scanner.providers.gcp.calls import NOT_ENABLED, GcpCall
from scanner.providers.gcp.interfaces import INSTANCES
from scanner.providers.gcp.places import full_id, region
from scanner.providers.spec import Detail, Raw, Source

#: The identity of machines for which nobody chose one: `NUMBER-compute@developer.gserviceaccount.com`.
_DEFAULT: Final = "-compute@developer.gserviceaccount.com"
_EVERYTHING: Final = "https://www.googleapis.com/auth/cloud-platform"

PROJECT: Final = GcpCall(
    "compute", "projects.get", path="compute/v1/projects/{project}", absent=(NOT_ENABLED,)
)


#: A project whose metadata say nothing; that of every project has at least a fingerprint.
_UNSAID: Final[Raw] = {"commonInstanceMetadata": {}}


def _said(metadata: Raw | None, key: str) -> str | None:
    """Return what metadata say under a key, in lower case; None when nothing."""
    items = (metadata or {}).get("items") or ()
    return next((str(item.get("value", "")).lower() for item in items if item.get("key") == key), None)


def _is_on(instance: Raw | None, project: Raw, key: str) -> bool:
    """Tell whether a switch is on: what an instance says goes before what its project says."""
    own = _said((instance or {}).get("metadata"), key)
    said = own if own is not None else _said(project["commonInstanceMetadata"], key)
    return said in ("true", "1", "yes", "y")


def project_keys(project: Raw, instance: Raw) -> bool:
    """Tell whether the project's SSH keys open an instance; OS Login takes no notice of any key in metadata."""
    if _is_on(instance, project, "enable-oslogin"):
        return False
    # It counts at the instance alone: at the project it would mean nothing.
    return not _is_on(instance, _UNSAID, "block-project-ssh-keys")


def serial_console(project: Raw, instance: Raw) -> bool:
    """Tell whether an instance's serial console takes connections."""
    return _is_on(instance, project, "serial-port-enable")


def os_login(project: Raw | None) -> bool | None:
    """Tell whether OS Login is on for the project's instances, those excepted that say otherwise.

    None where Compute Engine is not in use.
    """
    return None if project is None else _is_on(None, project, "enable-oslogin")


def _accounts(instance: Raw) -> list[Raw]:
    return instance.get("serviceAccounts") or []


def public_addresses(instance: Raw) -> tuple[str, ...]:
    """Return the addresses of every interface on the internet; one that is stopped may have none for now."""
    return tuple(_addresses(instance))


def _addresses(instance: Raw) -> Iterator[str]:
    for interface in instance["networkInterfaces"]:
        for config in interface.get("accessConfigs") or ():
            yield from filter(None, [config.get("natIP")])
        for config in interface.get("ipv6AccessConfigs") or ():
            if interface.get("ipv6AccessType", "EXTERNAL") == "EXTERNAL":
                yield from filter(None, [config.get("externalIpv6")])


def verified_boot(instance: Raw) -> bool:
    """Tell whether the start of an instance is measured and watched; old images cannot do it, and say nothing."""
    said = instance.get("shieldedInstanceConfig") or {}
    return bool(said.get("enableVtpm") and said.get("enableIntegrityMonitoring"))


def confidential(instance: Raw) -> bool:
    """Tell whether an instance computes in encrypted memory; one that does not says nothing."""
    said = instance.get("confidentialInstanceConfig") or {}
    return bool(said.get("enableConfidentialCompute") or said.get("confidentialInstanceType"))


_NO_ACCOUNT: Final = ("role_is_default", "role_for_everything")

SOURCES: Final = (
    Source(
        kind=Instance,
        listing=INSTANCES,
        level="account",
        id=full_id,
        name="{name}",
        region=region,
        fields={
            "public_addresses": public_addresses,
            "role": lambda instance: next((one["email"] for one in _accounts(instance)), None),
            "role_is_default": lambda instance: any(
                one["email"].endswith(_DEFAULT) for one in _accounts(instance)
            ),
            "role_for_everything": lambda instance: any(
                _EVERYTHING in one["scopes"] for one in _accounts(instance)
            ),
            "verified_boot": verified_boot,
            "forwards_packets": "canIpForward",
            "confidential": confidential,
            "tags": lambda instance: instance.get("labels") or {},
        },
        details=[
            Detail(
                call=PROJECT,
                per="shared",
                with_item=True,
                fills={"project_keys": project_keys, "serial_console": serial_console},
            )
        ],
        not_applicable=lambda instance: () if _accounts(instance) else _NO_ACCOUNT,
        # Its metadata service asks for a header that no browser or careless program sends.
        lacking=("metadata_v1",),
    ),
)
