"""How far a classifier's confidence agrees with its accuracy. Pure."""

from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.arrays import Floats

BINS = 10
TEMPERATURES = (0.1, 5.0)
TINY = 1e-12


def pet_share(logits: Floats, pets: Floats, temperature: float) -> Floats:
    """Return the probability (n,) of a cat or a dog: the softmax of logits (n, k) over `pets`."""
    scaled = (logits - logits.max(axis=1, keepdims=True)) / temperature
    exponentials = np.exp(scaled)
    return np.asarray(exponentials @ pets / exponentials.sum(axis=1))


def fit_temperature(logits: Floats, pets: Floats, right_share: Floats) -> float:
    """Return the temperature of the least log loss.

    `right_share` (n,) is the probability of the true one of cat and dog, if it is either. Source:
    C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    from scipy.optimize import minimize_scalar

    def loss(temperature: float) -> float:
        probability = pet_share(logits, pets, temperature) * right_share
        return float(-np.log(probability + TINY).mean())

    return float(minimize_scalar(loss, bounds=TEMPERATURES, method="bounded").x)


def curve(confidence: Floats, is_right: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Return rows, mean confidence and accuracy in ten bins of equal width, those with rows."""
    bin_of_row = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        {
            "rows": int(inside.sum()),
            "confidence": float(confidence[inside].mean()),
            "accuracy": float(is_right[inside].mean()),
        }
        for number in range(BINS)
        if (inside := bin_of_row == number).any()
    ]


def calibration_error(bins: list[dict[str, Any]]) -> float:
    """Return the expected calibration error: |confidence - accuracy|, weighted by the rows."""
    rows = sum(each["rows"] for each in bins)
    gaps = (each["rows"] * abs(each["confidence"] - each["accuracy"]) for each in bins)
    return float(sum(gaps) / rows)
