"""Fleet: all models in one table."""

from deployment.generate.dashboards.model_table import model_table
from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import lines
from deployment.generate.dashboards.thresholds import PLAIN, YES_NO, warn_above
from promql import by_model, classifier

PAGE = (
    Page(
        "belvedere-fleet",
        "Fleet",
        "All models whose services Prometheus scrapes. A service that exposes model_info appears "
        "automatically.",
        "",
        "/",
    )
    .annotations('job!=""')
    .row("All models")
    .add(
        model_table(
            "Models",
            "One row per model: availability, traffic, scores, drift and age of the evaluation.",
            [
                (by_model.UP, YES_NO),
                (by_model.PREDICTION_RATE, PLAIN),
                (by_model.RMSE, warn_above(by_model.RMSE_THRESHOLD)),
                (by_model.ROC_AUC, ((None, "red"), (classifier.ROC_AUC_THRESHOLD, "green"))),
                (by_model.DRIFT_DETECTED, warn_above(1)),
                (by_model.DRIFT_SHARE, warn_above(0.5, "orange")),
                (by_model.EVALUATION_AGE, warn_above(by_model.STALE_SECONDS, "orange")),
            ],
        ),
    )
    .row("Over time")
    .add(
        lines("", (by_model.PREDICTION_RATE, "{{model}}")),
        lines("", (by_model.RMSE, "{{model}}"), steps=warn_above(by_model.RMSE_THRESHOLD)),
        lines(
            "",
            (by_model.ROC_AUC, "{{model}}"),
            steps=((None, "red"), (classifier.ROC_AUC_THRESHOLD, "green")),
        ),
        lines("", (by_model.DRIFT_SHARE, "{{model}}")),
        lines(
            "",
            (by_model.EVALUATION_AGE, "{{model}}"),
            steps=warn_above(by_model.STALE_SECONDS, "orange"),
        ),
    )
)
