"""Champion and challenger: which model is served, and the results of retrains."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.quality.roc_difference import METHOD, auc_difference
from model_service.errors import StartError
from model_service.models.artifacts import Trained, write_atomically
from model_service.models.churn import data, months
from model_service.models.churn.training import held_out_scores, load_or_train
from model_service.models.scorers import OnnxScorer

FILE = Path("models") / "churn-versions.json"
# the gain in ROC AUC on the same held-out rows that promotes a challenger
MIN_GAIN = 0.01
MAX_KEPT = 100


@dataclass(frozen=True)
class Versions:
    """The served model, the other one of the last comparison, and all comparisons, newest first."""

    champion: Trained
    candidate: Trained | None = None
    comparisons: tuple[dict[str, Any], ...] = ()

    @property
    def comparison(self) -> dict[str, Any] | None:
        """The last comparison."""
        return self.comparisons[0] if self.comparisons else None


def current(data_dir: Path) -> Versions:
    """Return the versions of the last retrain, or the model of the first month without one.

    Raises StartError for a file that can't be read: another model must not be served unnoticed.
    """
    path = data_dir / FILE
    try:
        stored = json.loads(path.read_text("utf-8"))
        champion, candidate = stored["champion_month"], stored["candidate_month"]
        # earlier versions stored only the last comparison
        comparisons = tuple(stored.get("comparisons") or [stored["comparison"]])
    except FileNotFoundError:
        return Versions(load_or_train(data_dir, data.CHAMPION_MONTH))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StartError(
            f"{path} can't be read ({error}), so it is not known which model to serve. "
            "Delete it to serve the first model, then retrain."
        ) from error
    return Versions(
        load_or_train(data_dir, champion), load_or_train(data_dir, candidate), comparisons
    )


def retrain(data_dir: Path, month: str) -> Versions:
    """Train a challenger on `month`, compare it, and promote it if it gains more than 0.01."""
    if month not in months.DATES:
        raise StartError(f"There is no month {month!r}. There are: {', '.join(months.DATES)}.")
    previous = current(data_dir)
    champion = previous.champion
    challenger = load_or_train(data_dir, month)
    if challenger.version == champion.version:
        raise StartError(f"The champion was already trained on {month}: there is no newer data.")
    comparison = compare(champion, challenger, data.held_out(month))
    comparisons = (comparison, *previous.comparisons)[:MAX_KEPT]
    winner, other = champion, challenger
    if comparison["promoted"]:
        winner, other = challenger, champion
    stored = {
        "champion_month": winner.facts["training_month"],
        "candidate_month": other.facts["training_month"],
        "comparisons": comparisons,
    }
    write_atomically(data_dir / FILE, json.dumps(stored, indent=1).encode())
    return Versions(winner, other, comparisons)


def compare(champion: Trained, challenger: Trained, rows: pd.DataFrame) -> dict[str, Any]:
    """Compare both on the same held-out rows (n x columns), which neither was trained on."""
    truth = rows[data.TRUTH.name].to_numpy()
    sides: dict[str, dict[str, Any]] = {}
    scores = []
    for side, trained in (("champion", champion), ("challenger", challenger)):
        probability = OnnxScorer(trained.onnx, data.SCHEMA).many(rows)
        scores.append(probability)
        auc, loss = held_out_scores(truth, probability)
        sides[side] = {
            "version": trained.version,
            "training_month": trained.facts["training_month"],
            "roc_auc": auc,
            "log_loss": loss,
        }
    gain = sides["challenger"]["roc_auc"] - sides["champion"]["roc_auc"]
    difference = auc_difference(truth, *scores)
    promoted = gain > MIN_GAIN
    sign = ">" if promoted else "<="
    return {
        **sides,
        "held_out_rows": len(rows),
        "held_out_of": sorted(rows["snapshot_date"].unique()),
        "roc_auc_gain": gain,
        "roc_auc_gain_lower": difference.lower,
        "roc_auc_gain_upper": difference.upper,
        "roc_auc_gain_p_value": difference.p_value,
        "interval": METHOD,
        "least_gain": MIN_GAIN,
        "promoted": promoted,
        "rule": f"roc_auc_gain={gain:+.4f} {sign} {MIN_GAIN:.2f}",
        "compared_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
