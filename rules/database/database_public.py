"""Databases and addresses on the internet."""

from scanner import (
    CIS_AWS_7,
    CIS_GCP_5,
    Case,
    Cloud,
    Database,
    DatabaseMember,
    InRegion,
    Problems,
    Severity,
    each,
    rule,
)


@rule(
    "database-public",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["3.2.3"], CIS_GCP_5["6.7"]],
    passes={
        "private": Database(public=False, members=()),
        "a cluster of private instances": Case(
            Database(public=False, members=("writer",)), others=[DatabaseMember(id="writer", public=False)]
        ),
    },
    fails={
        "a public address": Database(public=True, members=()),
        "a cluster with a public instance": Case(
            Database(public=False, members=("writer", "reader")),
            others=[DatabaseMember(id="writer", public=False), DatabaseMember(id="reader", public=True)],
        ),
    },
    fix={
        Cloud.AWS: "aws rds modify-db-instance --db-instance-identifier <instance> --no-publicly-accessible "
        "--apply-immediately",
        Cloud.GCP: "gcloud sql instances patch {name} --no-assign-ip --network <network>",
        Cloud.AZURE: "az sql server update --name <server> --resource-group <resource-group> "
        "--enable-public-network false",
    },
    references=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    ),
)
def database_public(database: Database, members: InRegion[DatabaseMember]) -> Problems:
    """Database has an address on the internet.

    Then a single firewall rule, opened for a test or by mistake, is all that stands between the internet and the login
    prompt of your data, and passwords and holes in the server are tried from everywhere. A database is used by machines
    of yours: it needs no public address. Reach it through a private network, a VPN or a session of a bastion.

    Whether firewalls let anybody in to that address is another question; here the address itself is the finding. In a
    cluster each instance has its own: the finding stands at the cluster and names them.
    """
    if database.public:
        yield "it has a public address"

    def check(id_: str) -> Problems:
        member = members.get(id_)
        if member is not None and member.public:
            yield f"its instance {member.name or member.id} has a public address"

    yield from each(database.members, check)
