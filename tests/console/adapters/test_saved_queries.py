"""Saved queries, the board and the history in one SQLite file."""

from pathlib import Path

import pytest

from console.adapters.saved_queries import MAX_HISTORY, SavedQueries
from console.errors import SavedQueriesUnavailable


def test_saved_queries_are_read_by_another_client(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "console.db"
    SavedQueries(path).save("query", "Load", "node_load1")
    SavedQueries(path).save("query", "Load of all", "node_load1")
    SavedQueries(path).save("panel", "Up", "up")
    (item,) = SavedQueries(path).items("query")
    assert (item.title, item.query) == ("Load of all", "node_load1")
    (panel,) = SavedQueries(path).items("panel")
    SavedQueries(path).delete(panel.id)
    assert SavedQueries(path).items("panel") == []


def test_the_history_has_a_maximum_length(tmp_path: Path) -> None:
    saved_queries = SavedQueries(tmp_path / "console.db")
    for number in range(MAX_HISTORY + 5):
        saved_queries.save("asked", "", f"m{number}")
    items = saved_queries.items("asked")
    assert len(items) == MAX_HISTORY
    assert items[0].query == f"m{MAX_HISTORY + 4}"


def test_an_unusable_folder_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SavedQueriesUnavailable, match="BELVEDERE_CONSOLE_DIR"):
        SavedQueries(tmp_path / "file" / "console.db").items("query")
