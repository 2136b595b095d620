"""Databases and connections without TLS."""

from scanner import CIS_GCP_5, Cloud, Database, Problem, Problems, Severity, rule


@rule(
    "database-allows-plaintext",
    severity=Severity.HIGH,
    controls=[CIS_GCP_5["6.4"]],
    passes={"TLS is required": Database(tls_required=True)},
    fails={
        "plain, on the internet": Database(tls_required=False, public=True),
        "plain, in a private network": Database(tls_required=False, public=False),
    },
    fix={
        Cloud.AWS: "# PostgreSQL, SQL Server: rds.force_ssl=1; MySQL, MariaDB: require_secure_transport=1\n"
        "aws rds modify-db-parameter-group --db-parameter-group-name <own-group> "
        "--parameters ParameterName=<parameter>,ParameterValue=1,ApplyMethod=pending-reboot\n"
        "aws rds modify-db-instance --db-instance-identifier {name} --db-parameter-group-name <own-group>\n"
        "# of a cluster: modify-db-cluster-parameter-group and modify-db-cluster; of DocumentDB: tls=enabled",
        Cloud.GCP: "gcloud sql instances patch {name} --ssl-mode ENCRYPTED_ONLY",
        Cloud.AZURE: "az postgres flexible-server parameter set --server-name {name} "
        "--resource-group <resource-group> --name require_secure_transport --value ON",
    },
    references=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html",
    ),
)
def database_allows_plaintext(database: Database) -> Problems:
    """Database accepts connections without encryption.

    A client that was set up without TLS works as well as any other, so nobody notices that passwords, queries and
    results cross the network in the clear: past every machine in between, into captures and flow mirrors. Refusing such
    connections is the only way to know that there are none.

    On AWS the parameter group decides, so it has to be one of your own, and clients need the cloud's certificate
    authority before the switch. In a private network the finding is a milder one.
    """
    if database.tls_required:
        return
    if database.public:
        yield "connections without TLS are accepted, at an address on the internet"
    else:
        yield Problem("connections without TLS are accepted", severity=Severity.MEDIUM)
