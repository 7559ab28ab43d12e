"""Model Performance & Drift: is the model right, and is its input what it knows?"""

from console.promql import catalogue, fleet
from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import VERDICT, bars, heat, lines, number, past

JOB = 'job=~"$job"'

PAGE = (
    Page(
        "belvedere-model",
        "Model Performance & Drift",
        "Scores and drift of the last published evaluation, and what the model predicts. A score "
        "that reads 'not yet' was never measured.",
        JOB,
        "/drift?model=${model}",
    )
    .variable("model", "Model", "label_values(model_info, model)")
    .variable("job", "Job", 'label_values(model_info{model="$model"}, job)')
    .annotations(JOB)
    .row("The last published evaluation")
    .add(
        number(JOB, catalogue.RMSE, steps=past(fleet.RMSE_THRESHOLD)),
        number(JOB, catalogue.MAE),
        number(JOB, catalogue.R2, steps=((None, "red"), (0, "orange"), (0.5, "green"))),
        number(JOB, catalogue.MAPE),
        number(JOB, catalogue.DRIFT_DETECTED, words=VERDICT),
        number(JOB, catalogue.DRIFT_SHARE, steps=past(0.5, "orange")),
        number(JOB, catalogue.EVALUATION_AGE, steps=past(fleet.STALE_SECONDS, "orange")),
        number(JOB, catalogue.EVALUATED_ROWS),
        number(JOB, catalogue.EVALUATION_DURATION),
        number(JOB, catalogue.EVIDENTLY_DRIFT, words=VERDICT),
        number(JOB, catalogue.SYNTHETIC, words={"0": ("no", "green"), "1": ("a drill", "orange")}),
        number(JOB, catalogue.LOGGED),
    )
    .row("Scores over time")
    .add(
        lines(
            JOB,
            (catalogue.RMSE, "RMSE"),
            (catalogue.MAE, "MAE"),
            title="Error",
            steps=past(fleet.RMSE_THRESHOLD),
        ),
        lines(JOB, (catalogue.DRIFT_SHARE, "drifted features")),
    )
    .row("Drift by feature")
    .add(
        bars(JOB, catalogue.FEATURE_DRIFT, "{{feature}}"),
        bars(JOB, catalogue.FEATURE_THRESHOLD, "{{feature}}"),
        lines(JOB, (catalogue.FEATURE_DRIFT, "{{feature}}"), width=24),
    )
    .row("Predictions")
    .add(
        heat(JOB, catalogue.PREDICTION_BUCKETS, "none"),
        lines(
            JOB,
            (catalogue.PREDICTION_MEDIAN, "median"),
            (catalogue.PREDICTION_P95, "95th percentile"),
            title="Predictions, median and 95th percentile",
        ),
        lines(JOB, (catalogue.PREDICTION_RATE, "predictions")),
        lines(JOB, (catalogue.FEEDBACK, "{{kind}}")),
        lines(JOB, (catalogue.EVALUATIONS, "{{outcome}}"), width=24),
    )
)
