"""Champion and challenger: compared on the same held-out rows, promoted only if clearly better."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from model_service.__main__ import main
from model_service.errors import StartError
from model_service.models.artifacts import load_or_train as keep
from model_service.models.churn import data, load, training
from model_service.models.churn.versions import FILE, compare, current, retrain
from model_service.models.scorers import to_onnx_columns
from tests.services import serving


def weak_classifier(month: str) -> tuple[bytes, dict[str, Any]]:
    """A classifier that knows only the monthly fee."""
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline

    columns = ColumnTransformer([("fee", "passthrough", ["monthly_fee"])])
    pipeline = Pipeline([("columns", columns), ("classifier", LogisticRegression())])
    rows = data.training(month)
    pipeline.fit(rows[list(data.SCHEMA.features)], rows["churn_label"])
    facts = {"training_month": month, "importance": {}, "training_rows": len(rows)}
    return to_onnx_columns(pipeline, data.SCHEMA), facts


def test_a_challenger_that_is_hardly_better_does_not_serve(churn_data: Path) -> None:
    before = load(churn_data)
    found = retrain(churn_data, "month_001")
    comparison = found.comparison
    assert comparison is not None
    assert comparison["promoted"] is False
    gain = comparison["challenger"]["roc_auc"] - comparison["champion"]["roc_auc"]
    assert comparison["roc_auc_gain"] == gain <= 0.01
    assert comparison["held_out_rows"] == len(data.held_out("month_001"))
    after = load(churn_data)
    assert (after.version, before.candidate_version) == (before.version, None)
    assert after.candidate_version == comparison["challenger"]["version"] != after.version


def test_a_challenger_that_is_clearly_better_serves_and_the_old_one_stays_visible(
    tmp_path: Path,
) -> None:
    # the champion of this folder is the weak one, under the key that the service looks for
    key = training.fingerprint("month_000")
    keep(tmp_path, "churn", key, lambda: weak_classifier("month_000"))
    old = current(tmp_path).champion
    comparison = retrain(tmp_path, "month_001").comparison
    assert comparison is not None
    assert comparison["promoted"] is True and comparison["roc_auc_gain"] > 0.1
    assert comparison["rule"].endswith("> 0.01")
    model = load(tmp_path)
    assert model.version == comparison["challenger"]["version"]
    assert model.candidate_version == old.version
    # its reference is now the month that it was trained on
    assert set(model.reference()["snapshot_date"]) == {"2024-02-29"}
    with pytest.raises(StartError, match="already trained on month_001"):
        retrain(tmp_path, "month_001")


def test_the_same_gain_is_not_better_by_more_than_the_limit(churn_data: Path) -> None:
    champion = current(churn_data).champion
    found = compare(champion, champion, data.held_out("month_001"))
    assert (found["roc_auc_gain"], found["promoted"]) == (0.0, False)
    assert (found["roc_auc_gain_lower"], found["roc_auc_gain_upper"]) == (0.0, 0.0)


def test_the_gain_has_an_interval_that_holds_it_and_names_the_rows(churn_data: Path) -> None:
    found = retrain(churn_data, "month_001").comparison
    assert found is not None
    assert found["roc_auc_gain_lower"] < found["roc_auc_gain"] < found["roc_auc_gain_upper"]
    assert found["roc_auc_gain_upper"] - found["roc_auc_gain_lower"] < 0.03
    assert found["held_out_of"] == ["2024-02-29"]
    assert found["least_gain"] == 0.01


def test_every_comparison_is_kept_the_newest_first_and_an_older_file_is_read(
    churn_data: Path,
) -> None:
    first = retrain(churn_data, "month_001").comparison
    second = retrain(churn_data, "month_001")
    assert second.comparisons == (second.comparison, first)
    assert current(churn_data).comparisons == second.comparisons
    kept = json.loads((churn_data / FILE).read_text())
    kept["comparison"] = kept.pop("comparisons")[0]
    (churn_data / FILE).write_text(json.dumps(kept))
    assert current(churn_data).comparisons == (second.comparison,)


def test_both_versions_are_in_the_metrics_of_the_service(churn_data: Path) -> None:
    found = retrain(churn_data, "month_001")
    assert found.candidate is not None
    with serving(churn_data, model="churn") as api:
        samples = api.metrics()
        told = api.get("/model").json()
    for name, version in (
        ("model_info", found.champion.version),
        ("model_candidate_info", found.candidate.version),
    ):
        series = [key for key in samples if key.startswith(f"{name}{{")]
        assert series == [f'{name}{{model="churn",task="binary",version="{version}"}}']
    assert told["candidate_version"] == found.candidate.version
    assert told["training"]["comparison"]["promoted"] is False
    assert told["training"]["comparisons"] == [told["training"]["comparison"]]
    assert (told["thresholds"]["roc_auc"], told["thresholds"]["drift_share"]) == (0.8, 0.3)


def test_the_command_says_who_serves(
    churn_data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BELVEDERE_DATA_DIR", str(churn_data))
    assert main(["retrain", "churn"]) == 0
    printed = capsys.readouterr().out
    assert "the champion stays: roc_auc_gain=" in printed
    assert "95 % interval" in printed
    assert main(["retrain", "churn", "--month=month_000"]) == 1
    assert "already trained on month_000" in capsys.readouterr().err
    assert main(["retrain", "bike-sharing"]) == 1
    assert "bike-sharing can't be retrained" in capsys.readouterr().err


def test_a_damaged_list_of_versions_is_an_error_and_serves_no_other_model(churn_data: Path) -> None:
    (churn_data / FILE).write_text("{}")
    with pytest.raises(StartError, match="which model to serve"):
        load(churn_data)


def test_the_kept_files_are_checked(churn_data: Path) -> None:
    for facts in (churn_data / "models").glob("churn-*.json"):
        kept = json.loads(facts.read_text("utf-8"))
        onnx = facts.with_suffix(".onnx").read_bytes()
        assert hashlib.sha256(onnx).hexdigest() == kept["sha256"]
