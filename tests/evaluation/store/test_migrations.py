"""Databases of earlier versions are upgraded in place, those of later ones are refused."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from evaluation.errors import NewerStore
from evaluation.jobs.queue import JobQueue
from evaluation.store.migrations import upgrade
from evaluation.store.store import EvaluationStore
from evaluation.store.tables import LAYOUT
from tests.evaluation.evaluations import add, finish, made

# as the first version made it
VERSION_1 = sa.MetaData()
OLD = sa.Table(
    "evaluations",
    VERSION_1,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("model_version", sa.String(64), nullable=False),
    sa.Column("name", sa.String(500), nullable=False),
    sa.Column("source", sa.String(500), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("publish", sa.Boolean, nullable=False),
    sa.Column("synthetic", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("finished_at", sa.Float),
    sa.Column("verdict", sa.String(32)),
    sa.Column("error", sa.Text),
    sa.Column("document", sa.Text),
    sa.Index("evaluations_by_time", "model", "created_at"),
    sa.Index("evaluations_published", "model", "publish", "synthetic", "finished_at"),
)


def fill(engine: sa.Engine) -> None:
    VERSION_1.create_all(engine)
    rows = [
        {"id": "real", "state": "succeeded", "synthetic": False, "finished_at": 2.0},
        {"id": "fake", "state": "succeeded", "synthetic": True, "finished_at": 3.0},
        {"id": "cut", "state": "running", "synthetic": False, "finished_at": None},
    ]
    document = made(evaluation_id="real").encode().decode()
    shared = {
        "model": "bike", "model_version": "1", "name": "n", "source": "s", "publish": True,
        "created_at": 1.0, "document": document,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(OLD.insert(), [{**shared, **row} for row in rows])


def versions(engine: sa.Engine) -> list[tuple[str, int]]:
    query = sa.text("SELECT name, version FROM schema_versions")
    with engine.connect() as connection:
        return [(row.name, row.version) for row in connection.execute(query)]


def columns(engine: sa.Engine, table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(engine).get_columns(table)}


def test_a_database_without_a_version_is_upgraded_in_place(
    engine: sa.Engine, tmp_path: Path
) -> None:
    fill(engine)
    store = EvaluationStore(engine, tmp_path / "reports")
    assert versions(engine) == [("evaluations", LAYOUT.version)]
    shown = store.published("bike")
    assert shown is not None
    assert (shown.id, shown.evaluation()) == ("real", made(evaluation_id="real"))
    cut = store.get("cut")
    assert cut is not None
    assert (cut.state, cut.attempts, cut.request) == ("interrupted", 0, None)
    found = sa.inspect(engine).get_indexes("evaluations")
    assert "evaluations_by_state" in {index["name"] for index in found}


def test_an_upgraded_database_is_the_same_as_a_new_one(engine: sa.Engine, tmp_path: Path) -> None:
    fill(engine)
    upgrade(engine, LAYOUT)
    fresh = sa.create_engine(f"sqlite:///{tmp_path / 'fresh.db'}")
    assert upgrade(fresh, LAYOUT) == 0
    for table in LAYOUT.metadata.tables:
        assert columns(engine, table) == columns(fresh, table), table
        names = [
            {index["name"] for index in sa.inspect(each).get_indexes(table)}
            for each in (engine, fresh)
        ]
        assert names[0] == names[1], table
    fresh.dispose()


def test_an_upgrade_happens_once(engine: sa.Engine) -> None:
    fill(engine)
    assert upgrade(engine, LAYOUT) == 1
    assert upgrade(engine, LAYOUT) == LAYOUT.version


def test_an_upgraded_database_takes_new_evaluations(
    engine: sa.Engine, store: EvaluationStore, queue: JobQueue
) -> None:
    assert versions(engine) == [("evaluations", LAYOUT.version)]
    add(queue, "a")
    finish(queue, "a")
    assert store.published_id("bike") == "a"


def test_a_newer_database_is_rejected_and_not_changed(engine: sa.Engine, tmp_path: Path) -> None:
    upgrade(engine, LAYOUT)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE schema_versions SET version = 99"))
    with pytest.raises(NewerStore, match=r"have version 99; .* supports at most 2"):
        EvaluationStore(engine, tmp_path / "reports")
    assert versions(engine) == [("evaluations", 99)]


def test_an_upgrade_that_fails_leaves_the_old_tables(engine: sa.Engine) -> None:
    fill(engine)

    def broken(connection: sa.Connection) -> None:
        LAYOUT.steps[0](connection)
        raise RuntimeError("half way")

    layout = replace(LAYOUT, steps=(broken,))
    with pytest.raises(RuntimeError, match="half way"):
        upgrade(engine, layout)
    assert columns(engine, "evaluations") == {column.name for column in OLD.columns}
    assert upgrade(engine, LAYOUT) == 1
