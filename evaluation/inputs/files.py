"""Reads data files, and writes result files completely or not at all."""

import os
import zlib
from pathlib import Path

import pandas as pd

from evaluation.errors import UnreadableFile


def read_frame(path: Path) -> pd.DataFrame:
    """Read the rows of a .csv, .csv.gz or .parquet file. Raises UnreadableFile."""
    name = path.name.lower()
    try:
        if name.endswith(".parquet"):
            return pd.read_parquet(path)
        if name.endswith((".csv", ".csv.gz")):
            return pd.read_csv(path)
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
    except (ValueError, OverflowError, EOFError, zlib.error, NotImplementedError) as error:
        # pandas' parser errors and most of pyarrow's are ValueErrors; gzip has its own for a torn
        # file
        raise UnreadableFile(path, str(error)) from error
    raise UnreadableFile(path, "its name ends in none of .csv, .csv.gz, .parquet")


def write_whole(path: Path, content: bytes) -> None:
    """Write a draft beside the file, then move it into place: no reader sees half of it."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
