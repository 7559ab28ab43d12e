"""Opens the database of a store."""

from typing import Any

import sqlalchemy as sa


def open_engine(
    url: str, *, sync: str = "NORMAL", max_bytes: int | None = None, auto_checkpoint: bool = True
) -> sa.Engine:
    """Return an engine for SQLite in WAL mode, or for any other database of SQLAlchemy.

    The options are about SQLite. `sync` NORMAL keeps each committed row when the process is
    killed, FULL also through a power cut. `max_bytes` limits the file. Without `auto_checkpoint`
    the caller moves the write-ahead log into the file.
    """
    engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
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
