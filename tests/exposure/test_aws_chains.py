"""Ways of AWS that the short form of the cases does not know: what was not read, several subnets, who counts."""

from typing import Any

import pytest

from scanner.exposure import in_short, openings
from scanner.exposure.asking import exposure
from scanner.exposure.exposures import Exposures
from scanner.inventory import Gap, Inventory
from scanner.models.endpoint import Address, Endpoint, Service
from scanner.models.load_balancer import Listener
from scanner.models.network import AddressList, Firewall, NetworkRule, Reference
from scanner.models.resource import Cloud, Code, Resource, Scope, UnreadError, Why
from scanner.models.routing import AccessList, Network, Route, RouteTable, Subnet

SCOPE = Scope(Cloud.AWS, "123456789012", "eu-west-1")
EC2 = "arn:aws:ec2:eu-west-1:123456789012:"
BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
DATABASE = "arn:aws:rds:eu-west-1:123456789012:db:orders"
DENIED = Why(code=Code.DENIED, permission="ec2:DescribeSomething")


def rule(**changed: Any) -> NetworkRule:
    facts: dict[str, Any] = {
        "ref": "tcp 22 from 0.0.0.0/0",
        "direction": "ingress",
        "action": "allow",
        "priority": None,
        "enabled": True,
        "protocol": "tcp",
        "ports": ((22, 22),),
        "sources": ("0.0.0.0/0",),
        "source_references": (),
        "unresolvable_sources": (),
        "from_internet": None,
        "destinations": (),
        "targets": (),
    }
    return NetworkRule(**{**facts, **changed})


EVERYTHING = rule(ref="rule 100", protocol="all", ports=(), priority=100)
REPLIES = rule(
    ref="rule 100 out",
    direction="egress",
    protocol="all",
    ports=(),
    priority=100,
    sources=(),
    destinations=("0.0.0.0/0", "::/0"),
)


def network(**changed: Any) -> Network:
    return Network(**{"id": EC2 + "vpc/vpc-1", "scope": SCOPE, "internet_gateways": ("igw-1",), **changed})


def subnet(name: str = "subnet-1", **changed: Any) -> Subnet:
    facts = {"network": "vpc-1", "block": None, "unadvertised": ()}
    return Subnet(id=f"{EC2}subnet/{name}", scope=SCOPE, **{**facts, **changed})


def route(destination: str | None = "0.0.0.0/0", target: str = "igw-1", **changed: Any) -> Route:
    facts = {
        "destination": destination,
        "address_list": None,
        "target": target,
        "to_internet": target.startswith("igw-"),
        "active": True,
        "priority": 0,
        "targets": (),
    }
    return Route(**{**facts, **changed})


def table(*routes: Route, name: str = "rtb-1", **changed: Any) -> RouteTable:
    facts = {"network": "vpc-1", "subnets": (), "main": True, "routes": routes or (route(),)}
    return RouteTable(id=f"{EC2}route-table/{name}", scope=SCOPE, **{**facts, **changed})


def access_list(*subnets: str, **changed: Any) -> AccessList:
    facts = {"network": "vpc-1", "subnets": subnets or ("subnet-1",), "rules": (EVERYTHING, REPLIES)}
    return AccessList(id=EC2 + "network-acl/acl-1", scope=SCOPE, **{**facts, **changed})


def group(*rules: NetworkRule, name: str = "sg-1", unread: Why | None = None) -> Firewall:
    id_ = f"{EC2}security-group/{name}"
    if unread is not None:
        return Firewall(id=id_, scope=SCOPE, unread={"rules": unread})
    return Firewall(id=id_, scope=SCOPE, rules=rules or (rule(),))


def address(public: str | None = "54.1.1.1", family: int = 4, *, blocked: bool = False) -> Address:
    return Address(family=family, public=public, private=None, blocked=blocked, open_without_firewall=True)


def interface(name: str = "eni-1", **changed: Any) -> Endpoint:
    facts: dict[str, Any] = {
        "owner": "i-1",
        "addresses": (address(),),
        "network": "vpc-1",
        "subnets": ("subnet-1",),
        "firewalls": ("sg-1",),
        "memberships": (),
        "running": True,
        "services": None,
        "sources": None,
    }
    facts |= changed
    unread = {field: facts.pop(field) for field in tuple(facts) if isinstance(facts[field], Why)}
    return Endpoint(
        id=changed.pop("id", f"{EC2}network-interface/{name}"),
        scope=SCOPE,
        name=name,
        unread=unread,
        **{field: value for field, value in facts.items() if field != "id"},
    )


