"""Classifier Performance & Drift: does it still rank and call rightly, and is its input known?"""

from console.promql import catalogue, classes, fleet
from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import VERDICT, bars, heat, lines, number, past

JOB = 'job=~"$job"'
RANKING = ((None, "red"), (classes.ROC_AUC_THRESHOLD, "green"))


def scores(page: Page) -> Page:
    """The rows that every classifier has: quality, drift, versions."""
    return (
        page.row("Quality of the last published evaluation")
        .add(
            lines(JOB, (classes.ROC_AUC, "ROC AUC"), steps=RANKING),
            lines(
                JOB,
                (classes.PRECISION, "precision"),
                (classes.RECALL, "recall"),
                (classes.F1, "F1"),
                (classes.ACCURACY, "accuracy"),
                title="Precision, recall, F1, accuracy",
            ),
            lines(JOB, (classes.LOG_LOSS, "log loss")),
            lines(JOB, (classes.POSITIVE_SHARE, "predicted positive")),
            number(JOB, catalogue.EVALUATED_ROWS, width=8),
            number(
                JOB, catalogue.EVALUATION_AGE, steps=past(fleet.STALE_SECONDS, "orange"), width=8
            ),
            number(JOB, catalogue.FEEDBACK, legend="{{kind}}", width=8),
        )
        .row("Drift, of the features and of the target")
        .add(
            lines(JOB, (catalogue.DRIFT_SHARE, "drifted features")),
            lines(JOB, (classes.TARGET_RATE_DIFFERENCE, "rate now minus reference"), signed=True),
            bars(JOB, catalogue.FEATURE_DRIFT, "{{feature}}"),
            bars(JOB, catalogue.FEATURE_THRESHOLD, "{{feature}}"),
        )
        .row("Versions")
        .add(
            lines(
                JOB,
                (catalogue.VERSIONS, "champion {{version}}"),
                (classes.CANDIDATES, "challenger {{version}}"),
                title="Champion and challenger",
                width=24,
            ),
        )
    )


PAGE = scores(
    Page(
        "belvedere-classifier",
        "Classifier Performance & Drift",
        "Scores and drift of a classifier's last published evaluation, and what it predicts. A "
        "score that reads 'not yet' was never measured.",
        JOB,
        "/quality?model=${model}",
    )
    .variable("model", "Model", 'label_values(model_info{task=~"binary|multiclass"}, model)')
    .variable("job", "Job", 'label_values(model_info{model="$model"}, job)')
    .annotations(JOB)
    .row("Now")
    .add(
        number(JOB, classes.ROC_AUC, steps=RANKING),
        number(JOB, classes.LOG_LOSS),
        number(JOB, classes.F1),
        number(JOB, catalogue.DRIFT_DETECTED, words=VERDICT),
        number(JOB, catalogue.DRIFT_SHARE, steps=past(0.5, "orange")),
        number(JOB, catalogue.SYNTHETIC, words={"0": ("no", "green"), "1": ("a drill", "orange")}),
    )
    .row("Predictions")
    .add(
        heat(JOB, catalogue.PREDICTION_BUCKETS, "none"),
        lines(JOB, (catalogue.PREDICTION_RATE, "predictions")),
    )
)
