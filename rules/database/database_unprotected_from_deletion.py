"""Databases and the command that deletes them."""

from scanner import Cloud, Database, Problems, Severity, rule

from ._subjects import has_data_of_its_own


@rule(
    "database-unprotected-from-deletion",
    severity=Severity.LOW,
    passes={"protected": Database(replica_of=None, deletion_protected=True)},
    fails={"one command deletes it": Database(replica_of=None, deletion_protected=False)},
    fix={
        Cloud.AWS: "aws rds modify-db-instance --db-instance-identifier {name} --deletion-protection\n"
        "# of a cluster: aws rds modify-db-cluster --db-cluster-identifier {name} --deletion-protection",
        Cloud.GCP: "gcloud sql instances patch {name} --deletion-protection",
        Cloud.AZURE: "az lock create --name keep --lock-type CanNotDelete --resource {id}",
    },
    applies=has_data_of_its_own,
    references=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",),
)
def database_unprotected_from_deletion(database: Database) -> Problems:
    """Database can be deleted by one command.

    A plan that was applied to the wrong environment, or a clean-up script with a wrong filter, deletes a database as
    readily as anything else, and its automatic backups mostly go with it. With protection on, it takes a second,
    deliberate step. It costs nothing and changes nothing else.

    A cluster is judged once; its instances hold no data of their own, and neither do read replicas.
    """
    if not database.deletion_protected:
        yield "deletion protection is off"
