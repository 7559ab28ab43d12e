"""Quality estimated where no truth has come: DLE for regression, CBPE for classification. Pure.

Source of both: NannyML, "How it works: performance estimation" (documentation of version 0.8.5);
here with scikit-learn's gradient boosting and an interval from folds. docs/estimation.md.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from evaluation.inputs.prepare import as_labels, label
from evaluation.inputs.schema import Schema
from evaluation.result import EstimatedQuality, EstimatedScore

FOLDS = 3
FEWEST_REFERENCE, FEWEST_ROWS = 100, 30
MOST_REFERENCE = 5_000
MOST_CURRENT = 5_000
DRAWS = 200
NORMAL_95 = 1.959964
Floats = npt.NDArray[np.float64]


def estimate(
    reference: pd.DataFrame, current: pd.DataFrame, schema: Schema
) -> EstimatedQuality | None:
    """Estimate the scores of `current` (m rows) from `reference` (n rows with truth).

    The reference must not have trained the model: its in-sample errors are too small. Its newest
    5,000 rows are used, in order of time. None with fewer than 100 reference or 30 current rows,
    and for a classifier without a probability or without known rows of both classes.
    """
    target, prediction = str(schema.target), str(schema.prediction)
    known = reference.dropna(subset=[target, prediction]).iloc[-MOST_REFERENCE:]
    if len(known) < FEWEST_REFERENCE or len(current) < FEWEST_ROWS:
        return None
    if schema.task == "regression":
        scores = direct_loss(known, current, schema)
    elif (
        schema.task == "binary"
        and schema.probability in known.columns
        and known[target].map(label).nunique() == 2
    ):
        scores = confidence_based(known, current, schema)
    else:
        return None
    return EstimatedQuality(
        method="DLE" if schema.task == "regression" else "CBPE",
        scores=scores,
        reference_rows=len(known),
        rows=len(current),
        outside=outside(known, current, schema),
    )


def direct_loss(
    reference: pd.DataFrame, current: pd.DataFrame, schema: Schema
) -> list[EstimatedScore]:
    """MAE and RMSE by direct loss estimation: a second model learns the loss of the first.

    Of more than 5,000 current rows every n-th is asked for its loss, evenly spread over them.
    The loss is learnt on all but one of 3 contiguous stretches, in turn; the estimate is the mean
    of the three. The interval adds their disagreement (jackknife) and the spread of the losses
    around what was learnt, on the stretch left out, over the number of current rows.
    """
    prediction = str(schema.prediction)
    truth = reference[str(schema.target)].to_numpy(dtype="float64")
    error = np.abs(reference[prediction].to_numpy(dtype="float64") - truth)
    codes = _codes(reference, schema)
    places = np.linspace(0, len(current) - 1, min(len(current), MOST_CURRENT)).astype(int)
    known = _matrix(reference, schema, codes)
    asked = _matrix(current.iloc[places], schema, codes)
    mean, half = _expected_loss(known, error, asked)
    square, half_square = _expected_loss(known, error**2, asked)
    root = [float(np.sqrt(max(square + sign * half_square, 0.0))) for sign in (0, -1, 1)]
    return [
        EstimatedScore(name="rmse", value=root[0], lower=root[1], upper=root[2]),
        EstimatedScore(name="mae", value=mean, lower=max(mean - half, 0.0), upper=mean + half),
    ]


def confidence_based(
    reference: pd.DataFrame, current: pd.DataFrame, schema: Schema
) -> list[EstimatedScore]:
    """Accuracy, precision, recall, F1 and ROC AUC by confidence-based performance estimation.

    The probability of the label that sorts last is calibrated on the reference (isotonic, the mean
    of 3 folds). A row then is right or wrong with its probability: the expected confusion matrix
    gives the scores; 200 draws of the labels give the interval.
    """
    from sklearn.isotonic import IsotonicRegression

    labels = sorted(set(reference[str(schema.target)].map(label)))
    positive = labels[-1]
    truth = (reference[str(schema.target)].map(label) == positive).to_numpy(dtype="float64")
    raw = reference[str(schema.probability)].to_numpy(dtype="float64")
    asked = current[str(schema.probability)].to_numpy(dtype="float64")
    usable = ~np.isnan(raw)
    calibrated = np.zeros_like(asked)
    for fold in range(FOLDS):
        kept = usable & (np.arange(len(raw)) % FOLDS != fold)
        fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
        fitted.fit(raw[kept], truth[kept])
        calibrated += np.nan_to_num(fitted.predict(np.nan_to_num(asked, nan=0.5)), nan=0.5) / FOLDS
    called = (current[str(schema.prediction)].map(label) == positive).to_numpy()
    said: Floats = called.astype(np.float64)
    values = _confusion_scores(calibrated, said, asked)
    random = np.random.default_rng(0)
    drawn = [
        _confusion_scores((random.random(len(asked)) < calibrated).astype("float64"), said, asked)
        for _ in range(DRAWS)
    ]
    found = []
    for name, value in values.items():
        if value is None:
            continue
        spread = [each[name] for each in drawn if each[name] is not None]
        low, high = np.quantile(np.array(spread or [value], dtype="float64"), [0.025, 0.975])
        found.append(
            EstimatedScore(
                name=name, value=value, lower=min(float(low), value), upper=max(float(high), value)
            )
        )
    return found


def outside(reference: pd.DataFrame, current: pd.DataFrame, schema: Schema) -> float:
    """The share of current rows with a number beyond the reference's, or a label it never had."""
    beyond = np.zeros(len(current), dtype=bool)
    for column in schema.numerical:
        if column in schema.calendar:
            continue
        values = current[column].to_numpy(dtype="float64")
        known = reference[column].to_numpy(dtype="float64")
        beyond |= (values < np.nanmin(known)) | (values > np.nanmax(known))
    for column in schema.categorical:
        seen = set(_labels(reference, column))
        beyond |= ~_labels(current, column).isin(seen).to_numpy()
    return float(beyond.mean())


