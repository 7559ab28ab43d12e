"""Saved queries, the board and the history in one SQLite file."""

from pathlib import Path

import pytest

from console.adapters.saved_queries import MOST_HISTORY, SavedQueries
from console.errors import SavedQueriesUnavailable


def test_what_is_kept_is_there_for_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "console.db"
    SavedQueries(path).save("query", "Load", "node_load1")
    SavedQueries(path).save("query", "Load of all", "node_load1")
    SavedQueries(path).save("panel", "Up", "up")
    (item,) = SavedQueries(path).items("query")
    assert (item.title, item.query) == ("Load of all", "node_load1")
    (panel,) = SavedQueries(path).items("panel")
    SavedQueries(path).delete(panel.id)
    assert SavedQueries(path).items("panel") == []


def test_the_history_does_not_grow_for_ever(tmp_path: Path) -> None:
    saved_queries = SavedQueries(tmp_path / "console.db")
    for number in range(MOST_HISTORY + 5):
        saved_queries.save("asked", "", f"m{number}")
    items = saved_queries.items("asked")
    assert len(items) == MOST_HISTORY
    assert items[0].query == f"m{MOST_HISTORY + 4}"


def test_a_folder_that_is_none_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SavedQueriesUnavailable, match="BELVEDERE_CONSOLE_DIR"):
        SavedQueries(tmp_path / "file" / "console.db").items("query")
