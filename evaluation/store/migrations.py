"""Brings the tables of a database to the form that this version knows, and refuses newer ones."""

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
    """Tables that change together. `steps[0]` leads from version 1 to 2, and so on.

    Version 1 is what was written before versions were kept: the first table is there, and no
    version of it.
    """

    name: str
    metadata: sa.MetaData
    first_table: str
    steps: tuple[Step, ...] = ()

    @property
    def version(self) -> int:
        return 1 + len(self.steps)


def upgrade(engine: sa.Engine, layout: Layout) -> int:
    """Create or upgrade the tables in one transaction; the version that was there, 0 for none.

    Raises NewerStore for tables of a later version of Belvedere; they are left as they are.
    """
    with exclusive(engine, layout.name) as connection:
        _versions.create(connection, checkfirst=True)
        found = _version(connection, layout)
        if found > layout.version:
            raise NewerStore(str(engine.url), layout.name, found, layout.version)
        if found == 0:
            layout.metadata.create_all(connection)
        for number in range(max(found, 1), layout.version):
            if found:
                log.info("upgrading %s from version %d to %d", layout.name, number, number + 1)
                layout.steps[number - 1](connection)
        if found != layout.version:
            _keep(connection, layout)
    return found


@contextmanager
def exclusive(engine: sa.Engine, name: str) -> Iterator[sa.Connection]:
    """One transaction that only one process at a time can be in; names do not mind each other."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # the driver begins no transaction for DDL by itself
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif engine.dialect.name == "postgresql":
            key = zlib.crc32(f"belvedere {name}".encode())
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
        yield connection


def add_columns(connection: sa.Connection, table: sa.Table, *names: str) -> None:
    """Add columns of `table`, as they are declared, to the table that is there."""
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
    kept = connection.execute(query).scalar_one_or_none()
    if kept is not None:
        return int(kept)
    return int(sa.inspect(connection).has_table(layout.first_table))


def _keep(connection: sa.Connection, layout: Layout) -> None:
    values = {"version": layout.version, "changed_at": time.time()}
    changed = connection.execute(
        _versions.update().where(_versions.c.name == layout.name).values(**values)
    )
    if changed.rowcount == 0:
        connection.execute(_versions.insert().values(name=layout.name, **values))
