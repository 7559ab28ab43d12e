"""The same forest behind BentoML; it runs in an environment of its own, without this project."""

import os
from pathlib import Path
from typing import Any

import bentoml
import numpy as np
import skops.io

TYPES = ["sklearn.tree._tree.Tree"]


@bentoml.service(workers=1, traffic={"timeout": 30})
class Bikes:
    def __init__(self) -> None:
        self._forest = skops.io.load(Path(os.environ["BENCH_FOREST"]), trusted=TYPES)

    @bentoml.api
    def predict(self, features: list[float]) -> dict[str, Any]:
        return {"predicted_count": float(self._forest.predict(np.array([features]))[0])}
