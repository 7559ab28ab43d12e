"""A whole evaluation on real bike weeks: scores, drift, document, page."""

import json
import math
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from evaluation import Evaluation, Schema, Thresholds, evaluate
from evaluation.report import evidently as report
from tests.evaluation.conftest import WEEKS, Bike


@pytest.mark.parametrize("week", WEEKS)
@pytest.mark.parametrize("evidently", [True, False])
def test_scores_equal_scikit_learns_to_six_decimals(bike: Bike, week: str, evidently: bool) -> None:
    rows = bike.weeks[week]
    quality = evaluate(bike.january, rows, bike.schema, evidently=evidently).quality
    assert quality is not None
    truth, predicted = rows["cnt"], rows["prediction"]
    assert quality.rmse == pytest.approx(
        metrics.root_mean_squared_error(truth, predicted), abs=5e-7
    )
    assert quality.mae == pytest.approx(metrics.mean_absolute_error(truth, predicted), abs=5e-7)
    assert quality.r2 == pytest.approx(metrics.r2_score(truth, predicted), abs=5e-7)
    assert quality.mape == pytest.approx(
        100 * metrics.mean_absolute_percentage_error(truth, predicted), abs=5e-7
    )
    assert quality.rmse is not None
    assert 15 < quality.rmse < 45


@pytest.mark.parametrize("week", WEEKS)
def test_drift_equals_evidentlys_own_on_the_untouched_rows(bike: Bike, week: str) -> None:
    report.warm_up()
    with report._quiet():
        from evidently import DataDefinition, Dataset, Report
        from evidently.presets import DataDriftPreset

        features = list(bike.schema.features)
        definition = DataDefinition(
            numerical_columns=list(bike.schema.numerical),
            categorical_columns=list(bike.schema.categorical),
        )
        current, reference = (
            Dataset.from_pandas(frame[features], data_definition=definition)
            for frame in (bike.weeks[week], bike.january)
        )
        found = Report([DataDriftPreset(columns=features)]).run(current, reference).dict()
    expected = {
        m["config"]["column"]: float(m["value"])
        for m in found["metrics"]
        if m["config"]["type"].endswith("ValueDrift")
    }
    count = next(m["value"] for m in found["metrics"] if "column" not in m["config"])
    evaluation = evaluate(bike.january, bike.weeks[week], bike.schema)
    ours = {f.name: f.evidently.score for f in evaluation.features if f.evidently}
    assert ours == pytest.approx(expected, abs=1e-12)
    assert evaluation.evidently is not None
    assert evaluation.evidently.drifted_columns == count["count"]
    assert evaluation.evidently.drift_share == pytest.approx(count["share"])
    assert evaluation.evidently.drift_detected == (count["share"] >= 0.5)


def test_the_same_rows_give_the_same_document(bike: Bike) -> None:
    def document() -> dict[str, Any]:
        made = evaluate(bike.january, bike.weeks["week2"], bike.schema, name="twice")
        builtins = msgspec.to_builtins(made)
        del builtins["created_at"], builtins["duration_seconds"]
        return dict(builtins)

    assert document() == document()


def test_a_document_is_equal_after_json_and_every_row_is_in_a_bin(bike: Bike) -> None:
    rows = bike.weeks["week1"]
    made = evaluate(bike.january, rows, bike.schema)
    assert Evaluation.decode(made.encode()) == made
    for feature in made.features:
        assert sum(feature.distribution.reference) == len(bike.january)
        assert sum(feature.distribution.current) == len(rows)
    assert made.residuals is not None
    assert sum(made.residuals.counts) == len(rows)
    assert sum(group.rows for group in made.residuals.by["hr"]) == len(rows)
    assert made.residuals.mean == pytest.approx((rows["prediction"] - rows["cnt"]).mean())


