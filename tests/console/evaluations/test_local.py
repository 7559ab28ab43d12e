"""Evaluations by the console itself: a real queue, a real worker process, real files."""

import os
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest

from console.adapters.model_service import EvaluationStatus
from console.errors import EvaluationStoreUnavailable, RequestRejected
from console.evaluations.local import LocalEvaluations
from console.evaluations.local_store import LocalStore
from console.evaluations.request import EvaluationRequest, Origin
from console.evaluations.row_sources import Database, NotAllowed, RowSources
from console.evaluations.sample_rows import SampleReader, SampleUnavailable, files_in
from evaluation.inputs.schema import Schema
from evaluation.jobs.process_pool import Limits

PATIENCE_SECONDS = 90.0
SCHEMA = Schema(
    task="regression", numerical=("rooms", "area"), categorical=("town",), target="target",
    prediction="prediction",
)  # fmt: skip


def rows(number: int, shift: float = 0.0) -> pd.DataFrame:
    random = np.random.default_rng(number)
    area = random.normal(80 + shift, 20, number)
    rooms = random.integers(1, 40, number)
    truth = 20 * rooms + 1.5 * area
    return pd.DataFrame(
        {
            "rooms": rooms, "area": area, "town": random.choice(["Graz", "Linz"], number),
            "target": truth, "prediction": truth + random.normal(0, 5, number),
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows as files and in a database."""
    made = tmp_path_factory.mktemp("rows")
    rows(600).to_csv(made / "reference.csv", index=False)
    rows(300, 30).to_parquet(made / "current.parquet", index=False)
    connection = sqlite3.connect(made / "log.db")
    rows(400).to_sql("predictions", connection, index=False)
    connection.close()
    return made


@pytest.fixture(scope="module")
def row_sources(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> RowSources:
    databases = {
        "log": Database(f"sqlite:///{folder / 'log.db'}"),
        "far": Database("postgresql://reader@127.0.0.1:1/ml", "TEST_FAR_PASSWORD"),
    }
    return RowSources(tmp_path_factory.mktemp("kept") / "uploads", (folder,), databases)


@pytest.fixture(scope="module")
def local(
    row_sources: RowSources, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalStore]:
    store = LocalStore(tmp_path_factory.mktemp("console"), row_sources, Limits())
    yield store
    store.close()


def request(current: Origin, reference: Origin, name: str = "") -> EvaluationRequest:
    return EvaluationRequest(current=current, reference=reference, schema=SCHEMA, name=name)


def ended(service: LocalEvaluations, evaluation_id: str) -> EvaluationStatus:
    def look() -> EvaluationStatus | None:
        status = service.status(evaluation_id)
        return None if status.running else status

    return awaited(look)


def awaited(look: Callable[[], EvaluationStatus | None]) -> EvaluationStatus:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_an_upload_is_evaluated_against_a_file_with_verdict_scores_and_reports(
    local: LocalStore, folder: Path
) -> None:
    service = LocalEvaluations("shop", local)
    upload = service.upload("this week.parquet", (folder / "current.parquet").read_bytes())
    current = Origin(upload=upload, file_name="this week.parquet")
    reference = Origin(path=str(folder / "reference.csv"))
    started = service.start(request(current, reference, name="this week"))
    status = ended(service, started)
    assert status.state == "succeeded", status.error
    result = status.result
    assert result is not None
    assert (result.rows.current, result.rows.reference) == (300, 600)
    assert (result.verdict, result.drifted_features) == ("drift", ["area"])
    assert result.quality is not None
    assert result.quality.rmse == pytest.approx(5, abs=0.6)
    assert result.residuals is not None
    assert (result.source, result.model) == ("this week.parquet", "shop")
    assert b"this week" in service.report(started, "report.html")
    assert service.report(started, "features.csv").startswith(b"name,kind")
    kept = folder / "scored.parquet"
    kept.write_bytes(service.report(started, "rows.parquet"))
    assert len(pd.read_parquet(kept)) == 300
    kept.unlink()
    assert service.last_request() == request(current, reference, name="this week")
    assert [item.evaluation_id for item in service.recent(5)] == [started]
    assert LocalEvaluations("other", local).recent(5) == []


def test_a_table_and_a_select_of_a_database_are_compared_annotated_and_filtered(
    local: LocalStore,
) -> None:
    service = LocalEvaluations("by-sql", local)
    table = Origin(database="log", table="predictions")
    query = Origin(database="log", query="select * from predictions where rooms > 20")
    first = ended(service, service.start(request(table, table, name="all")))
    second = ended(service, service.start(request(query, table, name="large")))
    assert (first.state, second.state) == ("succeeded", "succeeded"), (first.error, second.error)
    assert first.result is not None and second.result is not None
    assert (first.result.verdict, second.result.verdict) == ("no drift", "drift")
    assert second.result.drifted_features == ["rooms"]
    found = service.compare(first.evaluation_id, second.evaluation_id)
    assert (found.first.verdict, found.second.verdict) == ("no drift", "drift")
    service.annotate(second.evaluation_id, ["odd"], "only the large ones")
    page = service.page(10, tag="odd")
    assert [(item.name, item.comment) for item in page.evaluations] == [
        ("large", "only the large ones")
    ]
    assert service.page(10, verdict="no drift").total == 1


def test_tables_too_large_for_memory_are_counted_in_place(local: LocalStore, folder: Path) -> None:
    large = pd.concat([rows(600)] * 500, ignore_index=True)
    large.to_parquet(folder / "large.parquet", index=False)
    service = LocalEvaluations("large", local)
    reference = Origin(path=str(folder / "reference.csv"))
    current = Origin(path=str(folder / "large.parquet"))
    status = ended(service, service.start(request(current, reference)))
    (folder / "large.parquet").unlink()
    assert status.state == "succeeded", status.error
    assert status.result is not None
    assert status.result.rows.current == 300_000
    assert status.result.verdict == "no drift"
    # residuals are of frames alone
    assert status.result.residuals is None


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        (Origin(path="/etc/passwd"), "BELVEDERE_DATA_FOLDERS"),
        (Origin(path="gone.csv"), "not in a folder that the console may read"),
        (Origin(upload="0" * 32 + ".csv", file_name="old.csv"), "old.csv is no longer stored"),
        (Origin(upload="../evaluations.db"), "no longer stored"),
        (Origin(database="unknown", table="t"), "no database 'unknown' (known: log, far)"),
        (Origin(database="far", table="t"), "the variable TEST_FAR_PASSWORD is not set"),
        (Origin(database="log", table="gone"), "gone"),
        (Origin(database="log", query="drop table predictions"), "not a SELECT"),
    ],
)
def test_an_evaluation_of_unreadable_rows_fails_with_the_reason(
    local: LocalStore, folder: Path, origin: Origin, said: str
) -> None:
    service = LocalEvaluations("faults", local)
    started = service.start(request(origin, Origin(path=str(folder / "reference.csv"))))
    status = ended(service, started)
    assert status.state == "failed"
    assert said in str(status.error)
    with pytest.raises(RequestRejected, match="has no report"):
        service.report(started, "report.html")


def test_a_link_does_not_lead_out_of_the_allowed_folders(
    row_sources: RowSources, folder: Path
) -> None:
    (folder / "way out").symlink_to("/etc")
    with pytest.raises(NotAllowed):
        row_sources.address(Origin(path=str(folder / "way out" / "passwd")), folder)
    (folder / "way out").unlink()


def test_a_password_comes_from_the_environment_and_is_not_stored(
    row_sources: RowSources, local: LocalStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_FAR_PASSWORD", "s3cret/@")
    address = row_sources.address(Origin(database="far", table="t"), folder)
    assert address == "postgresql://reader:s3cret%2F%40@127.0.0.1:1/ml#t"
    samples = SampleReader(row_sources, 30)
    with pytest.raises(SampleUnavailable) as caught:
        samples.get(samples.begin(Origin(database="far", table="t")))
    assert "s3cret" not in str(caught.value)
    assert all(b"s3cret" not in file.read_bytes() for file in local.folder.glob("evaluations.db*"))


def test_a_running_evaluation_is_cancelled_and_run_again(local: LocalStore, folder: Path) -> None:
    service = LocalEvaluations("cancelled", local)
    both = Origin(path=str(folder / "reference.csv"))
    busy, waiting = (service.start(request(both, both)) for _ in range(2))
    service.cancel(waiting)
    assert service.status(waiting).state == "cancelled"
    awaited(lambda: None if (s := service.status(busy)).state == "queued" else s)
    service.cancel(busy)
    assert ended(service, busy).state == "cancelled"
    with pytest.raises(RequestRejected, match="cancelled and can't be"):
        service.cancel(busy)
    again = ended(service, service.rerun(busy))
    assert again.state == "succeeded", again.error


def test_the_first_rows_of_each_kind_of_origin_are_read(
    row_sources: RowSources, folder: Path
) -> None:
    samples = SampleReader(row_sources, 30)
    for origin in (
        Origin(path=str(folder / "reference.csv")),
        Origin(path=str(folder / "current.parquet")),
        Origin(database="log", table="predictions"),
        Origin(database="log", query="select * from predictions;"),
    ):
        assert list(samples.get(samples.begin(origin)).columns) == list(rows(3).columns)
    with pytest.raises(SampleUnavailable, match="may read rows from"):
        samples.get(samples.begin(Origin(path="/etc")))
    assert files_in((folder,)) == [
        str(folder / "current.parquet"), str(folder / "reference.csv"),
    ]  # fmt: skip


def test_evaluations_of_a_console_that_was_killed_run_in_the_next_one(
    row_sources: RowSources, folder: Path, tmp_path: Path
) -> None:
    """Another process begins two evaluations and is killed while the first runs."""
    origin = Origin(path=str(folder / "reference.csv"))
    stored_request = request(origin, origin)
    (tmp_path / "request.json").write_bytes(msgspec.json.encode(stored_request))
    code = f"""
        import time, msgspec
        from pathlib import Path
        from console.evaluations.request import EvaluationRequest
        from console.evaluations.local import LocalEvaluations
        from console.evaluations.row_sources import RowSources
        from console.evaluations.local_store import LocalStore
        from evaluation.jobs.process_pool import Limits
        folder = Path({str(tmp_path)!r})
        row_sources = RowSources(folder / "uploads", (Path({str(folder)!r}),))
        service = LocalEvaluations("killed", LocalStore(folder, row_sources, Limits()))
        content = (folder / "request.json").read_bytes()
        request = msgspec.json.decode(content, type=EvaluationRequest)
        for _ in range(2):
            print(service.start(request), flush=True)
        time.sleep(600)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        ids = [process.stdout.readline().strip() for _ in range(2)]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while state(tmp_path, ids[0]) != "running":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.kill()
    assert state(tmp_path, ids[1]) == "queued"
    again = LocalStore(tmp_path, row_sources, Limits())
    try:
        service = LocalEvaluations("killed", again)
        done = [ended(service, each) for each in ids]
        assert [item.state for item in done] == ["succeeded", "succeeded"]
    finally:
        again.close()


def state(folder: Path, evaluation_id: str) -> str:
    connection = sqlite3.connect(folder / "evaluations.db")
    try:
        query = "select state from evaluations where id = ?"
        return str(connection.execute(query, (evaluation_id,)).fetchone()[0])
    finally:
        connection.close()


def test_a_folder_that_cannot_be_used_is_named(row_sources: RowSources) -> None:
    with pytest.raises(EvaluationStoreUnavailable, match="BELVEDERE_CONSOLE_DIR"):
        LocalStore(Path("/proc/none"), row_sources, Limits())
