"""Rows of a SELECT: from SQLite, DuckDB and a real PostgreSQL, which are only read."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import sqlalchemy as sa

from evaluation.large_tables import queries
from evaluation.large_tables.evaluate import evaluate_tables
from evaluation.large_tables.queries import QueryFailed, fetch
from evaluation.run import evaluate
from tests.evaluation.large_tables.test_evaluate import SCHEMA, agree, rows
from tests.postgres import Postgres

FRAME = pd.DataFrame({"n": [1, 2, 3, 4], "x": [None, None, 1.5, 2.5], "town": ["a", "b", "c", "d"]})


@pytest.fixture(scope="module")
def addresses(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> Iterator[dict[str, str]]:
    """The same table `seen` in each kind of database."""
    folder = tmp_path_factory.mktemp("databases")
    with sqlite3.connect(folder / "a.db") as connection:
        FRAME.to_sql("seen", connection, index=False)
    connection.close()
    with duckdb.connect(str(folder / "a.duckdb")) as result:
        result.register("frame", FRAME)
        result.execute("create table seen as select * from frame")
    with postgres.database() as url:
        engine = sa.create_engine(url)
        FRAME.to_sql("seen", engine, index=False)
        engine.dispose()
        yield {
            "sqlite": f"sqlite:///{folder / 'a.db'}",
            "duckdb": f"duckdb:///{folder / 'a.duckdb'}",
            "postgresql": url.replace("+psycopg", ""),
        }


KINDS = ("sqlite", "duckdb", "postgresql")


@pytest.mark.parametrize("kind", KINDS)
def test_the_rows_of_a_select_equal_those_of_the_table(
    addresses: dict[str, str], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the first batch has no number at all in x
    monkeypatch.setattr(queries, "ROWS_AT_ONCE", 2)
    path = fetch(
        addresses[kind], "select n, x, upper(town) as town from seen order by n;", tmp_path
    )
    result = pd.read_parquet(path).sort_values("n")
    assert result["n"].tolist() == [1, 2, 3, 4]
    assert result["x"].tolist()[2:] == [1.5, 2.5]
    assert result["x"].isna().sum() == 2
    assert result["town"].tolist() == ["A", "B", "C", "D"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("delete from seen", "not a SELECT"),
        ("select * from gone", "gone"),
        ("select * from seen where n > 9", "no row"),
        ("select 1; drop table seen", "."),
    ],
)
def test_a_query_that_is_not_a_select_is_rejected(
    addresses: dict[str, str], kind: str, query: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(QueryFailed, match=said):
        fetch(addresses[kind], query, tmp_path / "first")
    path = fetch(addresses[kind], "select count(*) as rows from seen", tmp_path / "second")
    assert pd.read_parquet(path)["rows"].tolist() == [4]


def test_postgresql_does_not_write_within_a_select(
    addresses: dict[str, str], tmp_path: Path
) -> None:
    query = "with gone as (delete from seen returning n) select n from gone"
    with pytest.raises(QueryFailed):
        fetch(addresses["postgresql"], query, tmp_path)


def test_a_select_in_duckdb_cannot_read_other_files(
    addresses: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(QueryFailed, match="disabled by configuration"):
        fetch(addresses["duckdb"], "select * from read_text('/etc/hostname')", tmp_path)


def test_an_error_does_not_reveal_the_password(tmp_path: Path) -> None:
    with pytest.raises(QueryFailed) as caught:
        fetch("postgresql://me:s3cret@127.0.0.1:1/db", "select 1 as n", tmp_path)
    assert "s3cret" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)


def test_a_missing_file_is_named_and_not_created(tmp_path: Path) -> None:
    for kind in ("sqlite", "duckdb"):
        with pytest.raises(QueryFailed, match="no such file"):
            fetch(f"{kind}:///{tmp_path / 'gone.db'}", "select 1 as n", tmp_path / kind)
    assert not (tmp_path / "gone.db").exists()


def test_a_duckdb_table_is_evaluated_in_place(tmp_path: Path) -> None:
    before, current = rows(3000), rows(1500, 1, 0.5)
    before.to_parquet(tmp_path / "reference.parquet")
    with duckdb.connect(str(tmp_path / "log.duckdb")) as result:
        result.register("frame", current)
        result.execute("create table predictions as select * from frame")

    address = f"duckdb:///{tmp_path / 'log.duckdb'}#predictions"
    evaluation = evaluate_tables(str(tmp_path / "reference.parquet"), address, SCHEMA)

    agree(evaluation, evaluate(before, current, SCHEMA, evidently=False))
