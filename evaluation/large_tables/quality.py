"""Scores of predictions against the ground truth, aggregated in the database."""

from typing import Any

from evaluation.inputs.schema import Schema
from evaluation.large_tables.expressions import text_of, value_of
from evaluation.quality import scores
from evaluation.result import Message, Quality, message, number

# ROC AUC counts probabilities in the same cell as ties; log loss is exact
PROBABILITY_CELLS = 100_000
MIN_PROBABILITY = 2.220446049250313e-16


def score(
    table: Any, schema: Schema, positive: str | None, warnings: list[Message]
) -> tuple[Quality | None, int]:
    """Return the scores, and the number of rows that have both target and prediction."""
    if any(c is None or c not in table.columns for c in (schema.target, schema.prediction)):
        return None, 0
    if schema.task == "regression":
        return _regression(table, schema, warnings)
    return _classification(table, schema, positive)


def _regression(table: Any, schema: Schema, warnings: list[Message]) -> tuple[Quality | None, int]:
    pairs = table.select(
        target=value_of(table, str(schema.target)),
        prediction=value_of(table, str(schema.prediction)),
    )
    pairs = pairs.filter(
        ~(pairs.target.isnan() | pairs.target.isinf()),
        ~(pairs.prediction.isnan() | pairs.prediction.isinf()),
    )
    error = pairs.prediction - pairs.target
    ratio = (pairs.target == 0).ifelse(1.0, error.abs() / pairs.target.abs())
    sums = pairs.aggregate(
        rows=pairs.count(), squares=(error * error).mean(), absolute=error.abs().mean(),
        spread=pairs.target.var(how="pop"), ratio=ratio.mean(), low=pairs.target.min(),
        zeros=(pairs.target == 0).sum(),
    ).execute().iloc[0]  # fmt: skip
    rows = int(sums["rows"])
    if rows == 0:
        return None, 0
    if int(sums["zeros"]):
        warnings.append(message("scores.zero_targets", rows=int(sums["zeros"])))
    if sums["low"] < 0:
        warnings.append(message("scores.negative_targets"))
    squares, spread = float(sums["squares"]), float(sums["spread"])
    return Quality(
        rmse=number(squares**0.5),
        mae=number(float(sums["absolute"])),
        r2=number(1 - squares / spread) if spread > 0 else None,
        mape=number(100 * float(sums["ratio"])) if sums["low"] >= 0 else None,
    ), rows


def _classification(table: Any, schema: Schema, positive: str | None) -> tuple[Quality | None, int]:
    labels = {
        "target": text_of(table, str(schema.target)),
        "prediction": text_of(table, str(schema.prediction)),
    }
    pairs = table.select(**labels)
    pairs = pairs.filter(pairs.target.notnull(), pairs.prediction.notnull())
    counts = pairs.group_by(["target", "prediction"]).aggregate(rows=pairs.count()).execute()
    if counts.empty:
        return None, 0
    names = sorted(set(counts["target"]) | set(counts["prediction"]))
    auc, loss = None, None
    if schema.probability in table.columns and counts["target"].nunique() == 2:
        auc, loss = _probabilistic(table, schema, positive or names[-1])
    quality = scores.score_pairs(
        counts["target"], counts["prediction"], counts["rows"], auc, loss, positive,
        macro=schema.task == "multiclass",
    )  # fmt: skip
    return quality, int(counts["rows"].sum())


def _probabilistic(table: Any, schema: Schema, positive: str) -> tuple[float | None, float | None]:
    import ibis
    from sklearn import metrics

    rows = table.select(
        truth=text_of(table, str(schema.target)) == positive,
        prediction=text_of(table, str(schema.prediction)),
        p=value_of(table, str(schema.probability)),
    )
    rows = rows.filter(rows.truth.notnull(), rows.prediction.notnull(), ~rows.p.isnan())
    clipped = ibis.greatest(
        ibis.least(rows.p, ibis.literal(1 - MIN_PROBABILITY, "float64")),
        ibis.literal(MIN_PROBABILITY, "float64"),
    )
    loss = -rows.truth.ifelse(clipped.ln(), (1 - clipped).ln()).mean().execute()
    coded = rows.select(rows.truth, cell=(rows.p * PROBABILITY_CELLS).floor().cast("int64"))
    cells = coded.group_by(["cell", "truth"]).aggregate(rows=coded.count()).execute()
    if cells["truth"].nunique() < 2:
        return None, number(float(loss))
    auc = metrics.roc_auc_score(cells["truth"], cells["cell"], sample_weight=cells["rows"])
    return number(auc), number(float(loss))
