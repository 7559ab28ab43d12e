"""python -m evaluation: its words, its files, its exit codes."""

import gzip
import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluation import Schema, Thresholds
from evaluation.__main__ import _parser, main
from evaluation.errors import SchemaError
from tests.evaluation.conftest import Bike

SCHEMA = """
task = "regression"
numerical = ["temp", "atemp", "hum", "windspeed", "mnth", "hr", "weekday"]
categorical = ["season", "holiday", "workingday", "weathersit"]
calendar = ["mnth", "hr", "weekday"]
target = "cnt"
prediction = "prediction"
[thresholds]
"""


@pytest.fixture
def files(bike: Bike, tmp_path: Path) -> Path:
    bike.january.to_parquet(tmp_path / "january.parquet")
    bike.weeks["week1"].to_csv(tmp_path / "week1.csv", index=False)
    bike.january.sample(300, random_state=0).to_csv(tmp_path / "same.csv.gz", index=False)
    bike.weeks["week1"].head(5).to_csv(tmp_path / "few.csv", index=False)
    (tmp_path / "schema.toml").write_text(SCHEMA + "rmse = 60")
    (tmp_path / "strict.toml").write_text(SCHEMA + "rmse = 10")
    return tmp_path


def run(files: Path, current: str, *more: str, schema: str = "schema.toml") -> int:
    return main(
        [str(files / "january.parquet"), str(files / current), f"--schema={files / schema}", *more]
    )


def test_drift_exits_1_only_with_fail_on_drift(files: Path) -> None:
    assert run(files, "week1.csv", "--fail-on", "drift") == 1
    assert run(files, "week1.csv") == 0
    assert run(files, "same.csv.gz", "--fail-on", "drift") == 0


def test_quality_past_its_threshold_fails_and_within_it_does_not(files: Path) -> None:
    assert run(files, "week1.csv", "--fail-on", "quality") == 0
    assert run(files, "week1.csv", "--fail-on", "quality", schema="strict.toml") == 1


def test_too_little_data_is_a_warning_unless_strict(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(files, "few.csv", "--fail-on", "drift") == 0
    assert "too little data" in capsys.readouterr().err
    assert run(files, "few.csv", "--fail-on", "drift", "--strict") == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.csv", None, "No such file"),
        ("rows.txt", "a\n1", "Use a .csv, .csv.gz or .parquet file"),
        ("broken.parquet", "no parquet", "can't be read as rows"),
        ("empty.csv", "", "can't be read as rows"),
        ("other.csv", "x\n1\n", "lack temp"),
    ],
)
def test_data_that_cannot_be_evaluated_exits_2_with_the_reason(
    files: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: str | None,
    words: str,
) -> None:
    if content is not None:
        (files / name).write_text(content)
    assert run(files, name) == 2
    assert words in capsys.readouterr().err


def test_a_wrong_schema_file_is_named(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "bad.toml").write_text("numerics = ['temp']")
    assert run(files, "week1.csv", schema="bad.toml") == 2
    assert "bad.toml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("torn.csv.gz", gzip.compress(b"temp\n" + b"0.24\n" * 9_000, mtime=0)[:60]),
        ("broken.parquet", b"PAR1" + b"\0" * 40 + b"PAR1"),
        ("no.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\3" + b"\xff" * 20),
    ],
    ids=["torn gzip", "broken Parquet", "not gzip"],
)
@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_a_damaged_file_never_looks_like_a_passed_threshold(
    files: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, engine: str
) -> None:
    (files / name).write_bytes(content)
    assert run(files, name, "--fail-on", "drift", f"--engine={engine}") == 2
    said = capsys.readouterr().err
    assert f"Could not evaluate: {files / name} can't be read as rows" in said


