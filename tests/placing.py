"""Where a client would send a call, and signed for what, found out without a network."""

from collections.abc import Sequence
from typing import Any

from botocore import xform_name
from botocore.credentials import Credentials

from scanner.providers.aws import transport
from scanner.providers.aws.clients import HOME, Clients
from scanner.providers.aws.sending import Sending, sending, watch

REGIONS = (
    "us-east-1",
    "eu-west-1",
    "me-central-1",
    "us-gov-west-1",
    "us-gov-east-1",
    "cn-north-1",
    "cn-northwest-1",
)

ACCOUNT = "123456789012"


def example(client: Any) -> tuple[str, dict[str, Any]]:
    """Return a reading operation of the service that needs the least, and made-up values for what it needs."""
    model = client.meta.service_model
    readers = [name for name in model.operation_names if name.startswith(("Describe", "Get", "List"))]
    needs = {
        name: getattr(model.operation_model(name).input_shape, "required_members", []) for name in readers
    }
    name = min(needs, key=lambda name: (len(needs[name]), name))
    return name, {member: ACCOUNT if member == "AccountId" else "example" for member in needs[name]}


def held(client: Any, operation: str, arguments: dict[str, Any], region: str) -> tuple[str, str]:
    """Return the address and the region and service of the signature of the call that was not sent."""
    mark = sending.set(Sending(region, Credentials("SHARED", "SHARED")))
    try:
        getattr(client, xform_name(operation))(**arguments)
    except transport.Held as caught:
        key, _, *scope = transport.scope_of(caught.request).split("/")
        return caught.request.url, f"{key}/{'/'.join(scope)}"
    finally:
        sending.reset(mark)
    raise AssertionError("the call was not held")


def differences(clients: Clients, service: str, regions: Sequence[str] = REGIONS) -> list[str]:
    """Compare the one client of a service with native clients of each region, on one operation or, for S3, three."""
    shared = clients.client(service, HOME)
    shared.meta.events.register_first("before-send", transport.hold)
    calls = [example(shared)]
    if service == "s3":
        calls = [
            ("ListBuckets", {}),
            *(("GetBucketAcl", {"Bucket": bucket}) for bucket in ("plain", "a.dotted.one")),
        ]
    found = []
    for region in regions:
        native = clients.session.create_client(
            service,
            region,
            config=clients.config(service),
            aws_access_key_id="SHARED",
            aws_secret_access_key="SHARED",
        )
        watch(native)
        native.meta.events.register_first("before-send", transport.hold)
        for operation, arguments in calls:
            one, other = (held(client, operation, arguments, region) for client in (shared, native))
            if one != other:
                found.append(f"{service}:{operation} in {region}: {one} is not {other}")
    return found
