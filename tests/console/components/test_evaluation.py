"""The evaluation that a page opens with."""

from console.adapters.model_service import EvaluationStatus
from console.components import evaluation


def test_a_page_opens_with_a_real_evaluation_even_if_a_test_is_newer() -> None:
    test = EvaluationStatus(evaluation_id="test", state="succeeded", published=True, synthetic=True)
    failed = EvaluationStatus(evaluation_id="failed", state="failed", published=True)
    tried = EvaluationStatus(evaluation_id="tried", state="succeeded")
    real = EvaluationStatus(evaluation_id="real", state="succeeded", published=True)
    assert evaluation.default_evaluation_id([test, failed, tried, real]) == "real"
    assert evaluation.default_evaluation_id([test, failed, tried]) == "tried"
    assert evaluation.default_evaluation_id([test]) == "test"
    assert evaluation.default_evaluation_id([failed]) is None
