"""Scores of a classifier in its last published evaluation, and its predicted positive rate."""

from promql.query import Query

# the least useful ROC AUC; the churn model reaches 0.88
ROC_AUC_THRESHOLD = 0.8
# the bound of a bucket of the prediction histogram
POSITIVE_FROM = 0.5


def _score(title: str, name: str, text: str) -> Query:
    description = f"{text}, in the last published evaluation."
    return Query(title, "score", description, f"max(model_{name}_score{{${{selector}}}})")


ROC_AUC = _score("ROC AUC", "roc_auc", "How well the probability ranks the classes")
LOG_LOSS = _score("Log loss", "log_loss", "Error of the probabilities, in nats")
PRECISION = _score("Precision", "precision", "Share of predicted positives that are positive")
RECALL = _score("Recall", "recall", "Share of positives that were predicted positive")
F1 = _score("F1", "f1", "Harmonic mean of precision and recall")
ACCURACY = _score("Accuracy", "accuracy", "Share of rows with the correct class")
POSITIVE_SHARE = Query(
    "Predicted positive",
    "ratio",
    f"Share of predictions with a probability above {POSITIVE_FROM:g}.",
    f'1 - sum(rate(model_prediction_value_bucket{{le="{POSITIVE_FROM:g}",${{selector}}}}'
    "[${window}])) / sum(rate(model_prediction_value_count{${selector}}[${window}]))",
)
