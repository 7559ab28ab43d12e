"""The sentences of a document on a page: with the reader's numbers, names as they are."""

from collections.abc import Iterator

import pytest

from console.formatting import locale_numbers, sentences
from evaluation import Evaluation
from evaluation.messages import write_sentences
from evaluation.result import Rows, message


@pytest.fixture
def german() -> Iterator[None]:
    locale_numbers.set_locale_source(lambda: "de-DE")
    yield
    locale_numbers.set_locale_source(lambda: None)


@pytest.fixture
def result() -> Evaluation:
    new = Evaluation(
        name="week_1.2.csv", task="regression", created_at="2026-01-01T00:00:00Z",
        duration_seconds=0.1, rows=Rows(reference=688, current=165), verdict="no drift",
        decision="NO_ACTION", drift_share=0.125, drifted_features=[], features=[],
        rule_parts=[message("rule.share_needed", share=0.305)],
        decision_parts=[message("decision.no_drift_below", share=0.125, threshold=0.3)],
        difference_parts=[message("difference.small", names=["x_1.5", "y"])],
        warning_parts=[
            message("data.missing", column="v1.2", missing=1234, rows=5678, side="current")
        ],
    )  # fmt: skip
    write_sentences(new)
    return new


@pytest.mark.usefixtures("german")
def test_a_drift_share_is_written_as_on_the_rest_of_the_page(result: Evaluation) -> None:
    assert result.decision_reason.startswith("No drift: drift share 12.5 %, below")
    assert sentences.decision_reason(result) == (
        "No drift: drift share 12,5 %, below the threshold of 30 %."
    )
    assert sentences.rule(result) == "Rule: drift when at least 30,5 % of features drift."


@pytest.mark.usefixtures("german")
def test_numbers_are_the_readers_and_names_stay(result: Evaluation) -> None:
    assert sentences.difference(result) == "x_1.5, y moved by less than the minimum effect."
    assert sentences.warnings(result) == [
        "v1.2 has no value in 1.234 of 5.678 rows of the current data."
    ]


@pytest.mark.usefixtures("german")
def test_texts_of_a_document_without_parts_are_shown_as_they_are(result: Evaluation) -> None:
    result.rule_parts, result.decision_parts, result.warning_parts = [], [], []
    result.decision_reason = "rmse 61.2 > 60"
    result.warnings = ["Of week_1.2.csv of v1.2 at 10.0.0.1:80"]
    assert sentences.decision_reason(result) == "rmse 61.2 > 60"
    assert sentences.warnings(result) == ["Of week_1.2.csv of v1.2 at 10.0.0.1:80"]
