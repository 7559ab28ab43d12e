"""Alerts on a model: its scores, drift, predictions and evaluations.

The gauges of a model that was never evaluated are NaN, for which every comparison is false.
"""

from deployment.generate.alerts import COUNT, Alert
from promql import by_model, classifier

MODEL = "{{ $labels.model }}"
DRIFT_PAGE = f"/drift?model={MODEL}"

ALERTS = [
    Alert(
        "ModelErrorHigh",
        f"{by_model.RMSE.matching()} > {by_model.RMSE_THRESHOLD:g}",
        "critical",
        "data-science",
        "The model's error is above its threshold",
        f"RMSE of {MODEL} is {{value}}, above the threshold of {by_model.RMSE_THRESHOLD:g}.",
        hold="15s",
        console=DRIFT_PAGE,
    ),
    Alert(
        "ModelRocAucLow",
        f"{by_model.ROC_AUC.matching()} < {classifier.ROC_AUC_THRESHOLD:g}",
        "critical",
        "data-science",
        "The classifier's ROC AUC is below its threshold",
        f"ROC AUC of {MODEL} is {{value}}, below the threshold of "
        f"{classifier.ROC_AUC_THRESHOLD:g}.",
        hold="15s",
        console=f"/quality?model={MODEL}",
        format='printf "%.3f"',
    ),
    Alert(
        "ModelDataDrift",
        by_model.DRIFTED.matching(),
        "warning",
        "data-science",
        "The model's input data drifted",
        f"{{value}} of the features of {MODEL} drifted in its last published evaluation.",
        hold="15s",
        console=DRIFT_PAGE,
        format="humanizePercentage",
    ),
    Alert(
        "ModelDriftRising",
        f"({by_model.DRIFT_SHARE_RISE.matching()}) > {by_model.SHARE_RISE:g}",
        "warning",
        "data-science",
        "More of the model's features drift",
        f"The share of drifted features of {MODEL} rose by {{value}} within a week. The drift "
        "verdict is still no drift.",
        hold="10m",
        console=DRIFT_PAGE,
        format="humanizePercentage",
        over_days=True,
    ),
    Alert(
        "PredictionsCollapsed",
        f"({by_model.CONSTANT_PREDICTIONS.matching(window='6h')}) > 100",
        "warning",
        "data-science",
        "The model's predictions are almost constant",
        f"At least 90 % of the {{value}} predictions of {MODEL} in six hours are in one bucket.",
        hold="10m",
        console=f"/?model={MODEL}",
        format=COUNT,
        over_days=True,
    ),
    Alert(
        "EvaluationStale",
        f"{by_model.EVALUATION_AGE.matching()} > {by_model.STALE_SECONDS}",
        "warning",
        "data-science",
        "The last evaluation is more than a week old",
        f"The last published evaluation of {MODEL} is {{value}} old.",
        hold="10m",
        console=DRIFT_PAGE,
        format="humanizeDuration",
        over_days=True,
    ),
    Alert(
        "ModelNeverEvaluated",
        by_model.NEVER_EVALUATED.matching(),
        "warning",
        "data-science",
        "The model serves predictions and was never evaluated",
        f"{MODEL} has served predictions for more than a day without an evaluation. Its quality is "
        "unknown.",
        hold="10m",
        console=DRIFT_PAGE,
        over_days=True,
    ),
    Alert(
        "ModelQualityUnknown",
        by_model.QUALITY_UNKNOWN.matching(),
        "warning",
        "data-science",
        "Evaluations have had no ground truth for a day",
        f"No row in the published evaluations of {MODEL} had ground truth for a day. Its quality "
        "is unknown, and alerts on its scores cannot fire.",
        hold="1h",
        console=f"/quality?model={MODEL}",
        over_days=True,
    ),
    Alert(
        "EvaluationFailing",
        f"{by_model.FAILED_EVALUATIONS.matching(window='30m')} > 2.5",
        "warning",
        "data-science",
        "Evaluations fail",
        f"{{value}} evaluations of {MODEL} failed in 30 minutes.",
        console=DRIFT_PAGE,
        format=COUNT,
    ),
]
