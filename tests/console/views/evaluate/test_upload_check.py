"""The check of a file before it is sent."""

import io
import zipfile
from typing import Any

import pandas as pd
import pytest

from console.views.evaluate import picture_archive, upload_check

FEATURES = [
    {"name": "hr", "type": "int", "low": 0, "high": 23, "allowed": "0 to 23"},
    {"name": "temp", "type": "float", "low": -0.5, "high": 1.5, "allowed": "-0.5 to 1.5"},
]


def test_the_check_finds_missing_unknown_and_out_of_range_columns() -> None:
    frame = pd.DataFrame({"hr": [1, 25, 3], "colour": ["a", "b", "c"]})
    said = {
        (item.level, item.column): item.text for item in upload_check.check(frame, FEATURES, "cnt")
    }
    assert said["error", "temp"] == "is missing"
    assert "1 rows, first in row 1: 25" in said["error", "hr"]
    assert ("warning", "colour") in said
    assert "only drift is evaluated" in said["warning", "cnt"]


def test_the_check_of_valid_rows_finds_nothing() -> None:
    frame = pd.DataFrame({"hr": [1, 2], "temp": [0.1, 0.2], "cnt": [5, 6]})
    assert upload_check.check(frame, FEATURES, "cnt") == []


def test_fields_that_are_not_features_are_known_and_some_are_optional() -> None:
    others: list[dict[str, Any]] = [
        {"name": "p", "type": "float"},
        {"name": "sha", "type": "text", "optional": True},
    ]
    frame = pd.DataFrame({"hr": [1], "temp": [0.1], "cnt": [5], "p": [0.5], "sha": [None]})
    assert upload_check.check(frame, FEATURES, "cnt", others) == []
    without = frame.drop(columns=["p", "sha"])
    (missing,) = upload_check.check(without, FEATURES, "cnt", others)
    assert (missing.level, missing.column) == ("error", "p")


def test_the_files_of_a_zip_are_counted_by_the_nearest_folder_of_a_class() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("pets/Cat/a.jpg", "dog/b.jpg", "dog/cat/c.jpg", "cat.jpg", "x\\dog\\d.jpg"):
            archive.writestr(name, b"")
        archive.mkdir("neither")
    counts = picture_archive.count_by_class("a.zip", buffer.getvalue(), ["cat", "dog", "neither"])
    assert counts == {"cat": 2, "dog": 2, "neither": 0, None: 1}
    with pytest.raises(picture_archive.UnreadableArchive, match=r"a\.zip can't be read"):
        picture_archive.count_by_class("a.zip", b"no zip", ["cat"])


def test_a_file_that_is_not_a_table_is_rejected() -> None:
    with pytest.raises(upload_check.UnreadableTable, match=r"x\.parquet can't be read"):
        upload_check.read("x.parquet", b"no parquet")
    assert list(upload_check.read("x.csv", b"a,b\n1,2\n").columns) == ["a", "b"]
