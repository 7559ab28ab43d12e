"""python -m model_service evaluate-images: a folder of pictures, its reports and its lines."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from model_service.__main__ import main
from model_service.models.cats_dogs import data


def test_a_folder_of_pictures_is_evaluated_and_its_reports_are_written(
    trained_cats_dogs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BELVEDERE_DATA_DIR", str(trained_cats_dogs))
    source, reports = tmp_path / "holiday", tmp_path / "reports"
    for picture in data.pictures()[::6]:
        (source / picture.name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture.path, source / picture.name)
    (source / "notes.txt").write_text("not a picture")
    command = ["evaluate-images", "cats-dogs", str(source), "--folder", str(reports)]
    assert main([*command, "--reference", "pets_a"]) == 0
    output = capsys.readouterr()
    paths = [reports / f"holiday.{kind}" for kind in ("html", "json", "parquet")]
    assert output.out.startswith(
        f"report_html={paths[0]} report_json={paths[1]} rows={paths[2]} accuracy=0.9"
    )
    assert output.out.endswith("decision=NO_ACTION\n")
    for text in (
        "40 pictures of ", "Scores of 40 with ground truth: accuracy 0.9", "cat: 20 pictures",
        "Verdict: no drift.", "(not a JPEG, PNG or WebP picture): notes.txt.",
        "40 of 40 rows were used to train the model.",
    ):  # fmt: skip
        assert text in output.err
    assert "confidence" in paths[0].read_text("utf-8")
    rows = pd.read_parquet(paths[2])
    assert rows["file"].str.split("/").str[0].tolist() == rows["label"].tolist()


@pytest.mark.parametrize(
    ("model", "source", "message"),
    [
        ("cats-dogs", "absent", "error: absent: No such file or directory."),
        ("cats-dogs", "pyproject.toml", "error: The file is not a zip"),
        ("cats-dogs", "tests/demo", "error: There is no picture to evaluate."),
    ],
)
def test_what_is_not_pictures_is_an_error(
    trained_cats_dogs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    model: str,
    source: str,
    message: str,
) -> None:
    monkeypatch.setenv("BELVEDERE_DATA_DIR", str(trained_cats_dogs))
    assert main(["evaluate-images", model, source, "--folder", str(tmp_path)]) == 1
    assert message in capsys.readouterr().err
