"""Machines of Azure's scale sets, whose interfaces stand in no list of a subscription: from the answers of calls."""

from typing import Any

import pytest
from azure_cases import ACCOUNT, RESOURCES, SUBNET, answers
from cases import ExposureCase
from told import exposures_of, short

from scanner.exposure.exposures import Exposures
from scanner.models.endpoint import Endpoint
from scanner.models.resource import Cloud
from scanner.providers.azure.sources import SOURCES

SET = f"{RESOURCES}/Microsoft.Compute/virtualMachineScaleSets/workers"
MACHINE = f"{SET}/virtualMachines/0"
NIC = f"{MACHINE}/networkInterfaces/nic"
OUTSIDE = f"{NIC}/ipConfigurations/one/publicIPAddresses/out"
NETWORK, COMPUTE = "Microsoft.Network", "Microsoft.Compute"
SETS, MACHINES = f"{COMPUTE}:VirtualMachineScaleSets_ListAll", f"{COMPUTE}:VirtualMachineScaleSetVMs_List"
NICS = f"{NETWORK}:NetworkInterfaces_ListVirtualMachineScaleSetNetworkInterfaces"
ADDRESSES = f"{NETWORK}:PublicIPAddresses_ListVirtualMachineScaleSetPublicIPAddresses"
SSH = {"prio": 100, "acc": "Allow", "p": "Tcp", "src": "*", "dport": "22"}
EVERYTHING = "tcp4:0-65535=U tcp6:0-65535=U udp4:0-65535=U udp6:0-65535=U"


def told(
    *, public: bool = True, mode: str = "Uniform", power: str = "running", **given: Any
) -> dict[str, Any]:
    """The answers about one machine of a scale set in the subnet of the case."""
    case = ExposureCase("", "azure", "", {"subnet_nsg": [SSH], **given}, "", "", "")
    where: dict[str, Any] = {"privateIPAddress": "10.0.0.9", "subnet": {"id": SUBNET}}
    if public:
        where["publicIPAddress"] = {"id": OUTSIDE}
    one = {"name": "one", "id": f"{NIC}/ipConfigurations/one", "properties": where}
    interface = {"virtualMachine": {"id": MACHINE}, "ipConfigurations": [one]}
    states = {"instanceView": {"statuses": [{"code": f"PowerState/{power}"}]}}
    address = {"ipAddress": "52.174.1.60", "publicIPAddressVersion": "IPv4"}
    found = {
        SETS: [_resource(SET, {"orchestrationMode": mode}, location="westus")],
        MACHINES: [_resource(MACHINE, states)],
        NICS: [_resource(NIC, interface)],
        ADDRESSES: [_resource(OUTSIDE, address, sku={"name": "Standard"})],
    }
    return {**answers(case), **{call: {"value": rows} for call, rows in found.items()}}


def _resource(id_: str, properties: dict[str, Any], **said: Any) -> dict[str, Any]:
    return {"id": id_, "name": id_.rpartition("/")[2], "properties": properties, **said}


def read(answered: dict[str, Any]) -> Exposures:
    return exposures_of(Cloud.AZURE, ACCOUNT, answered, SOURCES)


def reached(exposures: Exposures) -> str:
    return short([exposures.of(one) for one in exposures.estate.all(Endpoint) if one.name != "nic1"])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "tcp4:22=W"),
        ({"subnet_nsg": []}, "none"),
        ({"subnet_nsg": None}, "none"),
        ({"public": False}, "none"),
        ({"power": "deallocated"}, "none"),
        # A machine like any other: it stands in the list of all interfaces.
        ({"mode": "Flexible"}, "none"),
    ],
)
def test_a_machine_with_an_address_of_its_own(said: dict[str, Any], expected: str) -> None:
    assert reached(read(told(**said))) == expected


def test_whose_it_is() -> None:
    exposures = read(told())
    [endpoint] = [one for one in exposures.estate.all(Endpoint) if one.name == "workers nic"]
    assert (endpoint.id, endpoint.owner, endpoint.scope.region) == (NIC, MACHINE.lower(), "westus")
    assert exposures.addresses(endpoint) == ("52.174.1.60",)


@pytest.mark.parametrize(("nsg", "expected"), [([SSH], "tcp4:50001=W"), ([], "none")])
def test_a_machine_behind_a_load_balancer(nsg: list[Any], expected: str) -> None:
    answered = told(public=False, subnet_nsg=nsg, lb={"public": True, "nat": [[50001, "tcp", 22]]})
    [balancer] = answered["Microsoft.Network:LoadBalancers_ListAll"]["value"]
    [rule] = balancer["properties"]["inboundNatRules"]
    rule["properties"]["backendIPConfiguration"] = {"id": f"{NIC}/ipConfigurations/one"}
    assert reached(read(answered)) == expected
    unread = read({**answered, NICS: None})
    assert reached(unread) == "tcp4:50001=U"


@pytest.mark.parametrize("call", [SETS, NICS])
def test_a_list_that_was_not_read_is_a_gap(call: str) -> None:
    exposures = read({**told(), call: None})
    assert reached(exposures) == "none"
    [endpoint] = exposures.estate.all(Endpoint)
    assert exposures.estate.missing("Endpoint", endpoint.scope) is not None


@pytest.mark.parametrize("call", [MACHINES, ADDRESSES])
def test_a_machine_of_which_something_was_not_read_is_not_closed(call: str) -> None:
    assert reached(read({**told(), call: None})) == EVERYTHING
