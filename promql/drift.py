"""Drift of one model's features and target in its last published evaluation."""

from promql.query import Query

DRIFT_DETECTED = Query(
    "Drift verdict",
    "",
    "1: drift. 0: no drift. NaN: not enough data, or not evaluated yet.",
    "max(model_drift_detected{${selector}})",
)
EVIDENTLY_DRIFT = Query(
    "Evidently's drift status",
    "",
    "1 if Evidently reports dataset drift by its share of drifted columns.",
    "max(evidently_data_drift_detected_status{${selector}})",
)
DRIFT_SHARE = Query(
    "Share of drifted features",
    "ratio",
    "Share of features that drifted in the last published evaluation.",
    "max(model_drift_share{${selector}})",
)
FEATURE_DRIFT = Query(
    "Drift score by feature",
    "score",
    "Drift score of each feature in the last published evaluation.",
    "max by (feature) (model_feature_drift_score{${selector}})",
)
FEATURE_THRESHOLD = Query(
    "Drift threshold by feature",
    "score",
    "A feature drifts if its drift score reaches this threshold.",
    "max by (feature) (model_feature_drift_threshold{${selector}})",
)
TARGET_RATE_DIFFERENCE = Query(
    "Target drift",
    "ratio",
    "Rate of the positive class in the evaluated rows minus its rate in the reference.",
    "max(model_target_rate_difference{${selector}})",
)
