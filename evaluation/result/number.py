"""Numbers as JSON can hold them."""

import math

import numpy as np


def number(value: float | np.floating | None) -> float | None:
    """Return a plain finite float, or None."""
    return None if value is None or not math.isfinite(value) else float(value)
