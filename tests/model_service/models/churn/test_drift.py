"""The drift command: its one line, its reports, both decisions, and what is flagged."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation import Evaluation
from model_service.__main__ import main
from model_service.commands.compare_windows import DriftReport, compare_windows
from model_service.models.churn import data, load, months

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def february(trained_churn: Path, tmp_path_factory: pytest.TempPathFactory) -> DriftReport:
    folder = tmp_path_factory.mktemp("reports")
    return compare_windows(load(trained_churn), "month_000", "month_001", folder, 0.3)


def test_the_command_prints_one_line_and_writes_both_reports(
    churn_data: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "model_service", "drift", "churn"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "BELVEDERE_DATA_DIR": str(churn_data)},
        capture_output=True,
        text=True,
    )
    name = "reports/evidently/drift_2024-01-31_vs_2024-02-29"
    assert done.stdout == (
        f"[Evidently] report_html={name}.html report_json={name}.json drift_share=0.07 "
        "-> NO_ACTION drift_share=0.07 < 0.30 (target_drift=-0.024)\n"
    ), done.stderr
    assert done.stdout in (ROOT / "docs/churn.md").read_text("utf-8")
    assert "Verdict: no drift." in done.stderr
    assert sorted(path.name for path in (tmp_path / "reports/evidently").iterdir()) == [
        f"{Path(name).name}.html",
        f"{Path(name).name}.json",
    ]
    page = (tmp_path / f"{name}.html").read_text("utf-8")
    assert "2024-01-31 to 2024-02-29" in page
    document = json.loads((tmp_path / f"{name}.json").read_text("utf-8"))
    assert len(document["metrics"]) >= 15
    assert document["evaluation"]["evidently"]["columns"] == 14


def test_the_columns_that_were_made_to_drift_are_flagged_and_no_other(
    february: DriftReport,
) -> None:
    found = february.evaluation
    assert set(found.drifted_features) == {*months.DRIFTED, *months.DRIFTED_WEAKLY}
    theirs = {f.name for f in found.features if f.evidently is not None and f.evidently.drifted}
    assert theirs == set(months.DRIFTED)


def test_target_and_covariates_are_kept_apart(february: DriftReport) -> None:
    found = february.evaluation
    names = {feature.name for feature in found.features}
    assert names == set(data.SCHEMA.features)
    rates = found.target_rates
    assert rates is not None
    assert rates.difference == pytest.approx(1701 / 7043 - 1869 / 7043)
    assert (rates.reference, rates.current) == pytest.approx((0.2654, 0.2415), abs=5e-5)
    assert rates.pairs == 7043
    # 420 stopped churning and 252 started: so extreme a split of 672 pairs is no chance
    assert rates.lower < rates.difference < rates.upper < 0
    assert rates.p_value < 1e-9
    assert (found.decision, found.verdict) == ("NO_ACTION", "no drift")


def test_other_users_deserve_a_retrain(trained_churn: Path, tmp_path: Path) -> None:
    model = load(trained_churn)
    report = compare_windows(model, "month_000", "month_001_new_users", tmp_path, 0.3)
    assert report.html.name == "drift_2024-01-31_vs_month_001_new_users.html"
    found = re.search(r"drift_share=(\S+) -> RETRAIN drift_share=\1 >= 0\.30 \(", report.line)
    assert found is not None and float(found[1]) > 0.5
    assert report.evaluation.decision == "RETRAIN"


def test_the_limit_decides(trained_churn: Path, tmp_path: Path) -> None:
    model = load(trained_churn)
    report = compare_windows(model, "month_000", "month_001", tmp_path, 0.05)
    assert "-> RETRAIN drift_share=0.07 >= 0.05" in report.line
    assert report.evaluation.verdict == "drift"


def test_reports_of_another_model_are_named_by_their_days(trained: Path, tmp_path: Path) -> None:
    from model_service.models.bike_sharing import load as load_bikes

    model = load_bikes(trained)
    report = compare_windows(model, "february_week1", "february_week2", tmp_path, 0.3)
    assert report.json.name == "drift_2011-02-07_vs_2011-02-14.json"
    assert report.line.endswith("(target_drift=unknown)")
    assert Evaluation.decode(report.evaluation.encode()).model == "bike-sharing"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--current=nowhere"], "month_001_new_users"),
        (["--share-limit=0"], "above 0"),
        (["--folder=/proc/none"], "can't be written"),
    ],
)
def test_wrong_arguments_are_one_clear_error(
    churn_data: Path,
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BELVEDERE_DATA_DIR", str(churn_data))
    assert main(["drift", "churn", *arguments]) == 1
    assert said in capsys.readouterr().err
