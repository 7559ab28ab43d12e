"""From judged columns to the document's features, and why Evidently may differ. Pure."""

from collections.abc import Mapping

from evaluation.drift.judge import ColumnDrift, DataDrift
from evaluation.drift.measure import Measured
from evaluation.drift.rule import Rule
from evaluation.inputs.schema import Schema, Thresholds
from evaluation.result import (
    EvidentlyDrift,
    EvidentlySummary,
    FeatureDrift,
    Sides,
    Verdict,
)

MOST_NAMED = 5


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
        reason=reason(found, alpha),
        missing=Sides(*column.missing),
        new_categories=new_categories,
        distribution=measured.distribution,
        statistics=measured.statistics,
        evidently=theirs,
    )


def reason(found: ColumnDrift, alpha: float) -> str:
    """One sentence: what was found, and which condition decided."""
    column = found.column
    if found.drifted is None:
        return "Too few values to tell drift from chance."
    parts = []
    rows = [
        int(side.sum()) + missing
        for side, missing in zip((column.reference, column.current), column.missing, strict=True)
    ]
    if "missing values" in found.changes:
        shares = [
            missing / max(count, 1) for missing, count in zip(column.missing, rows, strict=True)
        ]
        parts.append(f"missing in {shares[1]:.1%} of the rows, {shares[0]:.1%} in the reference")
    if "new categories" in found.changes:
        fresh = int(column.current[column.reference == 0].sum())
        parts.append(f"{fresh:,} rows in categories that the reference never had")
    if found.effect is not None and found.p_value is not None:
        size = (
            f"the values moved by {found.effect:.3g}, {found.effect_size:.2g} standard deviations"
            if column.kind == "numerical"
            else f"{found.effect:.1%} of the rows are in other categories"
        )
        chance = f"p {_p(found.p_value)} after the correction"
        if found.effect == 0:
            size = "no difference"
        small = (found.effect_size or 0.0) < (found.minimum_effect or 0.0)
        if "values" in found.changes:
            parts.append(f"{size} ({chance})")
        elif found.drifted:
            parts.append(f"{size}, which is no drift by itself")
        elif small and found.p_value < alpha:
            parts.append(f"{size}: not chance ({chance}), but under the minimum effect")
        else:
            parts.append(f"{size}, which chance explains ({chance})")
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "." if text else "No change."


def _p(value: float) -> str:
    return "below 0.0001" if value < 1e-4 else f"{value:.2g}"


def difference(
    verdict: Verdict,
    judged: DataDrift,
    theirs: Mapping[str, EvidentlyDrift],
    summary: EvidentlySummary | None,
    schema: Schema,
) -> str | None:
    """Why Evidently's rule and the verdict differ; None where they agree or one says nothing."""
    if summary is None or summary.drift_detected is None:
        return None
    says = "drift" if summary.drift_detected else "no drift"
    if says == verdict:
        return None
    share = f"{summary.drifted_columns} of {summary.columns} columns"
    opening = (
        f"Evidently says {says}: {share} drift by its default tests, and its limit is "
        f"{summary.share_threshold:.0%}."
    )
    if verdict == "not enough data":
        return f"{opening} The verdict says nothing: too few rows to tell drift from chance."
    features = {name: judged.columns[name] for name in schema.features if name in judged.columns}
    if verdict == "drift":
        missed = [
            n
            for n, f in features.items()
            if f.drifted and f.column.role == "feature" and not (n in theirs and theirs[n].drifted)
        ]
        seen = f" {_names(missed)} pass its tests but not ours." if missed else ""
        return (
            f"{opening} The verdict needs one counted feature whose drift chance does not explain."
            f"{seen}"
        )
    flagged = {name for name, their in theirs.items() if their.drifted}
    calendar = [n for n, f in features.items() if n in flagged and f.column.role == "calendar"]
    rest = {
        n: f for n, f in features.items() if n in flagged and n not in calendar and not f.drifted
    }
    small = [
        n
        for n, f in rest.items()
        if (f.p_value or 0) < schema.thresholds.alpha
        and (f.effect_size or 0) < (f.minimum_effect or 0)
    ]
    chance = [n for n in rest if n not in small]
    reasons = []
    if calendar:
        verbs = ("follows", "does") if len(calendar) == 1 else ("follow", "do")
        reasons.append(f"{_names(calendar)} {verbs[0]} the calendar and {verbs[1]} not count")
    if chance:
        in_blocks = any(rest[n].block_rows for n in chance)
        why = (
            "rows that follow each other are alike, and whole blocks of time of one data set "
            "differ from each other as much"
            if in_blocks
            else "chance gives such differences between samples of these sizes, "
            f"{len(features) - len(calendar)} features tested at once"
        )
        reasons.append(f"for {_names(chance)}, {why}")
    if small:
        reasons.append(f"{_names(small)} moved by less than the minimum effect")
    return (
        f"{opening} The verdict is no drift: {'; '.join(reasons) or 'no counted feature drifts'}."
    )


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    return shown + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")
