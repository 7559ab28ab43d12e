"""Stores queries in SQLite: saved ones, the panels of the board, and the query history."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from console.errors import SavedQueriesUnavailable

# "asked" is the history
Kind = Literal["query", "panel", "asked"]
MAX_HISTORY = 200
TABLE = """
create table if not exists kept (
    id integer primary key, kind text not null, title text not null, query text not null,
    kept_at real not null, unique (kind, query)
)
"""


@dataclass(frozen=True)
class SavedItem:
    """A stored query with its title; `saved_at` is in epoch seconds."""

    id: int
    kind: str
    title: str
    query: str
    saved_at: float


class SavedQueries:
    """The stored queries in one SQLite file. Thread-safe.

    Every method raises SavedQueriesUnavailable if the file can't be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def items(self, kind: Kind) -> list[SavedItem]:
        """Return the items of a kind, newest first; panels in the order they were added."""
        order = "id" if kind == "panel" else "kept_at desc"
        with self._open() as database:
            rows = database.execute(
                f"select id, kind, title, query, kept_at from kept where kind = ? order by {order}",
                (kind,),
            ).fetchall()
        return [SavedItem(*row) for row in rows]

    def save(self, kind: Kind, title: str, query: str) -> None:
        """Store a query; a query that is stored already gets the new title and time."""
        with self._open() as database:
            database.execute(
                "insert into kept (kind, title, query, kept_at) values (?, ?, ?, ?) "
                "on conflict (kind, query) do update set title = excluded.title, "
                "kept_at = excluded.kept_at",
                (kind, title, query, time.time()),
            )
            database.execute(
                "delete from kept where kind = 'asked' and id not in "
                "(select id from kept where kind = 'asked' order by kept_at desc limit ?)",
                (MAX_HISTORY,),
            )

    def delete(self, item_id: int) -> None:
        """Delete an item by its id."""
        with self._open() as database:
            database.execute("delete from kept where id = ?", (item_id,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                database = sqlite3.connect(self._path, timeout=5)
                try:
                    with database:
                        database.execute(TABLE)
                        yield database
                finally:
                    database.close()
        except (OSError, sqlite3.Error) as error:
            raise SavedQueriesUnavailable(self._path, error) from error
