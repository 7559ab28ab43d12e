"""Two evaluations side by side: verdicts, scores and features."""

import msgspec

from evaluation.result.evaluation import Decision, Verdict
from evaluation.result.message import Message


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """What identifies one of the two evaluations, and its results."""

    evaluation_id: str | None
    name: str
    created_at: str
    source: str
    reference: str
    model_version: str | None
    rows: int
    with_target: int
    verdict: Verdict
    decision: Decision
    drift_share: float | None


class ScoreChange(msgspec.Struct, frozen=True, kw_only=True):
    """One score in both evaluations.

    `change` is second - first, `ratio` second / first; `better` is None when equal or unknown.
    """

    name: str
    first: float | None
    second: float | None
    change: float | None
    ratio: float | None
    better: bool | None


class FeatureChange(msgspec.Struct, frozen=True, kw_only=True):
    """One feature in both evaluations; None where an evaluation does not have it.

    `mean_shift` is the change of the current mean in standard deviations of the first's reference.
    """

    name: str
    role: str
    importance: float | None
    method: tuple[str | None, str | None]
    score: tuple[float | None, float | None]
    threshold: tuple[float | None, float | None]
    drifted: tuple[bool | None, bool | None]
    missing: tuple[int | None, int | None]
    score_change: float | None
    mean_shift: float | None
    new_categories: list[str]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What changed from the first evaluation to the second.

    `notes` say what limits the comparison, such as different references: the English text of
    `note_parts`. Comparisons of earlier versions have texts only.
    """

    first: Side
    second: Side
    verdict_changed: bool
    decision_changed: bool
    newly_drifted: list[str]
    no_longer_drifted: list[str]
    drift_share_change: float | None
    scores: list[ScoreChange]
    features: list[FeatureChange]
    notes: list[str]
    note_parts: list[Message] = []