def balancer(**changed: Any) -> Endpoint:
    facts: dict[str, Any] = {
        "id": BALANCER,
        "owner": BALANCER,
        "addresses": (address("web-1.elb.amazonaws.com"),),
        "services": Why(code=Code.NOT_APPLICABLE),
    }
    return interface("web", **{**facts, **changed})


def listener(protocol: str = "https", port: int = 22) -> Listener:
    return Listener(
        id=f"{BALANCER}/{port}", scope=SCOPE, load_balancer=BALANCER, protocol=protocol, ports=((port, port),)
    )


HOUSE: tuple[Resource, ...] = (network(), subnet(), table(), access_list(), group())


def reach(*resources: Resource, gaps: tuple[Gap, ...] = (), id_: str = "") -> Any:
    kinds = {type(one) for one in resources}
    rest = [one for one in HOUSE if type(one) not in kinds]
    found = [one for one in resources if isinstance(one, Endpoint)]
    endpoints = found or [interface()]
    inventory = Inventory(resources=[*rest, *resources, *(() if found else endpoints)], gaps=list(gaps))
    return exposure(inventory, id_ or endpoints[0].id)


def short(*resources: Resource, gaps: tuple[Gap, ...] = (), id_: str = "") -> str:
    return in_short(openings(reach(*resources, gaps=gaps, id_=id_).exposure))


def gap(kind: str, **changed: Any) -> Gap:
    return Gap(changed.get("scope", SCOPE), kind, Code.DENIED, "ec2:DescribeSomething")


def without(kind: type[Resource], *endpoints: Endpoint, gaps: tuple[Gap, ...] = ()) -> str:
    """The house without any resource of a kind."""
    resources = [one for one in HOUSE if not isinstance(one, kind)]
    inventory = Inventory(resources=[*resources, *(endpoints or (interface(),))], gaps=list(gaps))
    found = exposure(inventory, (endpoints or (interface(),))[0].id)
    return in_short(openings(found.exposure))


def test_the_house_is_open() -> None:
    assert short() == "tcp4:22=W"


class TestEvidence:
    def test_names_what_lets_it_through(self) -> None:
        (opening,) = openings(reach().exposure)
        assert opening.via == (
            "rtb-1 0.0.0.0/0 to igw-1",
            "acl-1 rule 100",
            "acl-1 rule 100 out",
            "sg-1 tcp 22 from 0.0.0.0/0",
        )
        assert opening.sources.cidrs() == ("0.0.0.0/0",)

    def test_the_route_within_the_network_takes_nothing_of_the_internet(self) -> None:
        """Nobody with a private address comes through an internet gateway, so it is not worth a hole."""
        local = route("10.0.0.0/16", "local")
        (opening,) = openings(reach(table(local, route())).exposure)
        assert opening.sources.cidrs() == ("0.0.0.0/0",)


