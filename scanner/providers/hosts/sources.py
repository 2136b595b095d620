"""What each kind is made of, from what a host prints."""

from typing import Final

from scanner.models.host import Host, HostListener, HostService, Mount
from scanner.providers.hosts.calls import FILTER, LETS_IN, MOUNTS, NAMED, SERVICES, SOCKETS
from scanner.providers.spec import Detail, Source

HOSTS: Final = Source(
    kind=Host,
    listing=NAMED,
    level="account",
    id="host://{host}",
    name="{host}",
    details=(Detail(call=FILTER, fills={"filters": lambda answer: answer["keeps_out"]}),),
    lacking=("tags",),
)

LISTENERS: Final = Source(
    kind=HostListener,
    listing=SOCKETS,
    under=HOSTS,
    level="account",
    id="host://{^.host}/{protocol}/{address}:{port}",
    name="{^.host} {protocol} {address}:{port}",
    fields={"protocol": "protocol", "port": "port", "everywhere": "everywhere"},
    details=(
        Detail(
            call=LETS_IN,
            per="shared",
            fills={"open_to": lambda answer: answer["open_to"], "via": lambda answer: answer["via"]},
        ),
    ),
    lacking=("tags",),
)

RUNNING: Final = Source(
    kind=HostService,
    listing=SERVICES,
    under=HOSTS,
    level="account",
    id="host://{^.host}/service/{name}",
    name="{^.host} {name}",
    fields={"state": "state", "stays": "stays"},
    lacking=("tags",),
)

MOUNTED: Final = Source(
    kind=Mount,
    listing=MOUNTS,
    under=HOSTS,
    level="account",
    id="host://{^.host}/mount{path}",
    name="{^.host} {path}",
    fields={"total_gib": "total_gib", "free_gib": "free_gib"},
    lacking=("tags",),
)

SOURCES: Final = (HOSTS, LISTENERS, RUNNING, MOUNTED)
