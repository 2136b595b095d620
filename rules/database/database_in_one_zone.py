"""Databases and the failure of a zone."""

from scanner import CIS_AWS_7, Cloud, Database, Problems, Severity, rule

from ._subjects import has_data_of_its_own


@rule(
    "database-in-one-zone",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["3.2.4"]],
    passes={"another zone takes over": Database(replica_of=None, zones=True)},
    fails={"it stops with its zone": Database(replica_of=None, zones=False)},
    fix={
        Cloud.AWS: "aws rds modify-db-instance --db-instance-identifier {name} --multi-az --apply-immediately\n"
        "# of an Aurora cluster, an instance in another zone:\n"
        "aws rds create-db-instance --db-cluster-identifier {name} --db-instance-identifier <name> "
        "--availability-zone <another-zone> --db-instance-class <class> --engine <engine>",
        Cloud.GCP: "gcloud sql instances patch {name} --availability-type REGIONAL",
        Cloud.AZURE: "az postgres flexible-server update --name {name} --resource-group <resource-group> "
        "--zonal-resiliency Enabled",
    },
    applies=has_data_of_its_own,
    references=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html",),
)
def database_in_one_zone(database: Database) -> Problems:
    """Database stops when its zone fails.

    Power, cooling or a network fail for a whole zone several times a year somewhere, and for that time the database and
    everything behind it stands still; in the worst case it has to be restored from a backup elsewhere, which takes
    hours. With a standby in another zone it is back within a minute or two, and upgrades hurt less as well.

    Ignore this rule where the database may stand still for an afternoon: a standby about doubles what it costs.
    """
    if not database.zones:
        yield "no other zone holds a copy that takes over"
