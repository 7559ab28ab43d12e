"""What a service tells of its versions: champion, challenger and how they compared. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import pandas as pd


class ComparedVersion(msgspec.Struct, frozen=True):
    """One of the two, on the rows that both were compared on."""

    version: str
    roc_auc: float
    log_loss: float | None = None
    training_month: str = ""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Champion against challenger as the service keeps it; the gain is challenger minus champion.

    Services that tell no interval have None for its ends.
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
    """The version that serves, the challenger, facts of the training, comparisons newest first."""

    version: str
    candidate: str | None
    facts: Mapping[str, Any]
    comparisons: list[Comparison]

    @property
    def last(self) -> Comparison | None:
        return self.comparisons[0] if self.comparisons else None


def parse_versions(about: Mapping[str, Any]) -> ModelVersions:
    """Read from what GET /model answers. Raises msgspec.ValidationError for a comparison of another
    form."""
    training = about.get("training") or {}
    listed = training.get("comparisons") or []
    if not listed and training.get("comparison"):
        listed = [training["comparison"]]
    facts = {name: it for name, it in training.items() if name not in ("comparison", "comparisons")}
    return ModelVersions(
        str(about.get("version") or ""),
        about.get("candidate_version"),
        facts,
        msgspec.convert(listed, list[Comparison]),
    )


def comparison_table(found: Comparison, serving: str) -> pd.DataFrame:
    """Champion and challenger as rows; which of them serves now is marked."""
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
            for name, side in (("champion", found.champion), ("challenger", found.challenger))
        ]
    )


def history_table(listed: list[Comparison]) -> pd.DataFrame:
    """A comparison a row, newest first."""
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
            for item in listed
        ]
    )
