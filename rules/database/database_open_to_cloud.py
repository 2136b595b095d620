"""Databases and everybody else's machines in the same cloud."""

from scanner import NOTHING_TO_FIX, Cloud, Database, Problems, Severity, rule


@rule(
    "database-open-to-cloud",
    severity=Severity.MEDIUM,
    passes={
        "chosen addresses": Database(open_to_cloud=False),
        "no public address": Database(public=False, open_to_cloud=True),
    },
    fails={"every machine of the cloud": Database(public=True, open_to_cloud=True)},
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: "az sql server firewall-rule delete --server {name} --resource-group <resource-group> "
        "--name AllowAllWindowsAzureIps\n"
        "# PostgreSQL, MySQL: az postgres|mysql flexible-server firewall-rule delete --name {name} "
        "--resource-group <resource-group> --rule-name <rule>\n"
        "# Cosmos DB: az cosmosdb update --name {name} --resource-group <resource-group> --ip-range-filter <addresses>",
    },
    references=("https://learn.microsoft.com/azure/azure-sql/database/firewall-configure",),
)
def database_open_to_cloud(database: Database) -> Problems:
    """Database lets in every machine of the cloud, whoever rents it.

    The rule "allow Azure services" sounds like your own services. It lets in all of Azure: a machine that a stranger
    rents for an hour stands before the login prompt just like yours. A stolen password is then all that it takes, and
    the address that it comes from looks familiar. Give your services a private endpoint, or name their addresses.

    Judged is the database's own firewall, where the database has a public address. Rules that open it to the internet
    at large are findings of their own.
    """
    if database.open_to_cloud and database.public:
        yield "its firewall lets in every machine of the cloud"
