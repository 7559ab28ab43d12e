"""Upgrades the tables of a database to this version, and rejects newer ones."""

import logging
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from evaluation.errors import NewerStore

log = logging.getLogger(__name__)

Step = Callable[[sa.Connection], None]

_versions = sa.Table(
    "schema_versions",
    sa.MetaData(),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_at", sa.Float(53), nullable=False),
)


@dataclass(frozen=True)
class Layout:
    """Tables that change together. `steps[0]` upgrades version 1 to 2, and so on.

    A first table without a stored version is version 1.
    """

    name: str
    metadata: sa.MetaData
    first_table: str
    steps: tuple[Step, ...] = ()

    @property
    def version(self) -> int:
        return 1 + len(self.steps)


def upgrade(engine: sa.Engine, layout: Layout) -> int:
    """Create or upgrade the tables in one transaction; return the old version, 0 for none.

    Raises NewerStore for tables of a later version of Belvedere, which are not changed.
    """
    with exclusive(engine, layout.name) as connection:
        _versions.create(connection, checkfirst=True)
        version = _version(connection, layout)
        if version > layout.version:
            raise NewerStore(str(engine.url), layout.name, version, layout.version)
        if version == 0:
            layout.metadata.create_all(connection)
        for number in range(max(version, 1), layout.version):
            if version:
                log.info("upgrading %s from version %d to %d", layout.name, number, number + 1)
                layout.steps[number - 1](connection)
        if version != layout.version:
            _store_version(connection, layout)
    return version


@contextmanager
def exclusive(engine: sa.Engine, name: str) -> Iterator[sa.Connection]:
    """Open a transaction that only one process at a time can be in, for each name."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # the driver does not begin a transaction for DDL automatically
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif engine.dialect.name == "postgresql":
            key = zlib.crc32(f"belvedere {name}".encode())
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
        yield connection


def add_columns(connection: sa.Connection, table: sa.Table, *names: str) -> None:
    """Add declared columns to the table of the database."""
    prepare = connection.dialect.identifier_preparer
    for name in names:
        column = sa.schema.CreateColumn(table.c[name]).compile(dialect=connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE {prepare.format_table(table)} ADD COLUMN {column}")


def add_indexes(connection: sa.Connection, table: sa.Table, *names: str) -> None:
    """Create the declared indexes with these names."""
    for index in table.indexes:
        if index.name in names:
            index.create(connection)


def _version(connection: sa.Connection, layout: Layout) -> int:
    query = sa.select(_versions.c.version).where(_versions.c.name == layout.name)
    version = connection.execute(query).scalar_one_or_none()
    if version is not None:
        return int(version)
    return int(sa.inspect(connection).has_table(layout.first_table))


def _store_version(connection: sa.Connection, layout: Layout) -> None:
    values = {"version": layout.version, "changed_at": time.time()}
    changed = connection.execute(
        _versions.update().where(_versions.c.name == layout.name).values(**values)
    )
    if changed.rowcount == 0:
        connection.execute(_versions.insert().values(name=layout.name, **values))
