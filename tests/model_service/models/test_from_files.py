"""Models of one's own: a pipeline or an ONNX file and a schema, and what can't be served."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from model_service import models
from model_service.errors import StartError
from model_service.models import Schema, from_onnx, from_pipeline
from model_service.models.scorers import to_onnx_columns

SCHEMA = Schema(task="binary", numerical=("age", "fee"), categorical=("plan",), target="left")


def rows(count: int = 400) -> pd.DataFrame:
    random = np.random.default_rng(0)
    age = random.integers(18, 80, count)
    fee = random.normal(50, 10, count)
    plan = random.choice(["basic", "pro"], count)
    odds = 0.08 * (fee - 50) - 0.03 * (age - 45) + (plan == "basic")
    left = (random.random(count) < 1 / (1 + np.exp(-odds))).astype(int)
    return pd.DataFrame({"age": age, "fee": fee, "plan": plan, "left": left})


def pipeline(kind: Any = LogisticRegression) -> Pipeline:
    columns = ColumnTransformer(
        [("plan", OneHotEncoder(handle_unknown="ignore"), ["plan"])], remainder="passthrough"
    )
    frame = rows()
    made = Pipeline([("columns", columns), ("model", kind())])
    return made.fit(frame[["age", "fee", "plan"]], frame["left"])


def test_a_classifier_is_served_with_its_probability_and_the_class_at_a_half() -> None:
    model = from_pipeline("leavers", pipeline(), SCHEMA, rows())
    assert [(field.name, field.type) for field in model.inputs] == [
        ("age", "int"), ("fee", "float"), ("plan", "text"),
    ]  # fmt: skip
    frame = model.reference()
    theirs = pipeline().predict_proba(rows()[["age", "fee", "plan"]])[:, 1]
    assert frame["probability"].to_numpy() == pytest.approx(theirs)
    assert frame["predicted"].tolist() == (theirs >= 0.5).astype(int).tolist()
    assert model.predict_one((30, 55.0, "pro")) == pytest.approx(
        pipeline().predict_proba(pd.DataFrame({"age": [30], "fee": [55.0], "plan": ["pro"]}))[0, 1]
    )


def test_an_onnx_file_with_one_input_a_feature_predicts_the_same(tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(to_onnx_columns(pipeline(), SCHEMA))
    ours = from_onnx("leavers", file, SCHEMA, rows())
    theirs = from_pipeline("leavers", pipeline(), SCHEMA, rows())
    assert ours.predict_many(rows()) == pytest.approx(theirs.predict_many(rows()), abs=1e-5)
    assert ours.predict_one((30, 55.0, "pro")) == pytest.approx(
        theirs.predict_one((30, 55.0, "pro")), abs=1e-5
    )


def test_an_onnx_file_with_one_matrix_predicts_the_same(tmp_path: Path) -> None:
    from skl2onnx import to_onnx

    schema = Schema(task="regression", numerical=("age", "fee"), target="left")
    frame = rows()
    linear = LinearRegression().fit(frame[["age", "fee"]].to_numpy(), frame["left"])
    made = to_onnx(linear, frame[["age", "fee"]].to_numpy(dtype="float32")[:1])
    file = tmp_path / "linear.onnx"
    file.write_bytes(made.SerializeToString())
    model = from_onnx("linear", file, schema, frame)
    theirs = linear.predict(frame[["age", "fee"]].to_numpy())
    assert model.predict_many(frame) == pytest.approx(theirs, abs=1e-5)
    assert model.predict_one((30, 55.0)) == pytest.approx(linear.predict([[30, 55.0]])[0], abs=1e-5)


def test_the_version_follows_what_the_model_predicts() -> None:
    same = [from_pipeline("leavers", pipeline(), SCHEMA, rows()).version for _ in range(2)]
    other = Pipeline([("columns", pipeline()["columns"]), ("model", LogisticRegression(C=0.01))])
    other.fit(rows()[["age", "fee", "plan"]], rows()["left"])
    assert same[0] == same[1] != from_pipeline("leavers", other, SCHEMA, rows()).version


@pytest.mark.parametrize(
    ("name", "schema", "frame", "said"),
    [
        ("Leavers!", SCHEMA, rows(), "not a valid model name"),
        ("leavers", Schema(task="binary", numerical=("age",)), rows(), "has no target"),
        ("leavers", SCHEMA, rows().drop(columns="fee"), "lacks columns of the schema: fee"),
        ("leavers", SCHEMA, rows().assign(left="yes"), "not a number"),
        ("leavers", SCHEMA, rows().assign(left=2), "0 or 1"),
        ("leavers", SCHEMA, rows().head(0), "has no rows"),
        (
            "leavers",
            Schema(task="binary", numerical=("mean age",), target="left"),
            rows().rename(columns={"age": "mean age"}),
            "mean age can't be",
        ),
        (
            "leavers",
            Schema(task="binary", numerical=("truth",), target="left"),
            rows().rename(columns={"age": "truth"}),
            "Rename truth: the log has columns of these names",
        ),
    ],
)
def test_what_cannot_be_served_says_why(
    name: str, schema: Schema, frame: pd.DataFrame, said: str
) -> None:
    with pytest.raises(StartError, match=said):
        from_pipeline(name, pipeline(), schema, frame)


def test_a_model_without_probabilities_can_not_claim_one() -> None:
    with pytest.raises(StartError, match="predict_proba"):
        from_pipeline("leavers", pipeline(LinearRegression), SCHEMA, rows())


def test_a_file_that_is_no_onnx_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(StartError, match="ONNX model can't be run"):
        from_onnx("leavers", tmp_path / "model.onnx", SCHEMA, rows())
    with pytest.raises(StartError, match="can't be read"):
        from_onnx("leavers", tmp_path / "gone.onnx", SCHEMA, rows())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "my_package:model"),
        ("no_such_module_here:model", "no module 'no_such_module_here'"),
        ("own_for_this_test:other", "has no 'other'"),
        ("own_for_this_test:number", "is a int and not a MonitoredModel"),
    ],
)
def test_a_name_that_leads_to_no_model_says_what_is_wrong(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_for_this_test.py").write_text("number = 3\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        with pytest.raises(StartError, match=said):
            models.load(name, tmp_path)
    finally:
        sys.modules.pop("own_for_this_test", None)
