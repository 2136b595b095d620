"""Warehouses and everyone."""

from scanner import (
    CIS_GCP_5,
    EVERYONE,
    MAY_READ,
    Cloud,
    Problem,
    Problems,
    PublicGrant,
    Severity,
    Warehouse,
    each,
    rule,
)

READERS = PublicGrant(who=EVERYONE, may=(MAY_READ,), said="READER")


@rule(
    "warehouse-public",
    severity=Severity.CRITICAL,
    controls=[CIS_GCP_5["7.1"]],
    passes={"private, with no grants to everyone": Warehouse(public=False, grants=())},
    fails={
        "an address on the internet": Warehouse(public=True, grants=()),
        "everyone reads": Warehouse(public=False, grants=(READERS,)),
    },
    fix={
        Cloud.AWS: "aws redshift modify-cluster --cluster-identifier {name} --no-publicly-accessible\n"
        "# serverless: aws redshift-serverless update-workgroup --workgroup-name {name} --no-publicly-accessible",
        Cloud.GCP: "bq show --format=prettyjson <project>:{name} > dataset.json\n"
        "# take allUsers and allAuthenticatedUsers out of its access list\n"
        "bq update --source dataset.json <project>:{name}",
        Cloud.AZURE: "az synapse workspace update --name {name} --resource-group <resource-group> "
        "--public-network-access Disabled",
    },
    references=("https://docs.aws.amazon.com/redshift/latest/mgmt/managing-clusters-vpc.html",),
)
def warehouse_public(warehouse: Warehouse) -> Problems:
    """Warehouse is open to the internet or to everyone.

    All data of the company come together in it, and few people look at who reads them. With an address on the internet
    one firewall rule and one password are all that stands before them; with a grant to everyone there is nothing at
    all, and copies are made at somebody else's pace.

    Whether firewalls let anybody in to the address is another question; here the address itself is the finding. On
    Google Cloud a dataset has no address of its own: there the grants decide.
    """

    def by_address() -> Problems:
        if warehouse.public:
            yield Problem("it has a public address", severity=Severity.HIGH)

    def by_grant() -> Problems:
        for grant in warehouse.grants:
            yield f"{grant.who} may {' and '.join(grant.may)} ({grant.said})"

    yield from each((by_address, by_grant), lambda check: check())
