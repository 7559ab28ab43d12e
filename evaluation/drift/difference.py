"""Why Evidently and the verdict differ: which columns, and for which reason. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluation.drift.explain import is_small
from evaluation.drift.judge import ColumnDrift, DataDrift
from evaluation.inputs.schema import Schema
from evaluation.result import EvidentlyDrift, EvidentlySummary, Message, message


@dataclass(frozen=True)
class Difference:
    """The features in which Evidently and the verdict differ, by why they do.

    `missed` drift and pass Evidently's tests. The others are flagged by Evidently and do not drift:
    `calendar` features do not count, `small` ones are below the minimum effect, and the rest is
    explained by `chance`; `in_blocks` where blocks of rows in time order were permuted.
    """

    drifted: list[str]
    missed: list[str]
    calendar: list[str]
    small: list[str]
    chance: list[str]
    in_blocks: bool


def difference(
    judged: DataDrift,
    by_evidently: Mapping[str, EvidentlyDrift],
    summary: EvidentlySummary | None,
    schema: Schema,
) -> list[Message]:
    """Return why Evidently and the verdict differ; nothing where they agree or one has none."""
    if summary is None or summary.drift_detected is None:
        return []
    if judged.verdict == ("drift" if summary.drift_detected else "no drift"):
        return []
    opening = message(
        "difference.evidently_drift" if summary.drift_detected else "difference.evidently_no_drift",
        drifted=summary.drifted_columns,
        columns=summary.columns,
        limit=summary.share_threshold,
    )
    if judged.verdict == "not enough data":
        return [opening, message("difference.not_enough_data")]
    features = [judged.columns[name] for name in schema.features if name in judged.columns]
    groups = compare_features(features, by_evidently, schema.thresholds.alpha)
    if judged.verdict == "drift":
        drift = message("difference.drift", names=groups.drifted)
        missed = [message("difference.missed", names=groups.missed)] if groups.missed else []
        return [opening, drift, *missed]
    tested = sum(feature.column.role != "calendar" for feature in features)
    reasons = _why_no_drift(groups, tested, judged.drift_share, schema.thresholds.drift_share)
    return [opening, message("difference.no_drift"), *reasons]


def compare_features(
    features: Sequence[ColumnDrift], by_evidently: Mapping[str, EvidentlyDrift], alpha: float
) -> Difference:
    """Sort the features in which Evidently's tests and ours differ by the reason."""
    drifted = [f for f in features if f.drifted and f.column.role == "feature"]
    flagged = {name for name, result in by_evidently.items() if result.drifted}
    calendar = [f for f in features if f.column.name in flagged and f.column.role == "calendar"]
    calm = [
        f for f in features
        if f.column.name in flagged and f.column.role != "calendar" and not f.drifted
    ]  # fmt: skip
    small = [f for f in calm if is_small(f, alpha)]
    chance = [f for f in calm if not is_small(f, alpha)]
    return Difference(
        drifted=_names(drifted),
        missed=_names(f for f in drifted if f.column.name not in flagged),
        calendar=_names(calendar),
        small=_names(small),
        chance=_names(chance),
        in_blocks=any(f.block_rows for f in chance),
    )


def _why_no_drift(
    groups: Difference, tested: int, share: float | None, needed: float | None
) -> list[Message]:
    reasons = []
    if groups.drifted and share is not None and needed is not None:
        reasons.append(message("difference.share", share=share, needed=needed))
    if groups.calendar:
        reasons.append(message("difference.calendar", names=groups.calendar))
    if groups.chance and groups.in_blocks:
        reasons.append(message("difference.blocks", names=groups.chance))
    elif groups.chance:
        reasons.append(message("difference.chance", names=groups.chance, features=tested))
    if groups.small:
        reasons.append(message("difference.small", names=groups.small))
    return reasons or [message("difference.none_drift")]


def _names(features: Iterable[ColumnDrift]) -> list[str]:
    return [feature.column.name for feature in features]
