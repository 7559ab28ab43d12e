"""The probability that a picture shows a pet, and the temperature that calibrates it. Pure."""

import numpy as np

from evaluation.arrays import Floats

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
