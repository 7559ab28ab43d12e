"""Parses the versions of a model from GET /model: champion, challenger, comparisons. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import pandas as pd


class ComparedVersion(msgspec.Struct, frozen=True):
    """The scores of the champion or the challenger, on the rows of the comparison."""

    version: str
    roc_auc: float
    log_loss: float | None = None
    training_month: str = ""


class VersionComparison(msgspec.Struct, frozen=True, kw_only=True):
    """A comparison of champion and challenger; the gain is challenger minus champion.

    The bounds of the confidence interval are None if the service does not compute one.
    """

    champion: ComparedVersion
    challenger: ComparedVersion
    held_out_rows: int
    roc_auc_gain: float
    promoted: bool
    rule: str
    compared_at: str
    roc_auc_gain_lower: float | None = None
    roc_auc_gain_upper: float | None = None
    roc_auc_gain_p_value: float | None = None
    interval: str = ""
    least_gain: float | None = None
    held_out_of: list[str] = []

    @property
    def decision(self) -> str:
        return "the challenger was promoted" if self.promoted else "the champion stayed"


@dataclass(frozen=True)
class ModelVersions:
    """The version in service, the challenger, training facts, and comparisons, newest first."""

    version: str
    candidate: str | None
    facts: Mapping[str, Any]
    comparisons: list[VersionComparison]

    @property
    def last_comparison(self) -> VersionComparison | None:
        return self.comparisons[0] if self.comparisons else None


def parse_versions(about: Mapping[str, Any]) -> ModelVersions:
    """Parse the body of GET /model. Raises msgspec.ValidationError for an unknown comparison."""
    training = about.get("training") or {}
    comparisons = training.get("comparisons") or []
    if not comparisons and training.get("comparison"):
        comparisons = [training["comparison"]]
    facts = {
        name: value for name, value in training.items() if name not in ("comparison", "comparisons")
    }
    return ModelVersions(
        str(about.get("version") or ""),
        about.get("candidate_version"),
        facts,
        msgspec.convert(comparisons, list[VersionComparison]),
    )


def comparison_table(comparison: VersionComparison, serving: str) -> pd.DataFrame:
    """Build a table of champion and challenger that marks the version in service."""
    return pd.DataFrame(
        [
            {
                "": name,
                "version": side.version,
                "trained on": side.training_month,
                "ROC AUC": side.roc_auc,
                "log loss": side.log_loss,
                "serves": side.version == serving,
            }
            for name, side in (
                ("champion", comparison.champion),
                ("challenger", comparison.challenger),
            )
        ]
    )


def history_table(comparisons: list[VersionComparison]) -> pd.DataFrame:
    """Build a table with a row per comparison, newest first."""
    return pd.DataFrame(
        [
            {
                "compared": item.compared_at,
                "champion": item.champion.version,
                "challenger": item.challenger.version,
                "rows": item.held_out_rows,
                "ROC AUC, champion": item.champion.roc_auc,
                "ROC AUC, challenger": item.challenger.roc_auc,
                "gain": item.roc_auc_gain,
                "lower": item.roc_auc_gain_lower,
                "upper": item.roc_auc_gain_upper,
                "decision": item.decision,
                "rule": item.rule,
            }
            for item in comparisons
        ]
    )
