"""Alerts of the model: its error, its input, its predictions, and whether anyone measures it.

A gauge of a model that was never evaluated is NaN, which no comparison takes for a score.
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
        "The model's error is past its threshold",
        f"RMSE of {MODEL} is {{value}}, the threshold is {by_model.RMSE_THRESHOLD:g}.",
        hold="15s",
        console=DRIFT_PAGE,
    ),
    Alert(
        "ModelRocAucLow",
        f"{by_model.ROC_AUC.matching()} < {classifier.ROC_AUC_THRESHOLD:g}",
        "critical",
        "data-science",
        "The classifier tells the classes apart too badly",
        f"ROC AUC of {MODEL} is {{value}}, the threshold is {classifier.ROC_AUC_THRESHOLD:g}.",
        hold="15s",
        console=f"/quality?model={MODEL}",
        format='printf "%.3f"',
    ),
    Alert(
        "ModelDataDrift",
        by_model.DRIFTED.matching(),
        "warning",
        "data-science",
        "The model's input drifts",
        f"The last published evaluation of {MODEL} found drift, in {{value}} of its features.",
        hold="15s",
        console=DRIFT_PAGE,
        format="humanizePercentage",
    ),
    Alert(
        "ModelDriftRising",
        f"({by_model.DRIFT_SHARE_RISE.matching()}) > {by_model.SHARE_RISE:g}",
        "warning",
        "data-science",
        "More and more of the model's features drift",
        f"The share of drifted features of {MODEL} has risen by {{value}} within a week; the "
        "verdict is not drift yet.",
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
        "The model predicts nearly the same for everyone",
        f"Nine of ten of the {{value}} predictions of {MODEL} in six hours lie in one bucket.",
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
        "The model answers predictions and was never evaluated",
        f"{MODEL} has served for more than a day without an evaluation: whether it is right, "
        "nobody knows.",
        hold="10m",
        console=DRIFT_PAGE,
        over_days=True,
    ),
    Alert(
        "ModelQualityUnknown",
        by_model.QUALITY_UNKNOWN.matching(),
        "warning",
        "data-science",
        "No truth has reached an evaluation for a day",
        f"The published evaluations of {MODEL} have had no row with its truth for a day: whether "
        "it is right, nobody knows, and no alert on its scores can fire.",
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
