"""Scores of predictions against the truth, summed up where the table lies."""

from typing import Any

from evaluation.inputs.schema import Schema
from evaluation.large_tables.expressions import text_of, value_of
from evaluation.quality import scores
from evaluation.result import Message, Quality, message, number

# cells of the probability in which ROC AUC counts ties; log loss is exact
PROBABILITY_CELLS = 100_000
LEAST_PROBABILITY = 2.220446049250313e-16


def score(
    table: Any, schema: Schema, positive: str | None, warnings: list[Message]
) -> tuple[Quality | None, int]:
    """The scores, and the number of rows that have both truth and prediction."""
    if any(c is None or c not in table.columns for c in (schema.target, schema.prediction)):
        return None, 0
    if schema.task == "regression":
        return _regression(table, schema, warnings)
    return _classification(table, schema, positive)


def _regression(table: Any, schema: Schema, warnings: list[Message]) -> tuple[Quality | None, int]:
    pairs = table.select(
        target=value_of(table, str(schema.target)), said=value_of(table, str(schema.prediction))
    )
    pairs = pairs.filter(
        ~(pairs.target.isnan() | pairs.target.isinf()), ~(pairs.said.isnan() | pairs.said.isinf())
    )
    error = pairs.said - pairs.target
    ratio = (pairs.target == 0).ifelse(1.0, error.abs() / pairs.target.abs())
    told = pairs.aggregate(
        rows=pairs.count(), squares=(error * error).mean(), absolute=error.abs().mean(),
        spread=pairs.target.var(how="pop"), ratio=ratio.mean(), low=pairs.target.min(),
        zeros=(pairs.target == 0).sum(),
    ).execute().iloc[0]  # fmt: skip
    rows = int(told["rows"])
    if rows == 0:
        return None, 0
    if int(told["zeros"]):
        warnings.append(message("scores.zero_targets", rows=int(told["zeros"])))
    if told["low"] < 0:
        warnings.append(message("scores.negative_targets"))
    squares, spread = float(told["squares"]), float(told["spread"])
    return Quality(
        rmse=number(squares**0.5),
        mae=number(float(told["absolute"])),
        r2=number(1 - squares / spread) if spread > 0 else None,
        mape=number(100 * float(told["ratio"])) if told["low"] >= 0 else None,
    ), rows


def _classification(table: Any, schema: Schema, positive: str | None) -> tuple[Quality | None, int]:
    chosen = {
        "target": text_of(table, str(schema.target)),
        "said": text_of(table, str(schema.prediction)),
    }
    pairs = table.select(**chosen)
    pairs = pairs.filter(pairs.target.notnull(), pairs.said.notnull())
    counted = pairs.group_by(["target", "said"]).aggregate(rows=pairs.count()).execute()
    if counted.empty:
        return None, 0
    labels = sorted(set(counted["target"]) | set(counted["said"]))
    auc, loss = None, None
    if schema.probability in table.columns and counted["target"].nunique() == 2:
        auc, loss = _probabilistic(table, schema, positive or labels[-1])
    found = scores.of_labels(
        counted["target"], counted["said"], counted["rows"], auc, loss, positive,
        macro=schema.task == "multiclass",
    )  # fmt: skip
    return found, int(counted["rows"].sum())


def _probabilistic(table: Any, schema: Schema, positive: str) -> tuple[float | None, float | None]:
    import ibis
    from sklearn import metrics

    rows = table.select(
        truth=text_of(table, str(schema.target)) == positive,
        said=text_of(table, str(schema.prediction)),
        p=value_of(table, str(schema.probability)),
    )
    rows = rows.filter(rows.truth.notnull(), rows.said.notnull(), ~rows.p.isnan())
    kept = ibis.greatest(
        ibis.least(rows.p, ibis.literal(1 - LEAST_PROBABILITY, "float64")),
        ibis.literal(LEAST_PROBABILITY, "float64"),
    )
    loss = -rows.truth.ifelse(kept.ln(), (1 - kept).ln()).mean().execute()
    coded = rows.select(rows.truth, cell=(rows.p * PROBABILITY_CELLS).floor().cast("int64"))
    cells = coded.group_by(["cell", "truth"]).aggregate(rows=coded.count()).execute()
    if cells["truth"].nunique() < 2:
        return None, number(float(loss))
    auc = metrics.roc_auc_score(cells["truth"], cells["cell"], sample_weight=cells["rows"])
    return number(auc), number(float(loss))
