"""From judged columns to the document's features, each with its reason. Pure."""

from evaluation.drift.judge import ColumnDrift
from evaluation.drift.measure import MeasuredColumn
from evaluation.drift.rule import Rule
from evaluation.inputs.schema import Thresholds
from evaluation.result import (
    EvidentlyDrift,
    FeatureDrift,
    Message,
    Sides,
    message,
)


def rule_of(thresholds: Thresholds) -> Rule:
    """Return the rule for the thresholds of a schema."""
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
    result: ColumnDrift,
    measured: MeasuredColumn,
    new_categories: list[str],
    by_evidently: EvidentlyDrift | None,
    alpha: float,
) -> FeatureDrift:
    """Return the document's entry for one column."""
    column = result.column
    return FeatureDrift(
        name=column.name,
        kind=column.kind,
        role=column.role,
        importance=column.importance,
        score=result.score,
        method=result.method,
        threshold=result.threshold,
        drifted=result.drifted,
        p_value=result.p_value,
        raw_p_value=result.raw_p_value,
        effect=result.effect,
        effect_size=result.effect_size,
        effect_unit=result.effect_unit if result.effect is not None else None,
        minimum_effect=result.minimum_effect,
        null_band=result.null_band,
        changes=result.changes,
        block_rows=result.block_rows,
        reason_parts=reason(result, alpha),
        missing=Sides(*column.missing),
        new_categories=new_categories,
        distribution=measured.distribution,
        statistics=measured.statistics,
        evidently=by_evidently,
    )


def reason(result: ColumnDrift, alpha: float) -> list[Message]:
    """Return what changed in one column, and the condition that decided."""
    if result.drifted is None:
        return [message("reason.too_few_values")]
    parts = [
        *(_missing(result) if "missing values" in result.changes else []),
        *(_new_categories(result) if "new categories" in result.changes else []),
        *_values(result, alpha),
    ]
    return parts or [message("reason.no_change")]


def _missing(result: ColumnDrift) -> list[Message]:
    column = result.column
    reference, current = (
        missing / max(int(side.sum()) + missing, 1)
        for side, missing in zip((column.reference, column.current), column.missing, strict=True)
    )
    return [message("reason.missing", current=current, reference=reference)]


def _new_categories(result: ColumnDrift) -> list[Message]:
    rows = int(result.column.current[result.column.reference == 0].sum())
    return [message("reason.new_categories", rows=rows)]


def _values(result: ColumnDrift, alpha: float) -> list[Message]:
    if result.effect is None or result.p_value is None:
        return []
    if result.effect == 0:
        return [message("reason.no_difference")]
    if result.column.kind == "numerical":
        size = message("reason.values_moved", effect=result.effect, size=result.effect_size or 0.0)
    else:
        size = message("reason.categories_moved", share=result.effect)
    if "values" in result.changes:
        return [size, message("reason.significant", p=result.p_value)]
    if result.drifted:
        return [size, message("reason.values_do_not_drift")]
    if is_small(result, alpha):
        return [size, message("reason.small", p=result.p_value)]
    return [size, message("reason.chance", p=result.p_value)]


def is_small(result: ColumnDrift, alpha: float) -> bool:
    """Return whether chance does not explain the change, and it is below the minimum effect."""
    small = (result.effect_size or 0.0) < (result.minimum_effect or 0.0)
    return small and (result.p_value or 0.0) < alpha
