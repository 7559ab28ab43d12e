"""From judged columns to the document's features, and why Evidently may differ. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluation.drift.judge import ColumnDrift, DataDrift
from evaluation.drift.measure import Measured
from evaluation.drift.rule import Rule
from evaluation.inputs.schema import Schema, Thresholds
from evaluation.result import (
    EvidentlyDrift,
    EvidentlySummary,
    FeatureDrift,
    Message,
    Sides,
    message,
)


def rule_of(thresholds: Thresholds) -> Rule:
    """The rule that a schema's thresholds ask for."""
    return Rule(
        alpha=thresholds.alpha,
        correction=thresholds.correction,
        minimum_rows=thresholds.minimum_rows,
        minimum_effect=thresholds.minimum_effect,
        minimum_share=thresholds.minimum_share,
        minimum_missing=thresholds.minimum_missing,
        minimum_drift_share=thresholds.drift_share or 0.0,
        numerical=thresholds.numerical_score,
        categorical=thresholds.categorical_score,
    )


def describe(
    found: ColumnDrift,
    measured: Measured,
    new_categories: list[str],
    theirs: EvidentlyDrift | None,
    alpha: float,
) -> FeatureDrift:
    """The document's entry for one column."""
    column = found.column
    return FeatureDrift(
        name=column.name,
        kind=column.kind,
        role=column.role,
        importance=column.importance,
        score=found.score,
        method=found.method,
        threshold=found.threshold,
        drifted=found.drifted,
        p_value=found.p_value,
        raw_p_value=found.raw_p_value,
        effect=found.effect,
        effect_size=found.effect_size,
        effect_unit=found.effect_unit if found.effect is not None else None,
        minimum_effect=found.minimum_effect,
        null_band=found.null_band,
        changes=found.changes,
        block_rows=found.block_rows,
        reason_parts=reason(found, alpha),
        missing=Sides(*column.missing),
        new_categories=new_categories,
        distribution=measured.distribution,
        statistics=measured.statistics,
        evidently=theirs,
    )


def reason(found: ColumnDrift, alpha: float) -> list[Message]:
    """Return what changed in one column, and the condition that decided."""
    if found.drifted is None:
        return [message("reason.too_few_values")]
    parts = [
        *(_missing(found) if "missing values" in found.changes else []),
        *(_new_categories(found) if "new categories" in found.changes else []),
        *_values(found, alpha),
    ]
    return parts or [message("reason.no_change")]


def _missing(found: ColumnDrift) -> list[Message]:
    column = found.column
    reference, current = (
        missing / max(int(side.sum()) + missing, 1)
        for side, missing in zip((column.reference, column.current), column.missing, strict=True)
    )
    return [message("reason.missing", current=current, reference=reference)]


def _new_categories(found: ColumnDrift) -> list[Message]:
    rows = int(found.column.current[found.column.reference == 0].sum())
    return [message("reason.new_categories", rows=rows)]


def _values(found: ColumnDrift, alpha: float) -> list[Message]:
    if found.effect is None or found.p_value is None:
        return []
    if found.effect == 0:
        size = message("reason.no_difference")
    elif found.column.kind == "numerical":
        size = message("reason.values_moved", effect=found.effect, size=found.effect_size or 0.0)
    else:
        size = message("reason.categories_moved", share=found.effect)
    if "values" in found.changes:
        return [size, message("reason.significant", p=found.p_value)]
    if found.drifted:
        return [size, message("reason.values_do_not_drift")]
    if _is_small(found, alpha):
        return [size, message("reason.small", p=found.p_value)]
    return [size, message("reason.chance", p=found.p_value)]


def _is_small(found: ColumnDrift, alpha: float) -> bool:
    """Return whether chance does not explain the change, and it is below the minimum effect."""
    small = (found.effect_size or 0.0) < (found.minimum_effect or 0.0)
    return small and (found.p_value or 0.0) < alpha


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
    found = compare_features(features, by_evidently, schema.thresholds.alpha)
    if judged.verdict == "drift":
        drift = message("difference.drift", names=found.drifted)
        missed = [message("difference.missed", names=found.missed)] if found.missed else []
        return [opening, drift, *missed]
    tested = sum(feature.column.role != "calendar" for feature in features)
    reasons = _why_no_drift(found, tested, judged.drift_share, schema.thresholds.drift_share)
    return [opening, message("difference.no_drift"), *reasons]


def compare_features(
    features: Sequence[ColumnDrift], by_evidently: Mapping[str, EvidentlyDrift], alpha: float
) -> Difference:
    """Sort the features in which Evidently's tests and ours differ by the reason."""
    drifted = [f for f in features if f.drifted and f.column.role == "feature"]
    flagged = [
        f for f in features if f.column.name in by_evidently and by_evidently[f.column.name].drifted
    ]
    calendar = [f for f in flagged if f.column.role == "calendar"]
    calm = [f for f in flagged if f.column.role != "calendar" and not f.drifted]
    small = [f for f in calm if _is_small(f, alpha)]
    chance = [f for f in calm if not _is_small(f, alpha)]
    return Difference(
        drifted=_names(drifted),
        missed=_names(f for f in drifted if f not in flagged),
        calendar=_names(calendar),
        small=_names(small),
        chance=_names(chance),
        in_blocks=any(f.block_rows for f in chance),
    )


def _why_no_drift(
    found: Difference, tested: int, share: float | None, needed: float | None
) -> list[Message]:
    reasons = []
    if found.drifted and share is not None and needed is not None:
        reasons.append(message("difference.share", share=share, needed=needed))
    if found.calendar:
        reasons.append(message("difference.calendar", names=found.calendar))
    if found.chance and found.in_blocks:
        reasons.append(message("difference.blocks", names=found.chance))
    elif found.chance:
        reasons.append(message("difference.chance", names=found.chance, features=tested))
    if found.small:
        reasons.append(message("difference.small", names=found.small))
    return reasons or [message("difference.none_drift")]


def _names(features: Iterable[ColumnDrift]) -> list[str]:
    return [feature.column.name for feature in features]