class TestUnread:
    """What was not read is neither open nor closed; what other layers close stays closed."""

    @pytest.mark.parametrize("kind", [Network, Subnet, RouteTable, AccessList])
    def test_a_listing_before_the_subnet(self, kind: type[Resource]) -> None:
        assert without(kind, gaps=(gap(kind.kind()),)) == "tcp4:22=U"

    @pytest.mark.parametrize("kind", [Network, Subnet, RouteTable, AccessList])
    def test_what_must_be_there_but_is_not(self, kind: type[Resource]) -> None:
        """No gap says so: it is of an account that was not read."""
        assert without(kind) == "tcp4:22=U"

    def test_security_groups(self) -> None:
        assert without(Firewall, gaps=(gap("Firewall"),)) == ("tcp4:0-65535=U udp4:0-65535=U")
        assert short(group(), interface(firewalls=("sg-1", "sg-9"))) == (
            "tcp4:0-21=U tcp4:22=W tcp4:23-65535=U udp4:0-65535=U"
        )

    def test_says_what_was_not_read(self) -> None:
        assert reach().reachable(port=22)
        missing = exposure(
            Inventory(
                resources=[*(one for one in HOUSE if not isinstance(one, RouteTable)), interface()],
                gaps=[gap("RouteTable")],
            ),
            "eni-1",
        )
        with pytest.raises(UnreadError, match="RouteTable: ec2:DescribeSomething"):
            missing.reachable(port=22)
        assert not missing.reachable(port=23)
        assert missing.only_from([], port=443)

    @pytest.mark.parametrize("field", ["network", "subnets", "firewalls", "running", "services", "addresses"])
    def test_a_field_of_the_endpoint(self, field: str) -> None:
        closed = field == "firewalls"
        assert short(interface("eni-1", **{field: DENIED})) == (
            "tcp4:0-65535=U udp4:0-65535=U" if closed else "tcp4:22=U"
        )

    def test_an_endpoint_without_a_public_address_needs_no_more(self) -> None:
        assert short(interface(addresses=(address(None),), running=DENIED, network=DENIED)) == "none"

    def test_a_block_that_may_have_an_exclusion(self) -> None:
        blocked = subnet(block="both", unread={"block_exclusion": DENIED})
        assert short(blocked) == "tcp4:22=U"

    def test_a_table_that_may_be_set_on_the_subnet(self) -> None:
        lost = RouteTable(
            id=EC2 + "route-table/rtb-2",
            scope=SCOPE,
            network="vpc-1",
            main=False,
            routes=(),
            unread={"subnets": DENIED},
        )
        assert short(lost, table()) == "tcp4:22=U"

    def test_a_list_of_addresses_that_a_route_leads_away_by(self) -> None:
        """What may be closed stays open, and the doubt is named."""
        away = route(None, "vpce-1", address_list="pl-1")
        lists = AddressList(id="arn:pl-1", scope=SCOPE, reference="pl-1", unread={"addresses": DENIED})
        (opening,) = openings(reach(table(away, route()), lists).exposure)
        assert (opening.breadth.value, opening.doubts) == ("W", ("rtb-1 pl-1 to vpce-1",))
        assert short(table(away, route())) == "tcp4:22=W"  # not read at all

    def test_a_gap_of_another_account_or_region_is_not_ours(self) -> None:
        elsewhere = SCOPE._replace(region="us-east-1")
        other = SCOPE._replace(account="210987654321")
        for scope in (elsewhere, other):
            assert short(interface(firewalls=("sg-1",)), gaps=(gap("Firewall", scope=scope),)) == "tcp4:22=W"

    def test_what_an_answer_says_that_this_version_does_not_know(self) -> None:
        assert short(subnet(block="sideways")) == "tcp4:22=U"
        assert short(balancer(), listener("carrier-pigeon")) == "tcp4:22=U"


class TestRoutes:
    def test_an_explicit_table_is_used_in_place_of_the_main_one(self) -> None:
        private = table(route("0.0.0.0/0", "nat-1"), name="rtb-2", main=False, subnets=("subnet-1",))
        assert short(table(), private) == "none"
        assert short(table(), table(route("0.0.0.0/0", "nat-1"), name="rtb-2", main=False)) == "tcp4:22=W"

    def test_the_main_table_of_another_network_does_not_count(self) -> None:
        ours = table(route("0.0.0.0/0", "nat-1"))
        assert short(ours, table(name="rtb-2", network="vpc-2")) == "none"

    def test_what_was_set_wins_over_what_was_announced(self) -> None:
        announced = route("0.0.0.0/0", "vgw-1", priority=1)
        assert short(table(announced, route())) == "tcp4:22=W"

    @pytest.mark.parametrize(("gateways", "active"), [((), True), (("igw-2",), True), (("igw-1",), False)])
    def test_detached(self, gateways: tuple[str, ...], active: bool) -> None:  # noqa: FBT001
        assert short(network(internet_gateways=gateways), table(route(active=active))) == "none"


class TestBlock:
    @pytest.mark.parametrize(
        ("block", "exclusion", "expected"),
        [
            ("ingress", None, "none"),
            ("both", "egress", "none"),
            ("both", "both", "tcp4:22=W"),
        ],
    )
    def test_exclusions(self, block: str, exclusion: str | None, expected: str) -> None:
        assert short(subnet(block=block, block_exclusion=exclusion)) == expected

    def test_an_address_of_ipv6_that_nobody_can_send_to(self) -> None:
        six = group(rule(sources=("::/0",)))
        both = access_list(rules=(EVERYTHING.model_copy(update={"sources": ("::/0",)}), REPLIES))
        way = table(route("::/0"))
        one = interface(addresses=(address("2600:1f18::5", 6),))
        assert short(one, six, both, way) == "tcp6:22=W"
        assert short(one, six, both, way, subnet(unadvertised=("2600:1f18::/64",))) == "none"


