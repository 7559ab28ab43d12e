"""Quality and Drift of a model for pictures, in Streamlit's test runner."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from evaluation import Schema, evaluate
from tests.console.fakes import Answer, answering
from tests.console.picture_service import CLASSES, PictureService, jpeg, picture_service

VIEWS = Path(__file__).resolve().parents[3] / "console" / "views"
PROPERTIES = ("brightness", "contrast", "sharpness", "saturation", "megapixels", "aspect")
FEATURES = (*PROPERTIES, "component_1", "component_2", "confidence")
SCHEMA = Schema(
    task="multiclass", numerical=FEATURES, target="label", prediction="predicted_class",
    probabilities={"cat": "proba_cat", "dog": "proba_dog"}, remainder="neither",
)  # fmt: skip
CURVE = [{"rows": 60, "confidence": 0.8, "accuracy": 0.85}]


def rows(count: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    shares = random.dirichlet([2.0, 2.0, 0.5], count)
    frame = pd.DataFrame(random.normal(size=(count, len(FEATURES))), columns=list(FEATURES))
    frame["confidence"] = shares.max(axis=1)
    frame["proba_cat"], frame["proba_dog"] = shares[:, 0], shares[:, 1]
    frame["label"] = [random.choice(CLASSES, p=row) for row in shares]
    frame["predicted_class"] = [CLASSES[place] for place in shares.argmax(axis=1)]
    return frame


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[PictureService]:
    """A service with one evaluation, in which the pictures are darker, and with thumbnails."""
    current = rows(200, 1)
    current["brightness"] -= 2
    current.loc[7, ["contrast", "sharpness", "aspect"]] = 9.0
    document = evaluate(rows(400, 0), current, SCHEMA, name="darker", evidently=False)
    document.evaluation_id = "e1"
    status = {
        "evaluation_id": "e1", "state": "succeeded", "created_at": 1.0, "published": True,
        "verdict": document.verdict, "result": msgspec.to_builtins(document),
    }  # fmt: skip
    scored = current.assign(prediction_id=[f"p{number}" for number in range(len(current))])
    file = io.BytesIO()
    scored.to_parquet(file)
    monkeypatch.setenv("BELVEDERE_CONSOLE_DIR", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()
    empty = Answer(200, b'{"status":"success","data":{"resultType":"vector","result":[]}}')
    with picture_service() as running, answering(empty) as prometheus:
        monkeypatch.setenv("BELVEDERE_PROMETHEUS_URL", prometheus)
        monkeypatch.setenv("BELVEDERE_MODEL_SERVICE_URLS", json.dumps({"pets": running.url}))
        running.answers |= {
            "/model": (200, {"classes": CLASSES, "training": {"calibration_curve": CURVE}}),
            "/evaluations": (200, {"evaluations": [status], "total": 1}),
            "/evaluations/e1": (200, status),
            "/evaluations/e1/rows.parquet": (200, file.getvalue()),
            "/thumbnails/p7": (200, jpeg()),
        }
        yield running
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(page: str) -> AppTest:
    shown = AppTest.from_file(str(VIEWS / page / "page.py"), default_timeout=60).run()
    assert not shown.exception
    return shown


def texts(page: AppTest) -> str:
    parts = [*page.error, *page.warning, *page.info, *page.markdown, *page.caption]
    return "\n".join(str(part.value) for part in parts)


@pytest.mark.usefixtures("service")
def test_quality_shows_confusion_calibration_and_scores_of_each_class() -> None:
    page = opened("quality")
    for title in ("**Confusion matrix**", "**Calibration**", "**Scores by class**"):
        assert title in texts(page)
    assert not page.error
    table = next(item.value for item in page.dataframe if "recall" in item.value.columns)
    assert list(table["class"]) == CLASSES
    metrics = {item.label: item.value for item in page.metric}
    assert metrics["Rows with ground truth"] == "200"
    assert 0 <= float(metrics["Calibration error"]) < 0.2
    assert "No residuals" not in texts(page)
    curves = json.loads(page.get("plotly_chart")[-1].proto.spec)["data"]
    assert curves[-1]["name"] == "held-out rows of the training"


def test_drift_says_what_changed_and_shows_the_most_unlike_picture(
    service: PictureService,
) -> None:
    page = opened("drift")
    assert "- The pictures are darker (1.46 standard deviations)." in texts(page)
    # of the pictures that are most unlike, the service has one thumbnail
    assert len(page.image) == 1
    assert "distance" in texts(page)
    assert "+6.0 std" in texts(page)
    service.answers.pop("/thumbnails/p7")
    st.cache_data.clear()
    assert "Set BELVEDERE_KEEP_IMAGES" in texts(opened("drift"))
    service.answers.pop("/evaluations/e1/rows.parquet")
    st.cache_data.clear()
    page = opened("drift")
    assert "The rows of this evaluation are no longer stored." in texts(page)
    assert not page.error
