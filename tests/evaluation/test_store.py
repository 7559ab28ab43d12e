"""The store of evaluations, on SQLite and on a real PostgreSQL."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from evaluation import Evaluation
from evaluation.result import Rows
from evaluation.store import EvaluationStore, evaluations
from tests.evaluation import postgres


def made(**fields: Any) -> Evaluation:
    start: dict[str, Any] = {
        "name": "week",
        "task": "regression",
        "created_at": "2026-01-01T00:00:00Z",
        "duration_seconds": 0.1,
        "rows": Rows(reference=688, current=165),
        "verdict": "no drift",
        "rule": "a rule",
        "decision": "NO_ACTION",
        "decision_reason": "",
        "drift_share": 0.1,
        "drifted_features": [],
        "features": [],
        "published": True,
    }
    return Evaluation(**(start | fields))


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres.server(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = sa.create_engine(url)
    yield engine
    with engine.begin() as connection:
        connection.execute(evaluations.delete())
    engine.dispose()


@pytest.fixture
def store(engine: sa.Engine, tmp_path: Path) -> EvaluationStore:
    return EvaluationStore(engine, tmp_path / "reports")


def create(store: EvaluationStore, evaluation_id: str, **fields: Any) -> None:
    start: dict[str, Any] = {
        "model": "bike",
        "model_version": "1",
        "name": "week",
        "source": "posted rows",
        "publish": True,
        "synthetic": False,
    }
    store.create(evaluation_id, **(start | fields))


def test_a_finished_evaluation_comes_back_as_it_was(store: EvaluationStore) -> None:
    create(store, "a")
    evaluation = made(evaluation_id="a", warnings=["fünf % 'quoted'"])
    store.finish("a", evaluation)
    stored = store.get("a")
    assert stored is not None
    assert (stored.state, stored.verdict) == ("succeeded", "no drift")
    assert stored.evaluation() == evaluation


def test_what_is_kept_is_there_after_a_restart(engine: sa.Engine, tmp_path: Path) -> None:
    first = EvaluationStore(engine, tmp_path / "reports")
    create(first, "a")
    first.finish("a", made())
    again = EvaluationStore(engine, tmp_path / "reports").last_published("bike")
    assert again is not None
    assert again.id == "a"


def test_an_unknown_evaluation_is_none(store: EvaluationStore) -> None:
    assert store.get("nobody") is None
    assert store.last_published("bike") is None


def test_a_failure_keeps_its_words(store: EvaluationStore) -> None:
    create(store, "a")
    store.fail("a", {"message": "no rows"})
    stored = store.get("a")
    assert stored is not None
    assert (stored.state, stored.error, stored.document) == ("failed", {"message": "no rows"}, None)


def test_pages_are_newest_first_filtered_and_counted(store: EvaluationStore) -> None:
    for number in range(7):
        create(store, f"e{number}")
    create(store, "other", model="churn")
    for number in (1, 4):
        store.fail(f"e{number}", {"message": "x"})
    found, total = store.page(model="bike", limit=3, offset=2)
    assert ([stored.id for stored in found], total) == (["e4", "e3", "e2"], 7)
    failed, total = store.page(model="bike", state="failed")
    assert ([stored.id for stored in failed], total) == (["e4", "e1"], 2)


def test_the_last_published_is_neither_synthetic_nor_unpublished_nor_failed(
    store: EvaluationStore,
) -> None:
    create(store, "real")
    store.finish("real", made())
    create(store, "synthetic", synthetic=True)
    store.finish("synthetic", made(synthetic=True))
    create(store, "private", publish=False)
    store.finish("private", made(published=False))
    create(store, "failed")
    store.fail("failed", {"message": "x"})
    create(store, "running")
    create(store, "other", model="churn")
    store.finish("other", made())
    last = store.last_published("bike")
    assert last is not None
    assert last.id == "real"


def test_after_a_crash_what_was_under_way_is_interrupted_and_nothing_else(
    store: EvaluationStore,
) -> None:
    for name in ("queued", "done"):
        create(store, name)
    create(store, "other", model="churn")
    store.finish("done", made())
    assert store.mark_interrupted("bike") == 1
    states = {name: getattr(store.get(name), "state", None) for name in ("queued", "done", "other")}
    assert states == {"queued": "interrupted", "done": "succeeded", "other": "queued"}
    assert store.mark_interrupted("bike") == 0


def test_reports_appear_whole_and_drafts_are_not_reports(store: EvaluationStore) -> None:
    for kind in ("html", "json"):
        store.draft_path("a", kind).write_text(kind)
        assert not store.report_path("a", kind).exists()
    store.keep_reports("a")
    assert store.report_path("a", "html").read_text() == "html"
    assert not store.draft_path("a", "json").exists()
    store.draft_path("b", "html").write_text("half")
    store.drop_drafts("b")
    assert not store.draft_path("b", "html").exists()


def test_threads_write_at_the_same_time_without_losing_any(store: EvaluationStore) -> None:
    def work(first: int) -> None:
        for number in range(10):
            create(store, f"{first}-{number}")
            store.finish(f"{first}-{number}", made())

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.page(model="bike", state="succeeded")[1] == 40
