"""Tables and the command that deletes them."""

from scanner import Cloud, Problems, Severity, Table, rule


@rule(
    "table-unprotected-from-deletion",
    severity=Severity.LOW,
    passes={"protected": Table(deletion_protected=True)},
    fails={"one command deletes it": Table(deletion_protected=False)},
    fix={
        Cloud.AWS: "aws dynamodb update-table --table-name {name} --deletion-protection-enabled",
        Cloud.GCP: "gcloud bigtable instances tables update {name} --instance <instance> --deletion-protection",
        Cloud.AZURE: "az lock create --name keep --lock-type CanNotDelete --resource {id}",
    },
    references=(
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
    ),
)
def table_unprotected_from_deletion(table: Table) -> Problems:
    """Table can be deleted by one command.

    A plan that was applied to the wrong environment, or a clean-up script with a wrong filter, deletes a table as
    readily as anything else. With protection on, it takes a second, deliberate step. It costs nothing and changes
    nothing else. Waive tables that are made and thrown away by machines.
    """
    if not table.deletion_protected:
        yield "deletion protection is off"
