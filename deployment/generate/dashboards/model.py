"""Model Performance & Drift: scores, drift and predictions of one regression model."""

from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import bars, heat, lines, number
from deployment.generate.dashboards.thresholds import VERDICT, warn_above
from promql import by_model, drift, evaluations, ground_truth, predictions, quality

JOB = 'job=~"$job"'

PAGE = (
    Page(
        "belvedere-model",
        "Model Performance & Drift",
        "Scores and drift of the last published evaluation, and the model's predictions. A score "
        "of 'not yet' was never evaluated.",
        JOB,
        "/drift?model=${model}",
    )
    .variable("model", "Model", "label_values(model_info, model)")
    .variable("job", "Job", 'label_values(model_info{model="$model"}, job)')
    .annotations(JOB)
    .row("Last published evaluation")
    .add(
        number(JOB, quality.RMSE, steps=warn_above(by_model.RMSE_THRESHOLD)),
        number(JOB, quality.MAE),
        number(JOB, quality.R2, steps=((None, "red"), (0, "orange"), (0.5, "green"))),
        number(JOB, quality.MAPE),
        number(JOB, drift.DRIFT_DETECTED, texts=VERDICT),
        number(JOB, drift.DRIFT_SHARE, steps=warn_above(0.5, "orange")),
        number(JOB, evaluations.EVALUATION_AGE, steps=warn_above(by_model.STALE_SECONDS, "orange")),
        number(JOB, evaluations.EVALUATED_ROWS),
        number(JOB, evaluations.EVALUATION_DURATION),
        number(JOB, drift.EVIDENTLY_DRIFT, texts=VERDICT),
        number(JOB, evaluations.SYNTHETIC, texts={"0": ("no", "green"), "1": ("yes", "orange")}),
        number(JOB, predictions.LOGGED_PREDICTIONS),
    )
    .row("Scores over time")
    .add(
        lines(
            JOB,
            (quality.RMSE, "RMSE"),
            (quality.MAE, "MAE"),
            title="Error",
            steps=warn_above(by_model.RMSE_THRESHOLD),
        ),
        lines(JOB, (drift.DRIFT_SHARE, "drifted features")),
    )
    .row("Drift by feature")
    .add(
        bars(JOB, drift.FEATURE_DRIFT, "{{feature}}"),
        bars(JOB, drift.FEATURE_THRESHOLD, "{{feature}}"),
        lines(JOB, (drift.FEATURE_DRIFT, "{{feature}}"), width=24),
    )
    .row("Predictions")
    .add(
        heat(JOB, predictions.PREDICTION_BUCKETS, "none"),
        lines(
            JOB,
            (predictions.PREDICTION_MEDIAN, "median"),
            (predictions.PREDICTION_P95, "95th percentile"),
            title="Predictions, median and 95th percentile",
        ),
        lines(JOB, (predictions.PREDICTION_RATE, "predictions")),
        lines(JOB, (ground_truth.FEEDBACK, "{{kind}}")),
        lines(JOB, (evaluations.EVALUATIONS, "{{outcome}}"), width=24),
    )
)
