"""Score rows of features with ONNX Runtime or a fitted scikit-learn pipeline."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from evaluation.inputs.schema import Schema
from model_service.errors import StartError
from model_service.models.base import Floats

ROWS_AT_ONCE = 10_000
FLOAT, WHOLE, TEXT = "tensor(float)", "tensor(int64)", "tensor(string)"
TYPES: Mapping[str, Any] = {
    FLOAT: np.float32, "tensor(double)": np.float64, WHOLE: np.int64, TEXT: np.str_,
}  # fmt: skip


class Scorer(Protocol):
    """Returns the prediction of a row, or the probability of the class that sorts last."""

    def many(self, frame: pd.DataFrame) -> Floats:
        """Return scores (n,) of rows (n) with the columns of the schema's features."""
        ...

    def one(self, values: Mapping[str, Any]) -> float:
        """Return the score of one row, its features by name."""
        ...


class OnnxScorer:
    """ONNX Runtime on one thread.

    The file takes one input for each feature, by its name, or one matrix of all features in the
    schema's order. Raises StartError for other files.
    """

    def __init__(self, onnx: bytes, schema: Schema) -> None:
        self._features = list(schema.features)
        try:
            self._session = one_thread_session(onnx)
        except Exception as error:
            # onnxruntime raises a separate class for each kind of fault
            raise StartError(f"This ONNX model can't be run: {error}") from error
        self._inputs = {item.name: _type(item.type) for item in self._session.get_inputs()}
        if len(self._inputs) > 1 and set(self._inputs) != set(self._features):
            differences = ", ".join(sorted(set(self._inputs) ^ set(self._features)))
            raise StartError(
                "The ONNX model's inputs are not the schema's features. They differ in: "
                f"{differences}. Export it with one input for each feature, or one matrix of all."
            )
        self._takes_matrix = len(self._inputs) == 1 and set(self._inputs) != set(self._features)
        self._output = self._output_name(schema)

    def _output_name(self, schema: Schema) -> str:
        outputs = self._session.get_outputs()
        if schema.task == "regression":
            return str(outputs[0].name)
        wide = [item for item in outputs if item.type in (FLOAT, "tensor(double)")]
        if schema.probability is None or not wide:
            if schema.probability is not None:
                raise StartError(
                    "The ONNX classifier does not return a tensor of probabilities: export it with "
                    "options={'zipmap': False}."
                )
            return str(outputs[0].name)
        return str(wide[-1].name)

    def many(self, frame: pd.DataFrame) -> Floats:
        return in_parts(len(frame), lambda part: self._run(frame.iloc[part]))

    def one(self, values: Mapping[str, Any]) -> float:
        """Return the score of one row without building a frame."""
        if self._takes_matrix:
            ((name, kind),) = self._inputs.items()
            row = np.array([[values[feature] for feature in self._features]], dtype=kind)
            return float(self._last(self._session.run([self._output], {name: row})[0])[0])
        tensors = {
            name: np.array([[values[name]]], dtype=kind) for name, kind in self._inputs.items()
        }
        return float(self._last(self._session.run([self._output], tensors)[0])[0])

    def _run(self, frame: pd.DataFrame) -> Floats:
        if self._takes_matrix:
            ((name, kind),) = self._inputs.items()
            tensors = {name: frame[self._features].to_numpy(dtype=kind)}
        else:
            tensors = {
                name: frame[[name]].to_numpy(dtype=object).astype(kind)
                for name, kind in self._inputs.items()
            }
        return self._last(self._session.run([self._output], tensors)[0])

    @staticmethod
    def _last(output: Any) -> Floats:
        """Return the last column: the probability of the class that sorts last."""
        table = np.asarray(output)
        return table if table.ndim == 1 else table[:, -1]


class PipelineScorer:
    """A fitted scikit-learn estimator that takes frames of the schema's features."""

    def __init__(self, estimator: Any, schema: Schema) -> None:
        self._estimator = estimator
        self._features = list(schema.features)
        self._probability = schema.probability is not None
        if self._probability and not hasattr(estimator, "predict_proba"):
            raise StartError(
                f"The schema names a probability, but {type(estimator).__name__} has no "
                "predict_proba. Wrap it in CalibratedClassifierCV, or leave probability out."
            )

    def many(self, frame: pd.DataFrame) -> Floats:
        rows = frame[self._features]
        if self._probability:
            return np.asarray(self._estimator.predict_proba(rows))[:, -1].astype("float64")
        return np.asarray(self._estimator.predict(rows)).astype("float64")

    def one(self, values: Mapping[str, Any]) -> float:
        return float(self.many(pd.DataFrame([values], columns=self._features))[0])


def one_thread_session(onnx: bytes | Path) -> Any:
    """Return an ONNX Runtime session that uses one core. Raises onnxruntime's errors.

    A session of bytes keeps them; one of a file does not, which matters for a large model.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])


def in_parts(rows: int, score: Callable[[slice], Floats]) -> Floats:
    """Return the scores (rows,) of rows, computed in parts so that memory stays bounded."""
    parts = [score(slice(start, start + ROWS_AT_ONCE)) for start in range(0, rows, ROWS_AT_ONCE)]
    return np.concatenate(parts).astype("float64") if parts else np.empty(0)


def to_onnx_columns(estimator: Any, schema: Schema) -> bytes:
    """Convert a fitted pipeline to ONNX with one input for each feature: floats, or text."""
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    types = [(name, FloatTensorType([None, 1])) for name in schema.numerical]
    types += [(name, StringTensorType([None, 1])) for name in schema.categorical]
    options = {} if schema.task == "regression" else {"zipmap": False}
    converted = to_onnx(estimator, initial_types=types, options=options)
    return bytes(converted.SerializeToString())


def _type(name: str) -> Any:
    if name not in TYPES:
        raise StartError(f"The ONNX model has an input of type {name}, not of {', '.join(TYPES)}.")
    return TYPES[name]
