"""The array types of the statistics."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Codes = npt.NDArray[np.intp]
# counts drawn from their normal limit are not whole numbers
DrawnCounts = npt.NDArray[np.int64] | npt.NDArray[np.float64]
