"""Regression scores without ground truth: direct loss estimation (DLE). Pure."""

import numpy as np

from evaluation.arrays import Floats
from evaluation.quality.normal import NORMAL_95
from evaluation.result import EstimatedScore

FOLDS = 3
MAX_CURRENT = 5_000


def direct_loss(features: Floats, error: Floats, current: Floats) -> list[EstimatedScore]:
    """Estimate MAE and RMSE of `current` (m x k): a second model learns the loss of the first.

    `features` (n x k) are rows with the absolute error (n,); both matrices have the prediction as
    a column. Of more than 5,000 current rows every n-th is used, evenly spaced. The loss is learnt
    on all but one of 3 contiguous folds, in turn; the estimate is the mean of the three. The
    interval adds their disagreement (jackknife) and the variance of the loss around its
    prediction, on the fold left out, divided by the number of current rows.
    """
    positions = np.linspace(0, len(current) - 1, min(len(current), MAX_CURRENT)).astype(int)
    (mean, half), (square, half_square) = (
        _expected_loss(features, loss, current[positions]) for loss in (error, error**2)
    )
    root = [float(np.sqrt(max(square + sign * half_square, 0.0))) for sign in (0, -1, 1)]
    return [
        EstimatedScore(name="rmse", value=root[0], lower=root[1], upper=root[2]),
        EstimatedScore(name="mae", value=mean, lower=max(mean - half, 0.0), upper=mean + half),
    ]


def _expected_loss(features: Floats, loss: Floats, current: Floats) -> tuple[float, float]:
    """Return the expected mean loss of the current rows, and half of its 95 percent interval."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    means, residuals = [], []
    for fold in np.array_split(np.arange(len(loss)), FOLDS):
        training = np.setdiff1d(np.arange(len(loss)), fold)
        model = HistGradientBoostingRegressor(
            max_iter=60,
            learning_rate=0.1,
            max_leaf_nodes=15,
            min_samples_leaf=20,
            random_state=0,
        )
        # threads cost more than they save on so few rows
        with threadpool_limits(1):
            model.fit(features[training], loss[training])
            means.append(float(np.mean(np.maximum(model.predict(current), 0.0))))
            residuals.append(loss[fold] - model.predict(features[fold]))
    center = float(np.mean(means))
    between = (FOLDS - 1) / FOLDS * sum((mean - center) ** 2 for mean in means)
    within = float(np.var(np.concatenate(residuals))) / len(current)
    return center, NORMAL_95 * float(np.sqrt(between + within))
