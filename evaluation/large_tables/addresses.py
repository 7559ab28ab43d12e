"""Addresses of databases: their kind, and their text without the password."""

from urllib.parse import unquote, urlsplit

DATABASES = {"sqlite": "sqlite_scanner", "postgresql": "postgres_scanner", "duckdb": None}


FILES = ("sqlite", "duckdb")


FORMS = (
    "a .csv, .csv.gz or .parquet file, a folder of such files, sqlite:///FILE#TABLE, "
    "duckdb:///FILE#TABLE or postgresql://USER@HOST/DATABASE#TABLE"
)


def is_database(name: str) -> bool:
    """Return whether the name of a table is the address of a database."""
    return kind_of(name) in DATABASES


def kind_of(address: str) -> str:
    """Return sqlite, postgresql or duckdb; "" or another scheme for what is not a database."""
    return urlsplit(address).scheme.partition("+")[0]


def without_password(address: str) -> str:
    """Return the address with its password masked."""
    parts = urlsplit(address)
    if parts.password is None:
        return address
    return address.replace(f":{parts.password}@", ":***@").replace(unquote(parts.password), "***")
