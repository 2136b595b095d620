"""What is asked about App Service: functions, and certificates."""

from typing import Final

from scanner.models.compute import Function
from scanner.models.keys import Certificate
from scanner.models.resource import Resource
from scanner.providers.azure import programs
from scanner.providers.azure.calls import listed, within
from scanner.providers.azure.reading import region
from scanner.providers.spec import PARENT, Source

WEB: Final = "Microsoft.Web"
VERSION: Final = "2025-05-01"

#: Under which functions stand. It is no kind of ours.
APPS: Final = Source(
    kind=Resource,
    listing=listed(WEB, "WebApps_List", "sites", VERSION),
    level="account",
    keep=programs.has_functions,
    id="{id}",
    name="{name}",
    region=region,
    lacking=("tags",),
)

FUNCTIONS: Final = Source(
    kind=Function,
    listing=within(WEB, "WebApps_ListFunctions", "functions", "sites/functions", VERSION),
    level="account",
    under=APPS,
    id="{id}",
    name="{name}",
    region=lambda function: region(function[PARENT]),
    fields=programs.FUNCTION,
)

CERTIFICATES: Final = Source(
    kind=Certificate,
    listing=listed(WEB, "Certificates_List", "certificates", VERSION),
    level="account",
    id="{id}",
    name="{name}",
    region=region,
    fields=programs.CERTIFICATE,
)

SOURCES: Final = (APPS, FUNCTIONS, CERTIFICATES)