def _expected_loss(known: Floats, loss: Floats, asked: Floats) -> tuple[float, float]:
    """The expected mean loss of the asked rows, and half of its 95 percent interval."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    stretches = np.array_split(np.arange(len(loss)), FOLDS)
    means, surprises = [], []
    for stretch in stretches:
        others = np.setdiff1d(np.arange(len(loss)), stretch)
        learnt = HistGradientBoostingRegressor(
            max_iter=60,
            learning_rate=0.1,
            max_leaf_nodes=15,
            min_samples_leaf=20,
            random_state=0,
        )
        # threads cost more than they bring on so few rows
        with threadpool_limits(1):
            learnt.fit(known[others], loss[others])
            means.append(float(np.mean(np.maximum(learnt.predict(asked), 0.0))))
            surprises.append(loss[stretch] - learnt.predict(known[stretch]))
    center = float(np.mean(means))
    between = (FOLDS - 1) / FOLDS * sum((mean - center) ** 2 for mean in means)
    within = float(np.var(np.concatenate(surprises))) / len(asked)
    return center, NORMAL_95 * float(np.sqrt(between + within))


def _codes(reference: pd.DataFrame, schema: Schema) -> dict[str, dict[str, int]]:
    return {
        column: {name: code for code, name in enumerate(sorted(set(_labels(reference, column))))}
        for column in schema.categorical
    }


def _labels(frame: pd.DataFrame, column: str) -> pd.Series:
    """Labels (n,) as the verdict tells them: True, 1 and 1.0 are one; "" where there is none."""
    found = as_labels(frame[column].reset_index(drop=True), "estimated", column).astype(object)
    return found.where(found.notna(), "")


def _matrix(frame: pd.DataFrame, schema: Schema, codes: dict[str, dict[str, int]]) -> Floats:
    """Features and prediction as numbers (n x k); a category that was never seen is missing."""
    columns = [frame[column].to_numpy(dtype="float64") for column in schema.numerical]
    columns += [
        _labels(frame, column).map(codes[column]).to_numpy(dtype="float64")
        for column in schema.categorical
    ]
    columns.append(frame[str(schema.prediction)].to_numpy(dtype="float64"))
    return np.column_stack(columns)


def _confusion_scores(true: Floats, said: Floats, score: Floats) -> dict[str, float | None]:
    """Scores when row i is positive to the extent true[i] and was called so by said[i]."""
    hits, called, positive = float(true @ said), float(said.sum()), float(true.sum())
    precision = hits / called if called else None
    recall = hits / positive if positive else None
    f1 = 2 * hits / (called + positive) if called + positive else None
    right = hits + float((1 - true) @ (1 - said))
    return {
        "accuracy": right / len(true),
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "roc_auc": _area(true, score),
    }


def _area(true: Floats, score: Floats) -> float | None:
    """P(score of a positive > that of a negative), ties count half; row i is positive true[i]."""
    order = np.argsort(score, kind="stable")
    _, groups = np.unique(score[order], return_inverse=True)
    positive = np.bincount(groups, weights=true[order])
    negative = np.bincount(groups, weights=1 - true[order])
    pairs = float(positive.sum() * negative.sum())
    if pairs == 0:
        return None
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum()) / pairs
