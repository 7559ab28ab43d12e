"""Scores of a regression model in its last published evaluation."""

from promql.query import Query


def _score(title: str, unit: str, metric: str, text: str) -> Query:
    return Query(
        title, unit, f"{text} in the last published evaluation.", f"max({metric}{{${{selector}}}})"
    )


RMSE = _score("RMSE", "target units", "model_rmse_score", "Root mean squared error")
MAE = _score("MAE", "target units", "model_mae_score", "Mean absolute error")
R2 = _score("R2", "", "model_r2_score", "Coefficient of determination")
MAPE = _score("MAPE", "percent", "model_mape_score", "Mean absolute percentage error")
