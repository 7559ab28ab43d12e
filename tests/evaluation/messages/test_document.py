"""The texts of documents: new ones from their parts, old ones as they are stored."""

from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest

from evaluation import Evaluation, Schema, evaluate, messages
from evaluation.messages import ENGLISH, Writer
from evaluation.messages.writer import EnglishNumbers
from evaluation.result import Message, message
from tests.evaluation.evaluations import made

SCHEMA = Schema(numerical=("x",), categorical=("c",), target="y", prediction="p")

# as the version before wrote it, shortened to the required fields
OLD = b"""{
  "name": "week 3", "task": "regression", "created_at": "2026-01-01T00:00:00.000+00:00",
  "duration_seconds": 1.5, "rows": {"reference": 688, "current": 165}, "verdict": "drift",
  "rule": "Rule: drift when at least one counted feature does. 1 of 1 counted features drift (x).",
  "decision": "RETRAIN", "decision_reason": "rmse 175.2 > 60", "drift_share": 1.0,
  "drifted_features": ["x"], "difference": "Evidently says no drift.",
  "warnings": ["x has no value in 3 of 165 rows of the current data."],
  "features": [{
    "name": "x", "kind": "numerical", "role": "feature", "score": 0.4, "method": "ks",
    "threshold": 0.2, "drifted": true, "missing": {"reference": 0, "current": 3},
    "distribution": {"reference": [1], "current": [1]},
    "reason": "The values moved by 3, 0.4 standard deviations (p 0.01 after the correction)."
  }]
}"""


class German(EnglishNumbers):
    def number(self, value: float) -> str:
        return super().number(value).replace(".", ",")


@pytest.fixture
def moved() -> Evaluation:
    random = np.random.default_rng(7)

    def rows(n: int, shift: float) -> pd.DataFrame:
        x = random.normal(shift, 1, n)
        return pd.DataFrame({"x": x, "c": random.choice(["a", "b"], n), "y": x + 5, "p": x + 5.1})

    current = rows(200, 1.0)
    current.loc[:3, "x"] = np.nan
    return evaluate(rows(300, 0.0), current, SCHEMA, evidently=False)


def test_a_document_of_the_version_before_is_read_and_shown_as_it_is() -> None:
    old = Evaluation.decode(OLD)
    writer = Writer(numbers=German())
    assert messages.rule(old, writer) == old.rule
    assert old.rule.startswith("Rule: drift when at least one counted")
    assert messages.decision_reason(old, writer) == "rmse 175.2 > 60"
    assert messages.difference(old, writer) == "Evidently says no drift."
    assert messages.warnings(old, writer) == old.warnings
    assert len(old.warnings) == 1
    assert messages.reason(old.features[0], writer) == old.features[0].reason


def test_a_new_document_has_the_fields_of_the_version_before_and_the_parts(
    moved: Evaluation,
) -> None:
    document = msgspec.json.decode(moved.encode())
    for name, kind in (("rule", str), ("decision_reason", str), ("warnings", list)):
        assert isinstance(document[name], kind)
        assert document[name]
    assert document["difference"] is None
    assert all(isinstance(text, str) for text in document["warnings"])
    assert isinstance(document["features"][0]["reason"], str)
    assert document["warning_parts"] == [
        {
            "code": "data.missing",
            "values": {"column": "x", "missing": 4, "rows": 200, "side": "current"},
        }
    ]
    assert Evaluation.decode(moved.encode()) == moved


def test_the_texts_of_a_new_document_are_those_of_its_parts(moved: Evaluation) -> None:
    assert messages.rule(moved, ENGLISH) == moved.rule
    assert moved.rule.startswith("1 of 2 features drifts: x. Rule: drift when at least one")
    assert messages.decision_reason(moved, ENGLISH) == moved.decision_reason
    assert messages.warnings(moved, ENGLISH) == moved.warnings
    for feature in moved.features:
        assert messages.reason(feature, ENGLISH) == feature.reason
    assert moved.target_drift is not None
    assert moved.target_drift.reason


def test_a_reader_gets_the_numbers_of_the_locale(moved: Evaluation) -> None:
    assert "below 0.05" in moved.rule
    assert "below 0,05" in messages.rule(moved, Writer(numbers=German()))


def test_warnings_that_a_caller_adds_as_text_come_after_those_in_parts() -> None:
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"x": random.normal(size=100), "c": "a"})

    def complete(evaluation: Evaluation) -> None:
        evaluation.warnings.append("Rows of a test system.")
        evaluation.warning_parts.append(message("rows.trained", training=5, rows=100))

    schema = Schema(numerical=("x",), categorical=("c",))
    found = evaluate(frame, frame, schema, evidently=False, complete=complete)
    texts = messages.warnings(found, Writer(numbers=German()))
    assert texts == found.warnings
    assert texts[-2:] == ["5 of 100 rows were used to train the model.", "Rows of a test system."]


def test_a_message_of_a_later_version_is_shown_by_its_stored_text() -> None:
    later = Message("rule.of_a_later_version")
    document = made(
        rule="A later rule.", rule_parts=[later],
        warnings=["A later warning.", "x is constant in both data sets."],
        warning_parts=[later, message("data.constant", column="x")],
    )  # fmt: skip
    assert messages.rule(document, ENGLISH) == "A later rule."
    assert messages.warnings(document, ENGLISH) == document.warnings


def test_the_page_and_the_json_report_have_the_sentences(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"x": random.normal(size=50), "c": "a"})
    paths = tmp_path / "report.html", tmp_path / "report.json"
    schema = Schema(numerical=("x",), categorical=("c",))
    found = evaluate(frame.head(1), frame, schema, html_path=paths[0], json_path=paths[1])
    assert "Not enough data: 1 row, at least 30 are needed." in paths[0].read_text("utf-8")
    assert msgspec.json.decode(paths[1].read_bytes())["evaluation"]["rule"] == found.rule
