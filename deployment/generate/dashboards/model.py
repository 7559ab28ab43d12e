"""Model Performance & Drift: is the model right, and is its input what it knows?"""

from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import VERDICT, bars, heat, lines, number, past
from promql import by_model, one_model

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
        number(JOB, one_model.RMSE, steps=past(by_model.RMSE_THRESHOLD)),
        number(JOB, one_model.MAE),
        number(JOB, one_model.R2, steps=((None, "red"), (0, "orange"), (0.5, "green"))),
        number(JOB, one_model.MAPE),
        number(JOB, one_model.DRIFT_DETECTED, words=VERDICT),
        number(JOB, one_model.DRIFT_SHARE, steps=past(0.5, "orange")),
        number(JOB, one_model.EVALUATION_AGE, steps=past(by_model.STALE_SECONDS, "orange")),
        number(JOB, one_model.EVALUATED_ROWS),
        number(JOB, one_model.EVALUATION_DURATION),
        number(JOB, one_model.EVIDENTLY_DRIFT, words=VERDICT),
        number(JOB, one_model.SYNTHETIC, words={"0": ("no", "green"), "1": ("a drill", "orange")}),
        number(JOB, one_model.LOGGED),
    )
    .row("Scores over time")
    .add(
        lines(
            JOB,
            (one_model.RMSE, "RMSE"),
            (one_model.MAE, "MAE"),
            title="Error",
            steps=past(by_model.RMSE_THRESHOLD),
        ),
        lines(JOB, (one_model.DRIFT_SHARE, "drifted features")),
    )
    .row("Drift by feature")
    .add(
        bars(JOB, one_model.FEATURE_DRIFT, "{{feature}}"),
        bars(JOB, one_model.FEATURE_THRESHOLD, "{{feature}}"),
        lines(JOB, (one_model.FEATURE_DRIFT, "{{feature}}"), width=24),
    )
    .row("Predictions")
    .add(
        heat(JOB, one_model.PREDICTION_BUCKETS, "none"),
        lines(
            JOB,
            (one_model.PREDICTION_MEDIAN, "median"),
            (one_model.PREDICTION_P95, "95th percentile"),
            title="Predictions, median and 95th percentile",
        ),
        lines(JOB, (one_model.PREDICTION_RATE, "predictions")),
        lines(JOB, (one_model.FEEDBACK, "{{kind}}")),
        lines(JOB, (one_model.EVALUATIONS, "{{outcome}}"), width=24),
    )
)
