"""Classifier Performance & Drift: scores, predictions and drift of one classifier."""

from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import bars, heat, lines, number
from deployment.generate.dashboards.thresholds import VERDICT, warn_above
from promql import by_model, classifier, drift, evaluations, ground_truth, predictions, versions

JOB = 'job=~"$job"'
RANKING = ((None, "red"), (classifier.ROC_AUC_THRESHOLD, "green"))


def scores(page: Page) -> Page:
    """Add the rows of every classifier: quality, drift, versions."""
    return (
        page.row("Last published evaluation")
        .add(
            lines(JOB, (classifier.ROC_AUC, "ROC AUC"), steps=RANKING),
            lines(
                JOB,
                (classifier.PRECISION, "precision"),
                (classifier.RECALL, "recall"),
                (classifier.F1, "F1"),
                (classifier.ACCURACY, "accuracy"),
                title="Precision, recall, F1, accuracy",
            ),
            lines(JOB, (classifier.LOG_LOSS, "log loss")),
            lines(JOB, (classifier.POSITIVE_SHARE, "predicted positive")),
            number(JOB, evaluations.EVALUATED_ROWS, width=8),
            number(
                JOB,
                evaluations.EVALUATION_AGE,
                steps=warn_above(by_model.STALE_SECONDS, "orange"),
                width=8,
            ),
            number(JOB, ground_truth.FEEDBACK, legend="{{kind}}", width=8),
        )
        .row("Feature and target drift")
        .add(
            lines(JOB, (drift.DRIFT_SHARE, "drifted features")),
            lines(JOB, (drift.TARGET_RATE_DIFFERENCE, "current rate minus reference"), signed=True),
            bars(JOB, drift.FEATURE_DRIFT, "{{feature}}"),
            bars(JOB, drift.FEATURE_THRESHOLD, "{{feature}}"),
        )
        .row("Versions")
        .add(
            lines(
                JOB,
                (versions.VERSIONS, "champion {{version}}"),
                (versions.CANDIDATES, "challenger {{version}}"),
                title="Champion and challenger",
                width=24,
            ),
        )
    )


PAGE = scores(
    Page(
        "belvedere-classifier",
        "Classifier Performance & Drift",
        "Scores and drift of a classifier's last published evaluation, and its predictions. A "
        "score of 'not yet' was never evaluated.",
        JOB,
        "/quality?model=${model}",
    )
    .variable("model", "Model", 'label_values(model_info{task=~"binary|multiclass"}, model)')
    .variable("job", "Job", 'label_values(model_info{model="$model"}, job)')
    .annotations(JOB)
    .row("Now")
    .add(
        number(JOB, classifier.ROC_AUC, steps=RANKING),
        number(JOB, classifier.LOG_LOSS),
        number(JOB, classifier.F1),
        number(JOB, drift.DRIFT_DETECTED, texts=VERDICT),
        number(JOB, drift.DRIFT_SHARE, steps=warn_above(0.5, "orange")),
        number(JOB, evaluations.SYNTHETIC, texts={"0": ("no", "green"), "1": ("yes", "orange")}),
    )
    .row("Predictions")
    .add(
        heat(JOB, predictions.PREDICTION_BUCKETS, "none"),
        lines(JOB, (predictions.PREDICTION_RATE, "predictions")),
    )
)
