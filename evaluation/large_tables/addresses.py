"""Names of tables: which are addresses of a database, and how they are shown."""

from urllib.parse import unquote, urlsplit

DATABASES = {"sqlite": "sqlite_scanner", "postgresql": "postgres_scanner", "duckdb": None}


FILES = ("sqlite", "duckdb")


FORMS = (
    "a .csv, .csv.gz or .parquet file, a folder of such files, sqlite:///FILE#TABLE, "
    "duckdb:///FILE#TABLE or postgresql://USER@HOST/DATABASE#TABLE"
)


def is_database(name: str) -> bool:
    return kind_of(name) in DATABASES


def kind_of(address: str) -> str:
    """sqlite, postgresql or duckdb; "" or another scheme for what is no database."""
    return urlsplit(address).scheme.partition("+")[0]


def without_password(address: str) -> str:
    """The address without its password."""
    parts = urlsplit(address)
    if parts.password is None:
        return address
    return address.replace(f":{parts.password}@", ":***@").replace(unquote(parts.password), "***")
