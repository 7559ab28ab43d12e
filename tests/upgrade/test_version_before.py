"""The present version reads what the version before it wrote: databases and models.toml."""

import gzip
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from console.adapters.saved_queries import SavedQueries
from console.evaluations.local import LocalEvaluations
from console.evaluations.local_store import LocalStore
from console.evaluations.row_sources import RowSources
from console.models import models_file
from evaluation.jobs.process_pool import Limits
from tests.services import EXAMPLE, finished, serving

FILES = Path(__file__).with_name("data")
WEEK_3, WEEK_1 = "d66ff63906ca479fa8c18ccbd77805eb", "54994ef5b7c945dfa13291ecab0a4679"
OF_CONSOLE = "0fb75b0663244a4d8cb171339abd5194"


def unpack(name: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(gzip.decompress((FILES / f"{name}.gz").read_bytes()))
    return path


def count_rows(database: Path, table: str) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute(f"select count(*) from {table}").fetchone()[0])


@pytest.mark.stack
def test_a_service_goes_on_with_the_database_of_the_version_before(
    trained: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(trained, data)
    database = unpack("bike-sharing.db", data)
    predictions = count_rows(database, "predictions_bike_sharing")
    with serving(data) as api:
        # the evaluation published last, by the schedule, is on the gauges again
        metrics = api.metrics()
        assert metrics["model_rmse_score"] == pytest.approx(17.80310124367608)
        # all evaluations are listed, with their tags and comment
        listed: list[dict[str, Any]] = api.get("/evaluations").json()["evaluations"]
        by_id = {item["evaluation_id"]: item for item in listed}
        assert {WEEK_3, WEEK_1} <= by_id.keys()
        assert sorted(by_id[WEEK_1]["tags"]) == ["first", "old"]
        assert by_id[WEEK_1]["comment"] == "made by the version before"
        # a document keeps its verdict and the sentences that it was stored with
        result = api.get(f"/evaluations/{WEEK_3}").json()["result"]
        assert result["verdict"] == "drift"
        assert result["rule"].startswith("Rule: drift when at least one counted feature does.")
        assert result["decision_reason"].startswith("drift (drift_share=0.12)")
        assert result["quality"]["rmse"] == pytest.approx(37.42923847805797)
        # an old request runs again, and its result compares with the old one
        started = api.post(f"/evaluations/{WEEK_1}/rerun").json()["evaluation_id"]
        assert finished(api, started)["state"] == "succeeded"
        comparison = api.get(f"/evaluations/{WEEK_1}/compare/{started}")
        assert comparison.status_code == 200, comparison.text
        # the log goes on: old rows are read, new ones are added
        rows = api.get("/predictions?limit=1000").json()["predictions"]
        assert len(rows) == predictions
        assert api.post("/predict", EXAMPLE).status_code == 200
        schedules = api.get("/schedules").json()["schedules"]
        assert [item["every_minutes"] for item in schedules] == [100_000]
    assert count_rows(database, "predictions_bike_sharing") == predictions + 1


def test_the_console_reads_the_models_file_of_the_version_before() -> None:
    (model,) = models_file.read(FILES / "models.toml")
    assert (model.name, model.task) == ("prices", "regression")
    assert model.matchers == {"job": "shop"}
    (query,) = model.queries
    assert (query.role, query.unit) == ("requests", "requests/s")
    assert query.as_query().render({"job": "shop"}, "5m") == (
        'sum(rate(http_requests_total{job="shop"}[5m]))'
    )


def test_the_console_reads_the_saved_queries_of_the_version_before(tmp_path: Path) -> None:
    saved_queries = SavedQueries(unpack("console.db", tmp_path))
    assert [item.title for item in saved_queries.items("query")] == ["errors"]
    assert [item.query for item in saved_queries.items("panel")] == ["up"]


def test_the_console_reads_its_evaluations_of_the_version_before(tmp_path: Path) -> None:
    unpack("evaluations.db", tmp_path)
    store = LocalStore(tmp_path, RowSources(tmp_path / "uploads", (), {}), Limits())
    try:
        evaluations = LocalEvaluations("prices", store)
        (item,) = evaluations.page(10).evaluations
        assert (item.evaluation_id, item.name, item.verdict) == (OF_CONSOLE, "first", "drift")
        result = evaluations.status(OF_CONSOLE).result
        assert result is not None
        assert result.drifted_features == ["area"]
        assert result.quality is not None
        assert result.quality.rmse == pytest.approx(0.19, abs=0.05)
    finally:
        store.close()
