"""The churn model as the service serves it: a champion, and a challenger if there is one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from model_service.models.artifacts import Trained
from model_service.models.base import Field, Floats, MonitoredModel, Window, start_of_day
from model_service.models.churn import data
from model_service.models.churn.versions import Versions, current
from model_service.models.scorers import OnnxScorer


class Churn(MonitoredModel):
    """Predicts calibrated probabilities of churn. Its reference is the training month."""

    name = "churn"
    title = "User churn"
    task = data.SCHEMA.task
    inputs: tuple[Field, ...] = data.INPUTS
    truth = data.TRUTH
    answer_field = "churn_probability"
    input_schema_name = "ChurnInput"
    schema = data.SCHEMA
    request_duration_names = ("api_request_latency_seconds",)
    entities = data.Users()
    alert_thresholds: Mapping[str, float] = {"roc_auc": data.MIN_ROC_AUC}
    alike: Mapping[str, tuple[str, ...]] = {"line": ("net_service",)}

    def __init__(self, versions: Versions) -> None:
        champion: Trained = versions.champion
        self.version = champion.version
        self.candidate_version = versions.candidate.version if versions.candidate else None
        self.importance: Mapping[str, float] = champion.facts["importance"]
        self._month: str = champion.facts["training_month"]
        self._versions = versions
        self._scorer = OnnxScorer(champion.onnx, self.schema)
        self._names = [field.name for field in self.inputs]

    def event_time(self, row: Mapping[str, Any]) -> float | None:
        day = row["snapshot_date"]
        return None if day is None else start_of_day(day)

    def predict_one(self, values: tuple[Any, ...]) -> float:
        return self._scorer.one(dict(zip(self._names, values, strict=True)))

    def predict_many(self, frame: pd.DataFrame) -> Floats:
        return self._scorer.many(frame)

    def reference(self) -> pd.DataFrame:
        return self._predicted(data.window(self._month))

    def honest_rows(self) -> pd.DataFrame:
        return self._predicted(data.held_out(self._month))

    def training_rows(self, frame: pd.DataFrame) -> int:
        rows = data.training(self._month)
        training = set(zip(rows["user_id"], rows["snapshot_date"], strict=True))
        dates = frame["snapshot_date"].astype(str)
        return sum(key in training for key in zip(frame["user_id"], dates, strict=True))

    def windows(self) -> list[Window]:
        return list(data.windows())

    def window(self, name: str) -> pd.DataFrame:
        return data.window(name)

    def drift_kinds(self) -> Mapping[str, str]:
        return data.DRIFT_KINDS

    def drifted_batch(self, kind: str) -> pd.DataFrame:
        return data.window({"new_users": "month_001_new_users"}[kind])

    def details(self) -> dict[str, Any]:
        facts = {
            name: value
            for name, value in self._versions.champion.facts.items()
            if name != "importance"
        }
        versions = self._versions
        return facts | {"comparison": versions.comparison, "comparisons": versions.comparisons}

    def _predicted(self, rows: pd.DataFrame) -> pd.DataFrame:
        probability = self.predict_many(rows)
        decided = self.decide(probability)
        return rows.assign(churn_probability=probability, churn_prediction=decided)


def load(data_dir: Path) -> Churn:
    return Churn(current(data_dir))
