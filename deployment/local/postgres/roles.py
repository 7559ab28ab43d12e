"""The roles of the database, from the SQL file that Docker's server runs too."""

from pathlib import Path

DATABASE = "cats_dogs"
OWNER = "cats_dogs"
READER = "belvedere_reader"
FILE = Path(__file__).parents[2] / "postgres/roles.sql"


def statements(owner_password: str, reader_password: str) -> list[str]:
    """Return the statements of roles.sql, each in one line, with the passwords put in."""
    lines = [line for line in FILE.read_text("utf-8").splitlines() if line[:2] != "--"]
    joined = [" ".join(part.split()) for part in "\n".join(lines).split(";\n")]
    passwords = {"owner_password": owner_password, "reader_password": reader_password}
    return [_filled(statement, passwords) for statement in joined if statement]


def _filled(statement: str, values: dict[str, str]) -> str:
    """Put the values in where psql would put its variables."""
    for name, value in values.items():
        statement = statement.replace(f":'{name}'", "'" + value.replace("'", "''") + "'")
    return statement.rstrip(";")
