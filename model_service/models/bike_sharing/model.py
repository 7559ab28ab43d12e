"""The bike-sharing model behind the service's contract, served by ONNX Runtime."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model_service.models.artifacts import Trained
from model_service.models.base import Field, Floats, MonitoredModel, Window, start_of_day
from model_service.models.bike_sharing import data, out_of_fold
from model_service.models.bike_sharing.training import load_or_train
from model_service.models.scorers import in_parts, one_thread_session


class BikeSharing(MonitoredModel):
    """A forest of 100 trees in float32; one row takes microseconds on one thread."""

    name = "bike-sharing"
    title = "Bike sharing, hourly demand"
    task = data.SCHEMA.task
    inputs: tuple[Field, ...] = data.INPUTS
    truth = data.TRUTH
    answer_field = "predicted_count"
    input_schema_name = "BikeSharingInput"
    schema = data.SCHEMA
    alike: Mapping[str, tuple[str, ...]] = {"season": ("season",), "hours": ("hr", "weekday")}
    prediction_buckets: tuple[float, ...] = (
        0, 5, 10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1000,
    )  # fmt: skip

    def __init__(self, trained: Trained) -> None:
        self.version = trained.version
        self.importance: Mapping[str, float] = trained.facts["importance"]
        self._facts = trained.facts
        self._session = one_thread_session(trained.onnx)
        self._input = self._session.get_inputs()[0].name
        self._count = len(self.schema.features)

    def event_time(self, row: Mapping[str, Any]) -> float | None:
        # the data have the local hour without a time zone: it is treated as UTC
        return start_of_day(row["dteday"]) + 3_600 * int(row["hr"])

    def predict_one(self, values: tuple[Any, ...]) -> float:
        row = np.array([values[: self._count]], dtype=np.float32)
        return float(self._session.run(None, {self._input: row})[0][0, 0])

    def predict_many(self, frame: pd.DataFrame) -> Floats:
        rows = frame[list(self.schema.features)].to_numpy(dtype=np.float32)
        return in_parts(
            len(rows), lambda part: self._session.run(None, {self._input: rows[part]})[0][:, 0]
        )

    def reference(self) -> pd.DataFrame:
        rows = data.training()
        return rows.assign(prediction=self.predict_many(rows))

    def honest_rows(self) -> pd.DataFrame:
        return out_of_fold.rows()

    def training_rows(self, frame: pd.DataFrame) -> int:
        training = set(zip(data.training()["dteday"], data.training()["hr"], strict=True))
        return sum(
            key in training for key in zip(frame["dteday"].astype(str), frame["hr"], strict=True)
        )

    def windows(self) -> list[Window]:
        return list(data.windows().values())

    def window(self, name: str) -> pd.DataFrame:
        window = data.windows()[name]
        return data.between(str(window.start), str(window.end))

    def drift_kinds(self) -> Mapping[str, str]:
        return data.DRIFT_KINDS

    def drifted_batch(self, kind: str) -> pd.DataFrame:
        return self.window({"summer": "june_2011", "third_week": "february_week3"}[kind])

    def details(self) -> dict[str, Any]:
        return {key: value for key, value in self._facts.items() if key != "importance"}


def load(data_dir: Path) -> BikeSharing:
    return BikeSharing(load_or_train(data_dir))
