"""How confident a classifier of several classes is: the largest probability of a prediction."""

from promql.query import Query


def _quantile(quantile: float, title: str, text: str) -> Query:
    return Query(
        f"Confidence, {title}",
        "ratio",
        text,
        f"histogram_quantile({quantile:g}, sum by (le) (rate("
        "model_prediction_value_bucket{${selector}}[${window}])))",
    )


MEDIAN = _quantile(0.5, "median", "50 % of the predictions are more confident.")
P10 = _quantile(0.1, "10th percentile", "90 % of the predictions are more confident.")