def test_an_unexpected_error_exits_2_and_leaves_no_draft(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object, **options: Path) -> None:
        options["html_path"].write_text("half a page")
        raise ZeroDivisionError("of its own")

    monkeypatch.setattr("evaluation.__main__.evaluate", fails)
    assert run(files, "week1.csv", f"--html={files / 'page.html'}") == 2
    assert "unexpected error (ZeroDivisionError: of its own)" in capsys.readouterr().err
    assert not list(files.glob("*.html*")) + list(files.glob(".*.part"))


def test_a_gate_without_a_threshold_is_rejected(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "open.toml").write_text(SCHEMA)
    assert run(files, "week1.csv", "--fail-on", "quality", schema="open.toml") == 2
    assert "--fail-on quality needs a threshold" in capsys.readouterr().err


def test_a_threshold_without_a_score_is_a_warning_and_exits_2_when_strict(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "auc.toml").write_text(SCHEMA + "roc_auc = 0.8")
    assert run(files, "week1.csv", "--fail-on", "quality", schema="auc.toml") == 0
    assert "no score for the threshold of roc_auc" in capsys.readouterr().err
    assert run(files, "week1.csv", "--fail-on", "quality", "--strict", schema="auc.toml") == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"numerical": ("a", "a")}, "a are listed twice"),
        ({"target": "a"}, "a: target, prediction"),
        ({"target": "y", "prediction": "y"}, "y: target, prediction"),
        ({"thresholds": Thresholds(minimum_effect=math.nan)}, "minimum_effect of .thresholds."),
        ({"thresholds": Thresholds(rmse=math.inf)}, "rmse of .thresholds. must be finite"),
    ],
)
def test_an_ambiguous_schema_is_rejected(change: dict[str, Any], said: str) -> None:
    with pytest.raises(SchemaError, match=said):
        Schema(**{"numerical": ("a",), **change})


def test_both_reports_are_written_and_the_decision_line_names_them(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, document = files / "out.html", files / "out.json"
    assert run(files, "week1.csv", f"--html={page}", f"--json={document}", "--name=Week 1") == 0
    printed = capsys.readouterr().out
    made = json.loads(document.read_text())
    assert "Week 1" in page.read_text("utf-8")
    assert f"decision={made['decision']}" in printed
    assert str(page) in printed
    assert f"rmse {made['quality']['rmse']:.4g}" in printed


def test_a_gate_on_quality_alone_does_not_import_evidently(files: Path) -> None:
    code = (
        "import sys; from evaluation.__main__ import main; code = main(sys.argv[1:]); "
        "assert 'evidently' not in sys.modules; sys.exit(code)"
    )
    arguments = ["january.parquet", "week1.csv", "--schema=schema.toml", "--fail-on=quality"]
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {root!r}); {code}", *arguments],
        cwd=files,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_the_documented_workflow_has_valid_arguments() -> None:
    text = (Path(__file__).parents[2] / "docs/command.md").read_text("utf-8")
    workflow = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])
    (command,) = [
        step["run"]
        for step in workflow["jobs"]["drift"]["steps"]
        if "-m evaluation" in step.get("run", "")
    ]
    options = _parser().parse_args(command.partition("-m evaluation ")[2].split())
    assert options.fail_on == ["drift", "quality"]
    assert str(options.html) == "drift.html"


def test_the_documented_schema_is_valid(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/command.md").read_text("utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "schema.toml").write_text(example)
    assert Schema.from_toml(tmp_path / "schema.toml").thresholds.rmse == 60
    # with every optional line switched on too: one probability, or one of each class
    full = re.sub(r"^# (\w+ = )", r"\1", example, flags=re.M)
    one = re.sub(r"^(probabilities|remainder) = .*\n", "", full, flags=re.M)
    (tmp_path / "one.toml").write_text(one)
    assert Schema.from_toml(tmp_path / "one.toml").thresholds == Thresholds(
        rmse=60, drift_share=0.3
    )
    many = re.sub(r"^(probability|rmse) = .*\n", "", full, flags=re.M)
    (tmp_path / "many.toml").write_text(many.replace('task = "regression"', 'task = "multiclass"'))
    assert Schema.from_toml(tmp_path / "many.toml").remainder == "neither"
