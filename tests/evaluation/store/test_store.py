"""The store of evaluations, on SQLite and on a real PostgreSQL."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from evaluation.jobs.queue import JobQueue
from evaluation.store import store as store_module
from evaluation.store.records import Filter, epoch
from evaluation.store.report_files import KINDS
from evaluation.store.retention import drop_older
from evaluation.store.store import EvaluationStore
from tests.evaluation.evaluations import add, fail, finish, made


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a function that sets the store's clock this many seconds ahead."""

    def set_clock(seconds: float) -> None:
        monkeypatch.setattr(store_module, "epoch", lambda: epoch() + seconds)

    return set_clock


def test_a_finished_evaluation_comes_back_as_it_was(
    store: EvaluationStore, queue: JobQueue
) -> None:
    add(queue, "a")
    finish(queue, "a", warnings=["fünf % 'quoted'"])
    stored = store.get("a")
    assert stored is not None
    assert (stored.state, stored.verdict, stored.attempts) == ("succeeded", "no drift", 1)
    assert stored.evaluation() == made(evaluation_id="a", warnings=["fünf % 'quoted'"])


def test_a_stored_evaluation_is_there_after_a_restart(
    engine: sa.Engine, queue: JobQueue, tmp_path: Path
) -> None:
    add(queue, "a")
    finish(queue, "a")
    again = EvaluationStore(engine, tmp_path / "reports").published("bike")
    assert again is not None
    assert again.id == "a"


def test_an_unknown_evaluation_is_none(store: EvaluationStore) -> None:
    assert store.get("nobody") is None
    assert store.published("bike") is None
    assert store.usual_seconds("bike") is None


def test_pages_are_newest_first_filtered_and_counted(
    store: EvaluationStore, queue: JobQueue
) -> None:
    for number in range(7):
        add(queue, f"e{number}", created_at=1000.0 + number, tags=("odd",) if number % 2 else ())
    add(queue, "other", model="churn")
    for number in (1, 4):
        fail(queue, f"e{number}")
    finish(queue, "e2", name="A 100% _special_ week", verdict="drift")

    def ids(limit: int = 50, offset: int = 0, **fields: Any) -> list[str]:
        found, total = store.page(model="bike", limit=limit, offset=offset, where=Filter(**fields))
        assert total >= len(found)
        return [stored.id for stored in found]

    assert ids(limit=3, offset=2) == ["e4", "e3", "e2"]
    assert store.page(model="bike", limit=3)[1] == 7
    assert ids(state="failed") == ["e4", "e1"]
    assert ids(tag="odd") == ["e5", "e3", "e1"]
    assert ids(verdict="drift") == ["e2"]
    assert ids(published=True) == ["e2"]
    assert len(ids(published=False)) == 6
    assert ids(text="100% _SPECIAL_") == ["e2"]
    assert ids(text="100_") == []
    assert ids(since=1002.0, until=1004.0) == ["e3", "e2"]


def test_tags_and_a_comment_are_stored_and_replaced(
    store: EvaluationStore, queue: JobQueue
) -> None:
    add(queue, "a", tags=("release 2", "bike"), comment="first look")
    found = store.get("a")
    assert found is not None
    assert (found.tags, found.comment) == (("bike", "release 2"), "first look")
    assert store.annotate("a", labels=["other", "other"])
    found = store.get("a")
    assert found is not None
    assert (found.tags, found.comment) == (("other",), "first look")
    assert store.annotate("a", comment="")
    assert getattr(store.get("a"), "comment", "?") is None
    assert not store.annotate("nobody", comment="x")


