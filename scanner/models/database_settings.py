"""How a database engine itself is set up: which of its settings somebody chose, and what they say."""

from typing import ClassVar, Final

from scanner.models.resource import UNREAD, Resource

#: Engines whose settings rules know.
MYSQL: Final = "mysql"
POSTGRES: Final = "postgres"
SQLSERVER: Final = "sqlserver"


class DatabaseSettings(Resource):
    """The settings of the engine of one database server, of those that the cloud lets one choose.

    GCP: the database flags of a Cloud SQL instance. Other clouds keep theirs in groups that many servers share.
    """

    title: ClassVar[str] = "database settings"

    engine: str = UNREAD
    """`mysql`, `postgres`, `sqlserver`. GCP `databaseVersion`, without its version."""
    chosen: dict[str, str] = UNREAD
    """Each setting that somebody chose, by its name in lower case, with its value in lower case; what is not there
    stands as the engine has it by default. GCP `settings.databaseFlags`."""