def test_the_report_begins_with_period_verdict_and_scores(bike: Bike, tmp_path: Path) -> None:
    path = tmp_path / "report.html"

    def complete(evaluation: Evaluation) -> None:
        evaluation.model, evaluation.synthetic = "bike-sharing", True

    made = evaluate(
        bike.january,
        bike.weeks["week2"],
        bike.schema,
        name="<week> 2",
        html_path=path,
        complete=complete,
    )
    page = path.read_text("utf-8")
    top = page[page.index("<body>") :][:4000]
    assert made.quality is not None
    for words in (
        "&lt;week&gt; 2",
        "bike-sharing",
        "165 rows" if made.rows.current == 165 else f"{made.rows.current} rows",
        f"Verdict: {made.verdict}",
        f"RMSE {made.quality.rmse:.3f}",
        "Synthetic",
    ):
        assert words in top
    assert "<week>" not in page
    assert len(page) > 1_000_000


def test_over_the_limit_the_report_uses_a_sample_and_the_scores_use_all_rows(
    monkeypatch: pytest.MonkeyPatch, bike: Bike, tmp_path: Path
) -> None:
    monkeypatch.setattr(report, "MAX_ROWS", 100)
    path = tmp_path / "report.html"
    rows = bike.weeks["week1"]
    made = evaluate(bike.january, rows, bike.schema, html_path=path)
    assert "uniform sample of at most 100 rows" in path.read_text("utf-8")
    assert made.quality is not None
    exact = metrics.root_mean_squared_error(rows["cnt"], rows["prediction"])
    assert made.quality.rmse == pytest.approx(exact, abs=5e-7)
    assert sum(made.features[0].distribution.current) == len(rows)


def test_too_few_rows_give_scores_but_no_verdict(bike: Bike) -> None:
    made = evaluate(bike.january, bike.weeks["week1"].head(29), bike.schema)
    assert made.verdict == "not enough data"
    assert made.rule == "Not enough data: 29 rows, at least 30 are needed."
    assert made.quality is not None
    assert made.quality.rmse is not None


def test_one_row_gives_valid_json_and_a_report(bike: Bike, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    made = evaluate(bike.january, bike.weeks["week1"].head(1), bike.schema, html_path=path)

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    document = json.loads(made.encode(), parse_constant=refuse)
    assert document["quality"]["r2"] is None
    assert math.isfinite(document["quality"]["rmse"])
    assert "fewer than two rows" in path.read_text("utf-8")


def test_drift_needs_neither_target_nor_prediction(bike: Bike) -> None:
    schema = Schema(numerical=("temp", "hum"), categorical=("season",))
    made = evaluate(bike.january, bike.weeks["week1"], schema)
    assert made.verdict in ("drift", "no drift")
    assert (made.quality, made.residuals, made.target_drift) == (None, None, None)


def test_a_binary_task_is_scored_like_scikit_learn() -> None:
    generator = np.random.default_rng(1)

    def rows(n: int) -> pd.DataFrame:
        probability = generator.uniform(size=n)
        return pd.DataFrame(
            {
                "age": generator.normal(40, 10, n),
                "churned": (generator.uniform(size=n) < probability).astype(int),
                "said": (probability > 0.5).astype(int),
                "probability": probability,
            }
        )

    schema = Schema(
        task="binary",
        numerical=("age",),
        target="churned",
        prediction="said",
        probability="probability",
    )
    current = rows(300)
    quality = evaluate(rows(500), current, schema).quality
    assert quality is not None
    truth, said = current["churned"], current["said"]
    assert quality.accuracy == pytest.approx(metrics.accuracy_score(truth, said))
    assert quality.f1 == pytest.approx(metrics.f1_score(truth, said))
    assert quality.roc_auc == pytest.approx(metrics.roc_auc_score(truth, current["probability"]))


def test_a_score_past_its_threshold_asks_for_a_retrain(bike: Bike) -> None:
    strict = msgspec.structs.replace(bike.schema, thresholds=Thresholds(rmse=10.0))
    made = evaluate(bike.january, bike.weeks["week1"], strict, evidently=False)
    assert made.decision == "RETRAIN"
    assert made.decision_reason.endswith(" is above its threshold of 10.")
