"""Opens the database of a store."""

from typing import Any

import sqlalchemy as sa

# a server that vanishes from the network ends its connections after this time, not after 15 minutes
POSTGRESQL = {"connect_timeout": 10, "tcp_user_timeout": 10_000}


def open_engine(
    url: str, *, sync: str = "NORMAL", max_bytes: int | None = None, auto_checkpoint: bool = True
) -> sa.Engine:
    """Return an engine for SQLite in WAL mode, or for any other database of SQLAlchemy.

    The options are about SQLite. `sync` NORMAL keeps each committed row when the process is
    killed, FULL also through a power cut. `max_bytes` limits the file. Without `auto_checkpoint`
    the caller moves the write-ahead log into the file.
    """
    engine = sa.create_engine(
        url, pool_pre_ping=not url.startswith("sqlite"), connect_args=_connect_arguments(url)
    )
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def set_pragmas(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute(f"PRAGMA synchronous={sync}")
            cursor.execute("PRAGMA busy_timeout=10000")
            if not auto_checkpoint:
                cursor.execute("PRAGMA wal_autocheckpoint=0")
            if max_bytes is not None:
                page = cursor.execute("PRAGMA page_size").fetchone()[0]
                cursor.execute(f"PRAGMA max_page_count={max(1, max_bytes // page)}")
            cursor.close()

    return engine


def _connect_arguments(url: str) -> dict[str, Any]:
    """Return the options of libpq, where it is the driver and the URL has not set them."""
    parsed = sa.make_url(url)
    if parsed.get_driver_name() not in ("psycopg", "psycopg2"):
        return {}
    return {name: value for name, value in POSTGRESQL.items() if name not in parsed.query}