class TestBalancers:
    def test_only_the_ports_of_its_listeners(self) -> None:
        open_ = group(rule(protocol="all", ports=()))
        assert short(balancer(), listener("https", 443), listener("quic", 8443), open_) == (
            "tcp4:443=W udp4:8443=W"
        )

    def test_a_subnet_each_is_a_way_in(self) -> None:
        zones = balancer(subnets=("subnet-1", "subnet-2"))
        tables = table(route("0.0.0.0/0", "nat-1")), table(name="rtb-2", main=False, subnets=("subnet-2",))
        lists = access_list("subnet-1", "subnet-2")
        assert short(zones, listener(), subnet(), subnet("subnet-2"), *tables, lists) == "tcp4:22=W"

    def test_a_listener_that_was_not_listed(self) -> None:
        open_ = group(rule(ports=((22, 23),)))
        found = short(balancer(), listener("tcp", 22), open_, gaps=(gap("Listener"),))
        assert found == "tcp4:22=W tcp4:23=U"

    def test_its_interfaces_count_as_its_own(self) -> None:
        part = interface("eni-2", owner="ELB app/web/50dc6c495c0c9188", addresses=(address("54.9.9.9"),))
        asked = reach(balancer(), listener(), part, id_=BALANCER)
        exposures: Exposures = asked.exposures
        assert [one.id for one in exposures.endpoints()] == [BALANCER]
        assert exposures.addresses(asked.endpoint) == ("54.9.9.9",)
        assert exposures.counted_elsewhere(part)

    def test_an_interface_whose_balancer_was_not_listed(self) -> None:
        """Its listeners are fewer than the ports of its groups, and nobody knows which."""
        part = interface(owner="ELB app/web/50dc6c495c0c9188")
        assert short(part, gaps=(gap("Endpoint"),)) == "tcp4:22=U"
        assert short(part) == "tcp4:22=W"

    def test_its_addresses_of_ipv6_may_be_kept_from_the_internet(self) -> None:
        both = access_list(rules=(EVERYTHING.model_copy(update={"sources": ("::/0",)}), REPLIES))
        way, six = table(route("::/0")), group(rule(sources=("::/0",)))
        whole = balancer(addresses=(address("web-1.elb.amazonaws.com", 6),))
        part = {"name": "eni-2", "owner": "ELB app/web/50dc6c495c0c9188"}
        kept = interface(**part, addresses=(address("2600:1f18::5", 6, blocked=True),))
        free = interface(**part, addresses=(address("2600:1f18::5", 6),))
        assert short(whole, listener(), six, both, way, kept, id_=BALANCER) == "none"
        assert short(whole, listener(), six, both, way, free, id_=BALANCER) == "tcp6:22=W"


class TestDatabases:
    SERVICE = Service(protocol="tcp", ports=(5432, 5432), back_ports=None, backends=None)

    def database(self, **changed: Any) -> Endpoint:
        name = (address("orders.rds.amazonaws.com"),)
        facts = {"id": DATABASE, "owner": DATABASE, "addresses": name, "services": (self.SERVICE,)}
        return interface("orders", **{**facts, **changed})

    def test_its_port_only(self) -> None:
        assert short(self.database(), group(rule(ports=((0, 65535),)))) == "tcp4:5432=W"

    def test_an_interface_that_can_be_nobody_elses_counts_as_its_own(self) -> None:
        part = interface("eni-2", owner="RDSNetworkInterface", addresses=(address("54.9.9.9"),))
        other = interface("eni-3", owner="RDSNetworkInterface", firewalls=("sg-2",))
        exposures: Exposures = reach(self.database(), part, other, id_=DATABASE).exposures
        assert [one.name for one in exposures.endpoints()] == ["eni-3", "orders"]

    def test_a_private_one_has_no_such_interface(self) -> None:
        private = self.database(addresses=(address(None),))
        part = interface("eni-2", owner="RDSNetworkInterface")
        exposures: Exposures = reach(private, part, id_=DATABASE).exposures
        assert [one.name for one in exposures.endpoints()] == ["eni-2", "orders"]

    def test_outside_of_networks_nothing_but_itself_decides(self) -> None:
        express = self.database(network=None, subnets=(), firewalls=())
        assert short(express) == "tcp4:5432=W"
        assert short(self.database(network=None, subnets=(), firewalls=(), running=False)) == "none"


def test_shared_subnets_belong_to_another_account() -> None:
    """What an interface stands in is its owner's, and is found there."""
    owner = SCOPE._replace(account="210987654321")
    shared = [one.model_copy(update={"scope": owner}) for one in HOUSE if not isinstance(one, Firewall)]
    inventory = Inventory(resources=[*shared, group(), interface()])
    assert in_short(openings(exposure(inventory, "eni-1").exposure)) == "tcp4:22=W"


def test_a_group_names_a_list_as_its_owner_sees_it() -> None:
    by_list = rule(sources=(), source_references=(Reference("address_list", "pl-1"),))
    theirs = AddressList(
        id="a", scope=SCOPE._replace(account="2"), reference="pl-1", addresses=("0.0.0.0/0",)
    )
    ours = AddressList(id="b", scope=SCOPE, reference="pl-1", addresses=("8.8.8.0/24",))
    assert short(group(by_list), theirs, ours) == "tcp4:22=N"