def test_the_gauges_show_neither_unpublished_nor_failed_nor_expired_ones(
    store: EvaluationStore, queue: JobQueue, later: Callable[[float], None]
) -> None:
    asked: dict[str, dict[str, Any]] = {
        "real": {},
        "synthetic": {"synthetic": True},
        "private": {"publish": False},
        "failed": {},
        "running": {},
        "other": {"model": "churn"},
    }
    for name, fields in asked.items():
        add(queue, name, **fields)
    finish(queue, "real")
    finish(queue, "private", published=False)
    fail(queue, "failed")
    finish(queue, "other", model="churn")
    assert store.published_id("bike") == "real"
    finish(queue, "synthetic", expires_at=epoch() + 300)
    assert store.published_id("bike") == "synthetic"
    later(301)
    assert store.published_id("bike") == "real"
    assert getattr(store.published("bike"), "id", None) == "real"


def test_a_newer_synthetic_evaluation_ends_the_one_before_it(
    store: EvaluationStore, queue: JobQueue, later: Callable[[float], None]
) -> None:
    add(queue, "real")
    finish(queue, "real")
    for name, seconds in (("drill", 300.0), ("end of the drill", 200.0)):
        add(queue, name, synthetic=True)
        finish(queue, name, expires_at=epoch() + seconds)
        assert store.published_id("bike") == name
    later(201)
    assert store.published_id("bike") == "real"


def test_old_evaluations_are_deleted_except_tagged_and_published_ones(
    store: EvaluationStore, queue: JobQueue
) -> None:
    for name in ("plain", "tagged", "shown"):
        add(queue, name, tags=("keep",) if name == "tagged" else ())
        finish(queue, name)
        for kind in KINDS:
            store.files.path(name, kind).write_text("x")
    add(queue, "waiting")
    assert store.drop_older("bike", epoch() - 60) == 0
    assert store.drop_older("bike", epoch() + 1) == 1
    left, _ = store.page(model="bike")
    assert {stored.id for stored in left} == {"tagged", "shown", "waiting"}
    assert not [path for path in store.files.folder.iterdir() if path.name.startswith("plain")]
    assert len(list(store.files.folder.iterdir())) == 6


def test_old_report_files_are_deleted_by_their_age_and_drafts_are_not(
    store: EvaluationStore,
) -> None:
    old, draft = store.files.path("old", "html"), store.files.draft("old", 1, "html")
    new = store.files.path("new", "html")
    for path in (old, draft, new):
        path.write_text("x")
    moment = time.time() - 1000
    for path in (old, draft):
        os.utime(path, (moment, moment))
    assert (
        drop_older([*store.files.all(), store.files.path("gone", "html")], time.time() - 500) == 1
    )
    assert (old.exists(), draft.exists(), new.exists()) == (False, True, True)


def test_reports_appear_complete_and_drafts_are_not_reports(store: EvaluationStore) -> None:
    files = store.files
    for kind in KINDS:
        files.draft("a", 1, kind).write_text(kind)
        assert not files.path("a", kind).exists()
    files.keep("a", 1)
    assert files.path("a", "html").read_text() == "html"
    # a transaction that failed after this is tried again
    files.keep("a", 1)
    assert files.path("a", "parquet").read_text() == "parquet"
    with pytest.raises(FileNotFoundError):
        files.keep("nobody", 1)
    assert not files.draft("a", 1, "json").exists()
    files.draft("b", 1, "html").write_text("half")
    files.draft("b", 2, "html").write_text("of the second attempt")
    files.drop_drafts("b", 1)
    assert files.draft("b", 2, "html").exists()
    files.drop("b")
    assert not files.draft("b", 2, "html").exists()


@pytest.mark.parametrize("seconds", [[3.0, 1.0, 2.0]])
def test_the_usual_time_is_the_median_of_what_was_run(
    engine: sa.Engine, store: EvaluationStore, queue: JobQueue, seconds: list[float]
) -> None:
    from evaluation.store.tables import evaluations

    for number, took in enumerate(seconds):
        add(queue, str(number))
        finish(queue, str(number))
        with engine.begin() as connection:
            connection.execute(
                evaluations.update()
                .where(evaluations.c.id == str(number))
                .values(started_at=100.0, finished_at=100.0 + took)
            )
    assert store.usual_seconds("bike") == pytest.approx(2.0)
