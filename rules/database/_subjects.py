"""Which databases hold data of their own."""

from scanner import Database


def has_data_of_its_own(database: Database) -> bool:
    """Tell whether it is no copy of another one, which is judged itself."""
    return database.replica_of is None
