"""Fit what stands on top of the network: cat or dog, the temperature, the components. Pure."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.arrays import Floats
from model_service.models.cats_dogs.calibration import fit_temperature, pet_share
from model_service.models.cats_dogs.data import COMPONENTS
from model_service.models.cats_dogs.network import Head
from model_service.models.cats_dogs.parameters import PARAMETERS

# ImageNet's classes of cats and dogs
CATS, DOGS = range(281, 286), range(151, 269)
CLASSES = 1000

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class OutOfFold:
    """Probabilities (n, 3) and components (n, 8) of rows by heads that were not fitted on them."""

    probabilities: Floats
    components: Floats


def pets() -> Floats:
    """Return 1 for ImageNet's classes of cats and dogs, 0 for others (1000,)."""
    marks = np.zeros(CLASSES)
    marks[[*CATS, *DOGS]] = 1
    return marks


def fit(logits: Floats, embedding: Floats, is_dog: Booleans) -> tuple[Head, OutOfFold]:
    """Fit the head on all rows (n); return it with the rows' results out of five folds."""
    from threadpoolctl import threadpool_limits

    # the matrices are small: threads cost more than they save, above all on a busy machine
    with threadpool_limits(1):
        return _fit(logits, embedding, is_dog)


def _fit(logits: Floats, embedding: Floats, is_dog: Booleans) -> tuple[Head, OutOfFold]:
    folds = _folds(embedding, is_dog)
    dog_share = np.empty(len(is_dog))
    for rows, others in folds:
        dog_share[others] = _classifier(embedding[rows], is_dog[rows]).predict_proba(
            embedding[others]
        )[:, 1]
    right_share = np.where(is_dog, dog_share, 1 - dog_share)
    probabilities = np.empty((len(is_dog), 3))
    for rows, others in folds:
        temperature = fit_temperature(logits[rows], pets(), right_share[rows])
        either = pet_share(logits[others], pets(), temperature)
        share = dog_share[others]
        probabilities[others] = np.column_stack([either * (1 - share), either * share, 1 - either])
    centre, directions = principal_directions(embedding, COMPONENTS)
    classifier = _classifier(embedding, is_dog)
    head = Head(
        weights=classifier.coef_[0],
        intercept=float(classifier.intercept_[0]),
        temperature=fit_temperature(logits, pets(), right_share),
        pets=pets(),
        directions=directions,
        centre=centre,
    )
    return head, OutOfFold(probabilities, _components_out_of_fold(embedding, head, folds))


def principal_directions(embedding: Floats, count: int) -> tuple[Floats, Floats]:
    """Return the mean (k,) and the first principal directions (k, count) of rows (n, k), n < k."""
    centre = embedding.mean(axis=0)
    centred = embedding - centre
    values, vectors = np.linalg.eigh(centred @ centred.T)
    largest = np.argsort(values)[::-1][:count]
    directions = centred.T @ vectors[:, largest] / np.sqrt(values[largest])
    # the sign of a direction is arbitrary: make its largest number positive
    signs = np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(count)])
    return centre, directions * signs


def _components_out_of_fold(embedding: Floats, head: Head, folds: list[tuple[Any, Any]]) -> Floats:
    """Return components (n, 8) along directions that were found without the row.

    Rows vary more along the directions that were fitted on them than new rows do (by a tenth to a
    third with 240 rows): as the reference of drift they would be too wide. The directions of a fold
    are rotated to those of all rows (orthogonal Procrustes) from a space of twice as many.
    """
    components = np.empty((len(embedding), COMPONENTS))
    for rows, others in folds:
        _, found = principal_directions(embedding[rows], 2 * COMPONENTS)
        left, _, right = np.linalg.svd(found.T @ head.directions, full_matrices=False)
        components[others] = (embedding[others] - head.centre) @ (found @ left @ right)
    return components


def _classifier(embedding: Floats, is_dog: Booleans) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=PARAMETERS["C"], max_iter=PARAMETERS["max_iter"])
    return model.fit(embedding, is_dog)


def _folds(embedding: Floats, is_dog: Booleans) -> list[tuple[Any, Any]]:
    from sklearn.model_selection import StratifiedKFold

    splitter = StratifiedKFold(
        PARAMETERS["folds"], shuffle=True, random_state=PARAMETERS["random_state"]
    )
    return list(splitter.split(embedding, is_dog))
