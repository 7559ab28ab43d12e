"""From what was measured to the document: judge the columns, decide, write the reports."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from evaluation import decision
from evaluation.drift import judge
from evaluation.drift.difference import difference
from evaluation.drift.explain import describe, rule_of
from evaluation.drift.measure import Measured
from evaluation.inputs.schema import Schema
from evaluation.report import evidently as report
from evaluation.report import page
from evaluation.result import (
    Classification,
    Correlations,
    Evaluation,
    Message,
    Quality,
    Residuals,
    Rows,
    TargetRates,
)

Progress = Callable[[str, float], None]


def ignore(_stage: str, _fraction: float) -> None:
    """A progress listener that does not listen."""


@dataclass(frozen=True)
class Findings:
    """What was counted and scored, from frames or from profiles, before it is judged."""

    rows: Rows
    columns: list[Measured]
    new_categories: Mapping[str, list[str]]
    quality: Quality | None = None
    quality_reference: Quality | None = None
    residuals: Residuals | None = None
    classification: Classification | None = None
    target_rates: TargetRates | None = None
    correlations: Correlations | None = None
    made: report.Report | None = None
    warnings: list[Message] = field(default_factory=list)


def document(found: Findings, schema: Schema, name: str) -> Evaluation:
    """Judge the columns, decide, and say so."""
    judged = judge.judge([column.binned for column in found.columns], rule_of(schema.thresholds))
    theirs = found.made.drift if found.made else {}
    summary = found.made.summary if found.made else None
    described = {
        column.binned.name: describe(
            judged.columns[column.binned.name],
            column,
            found.new_categories.get(column.binned.name, []),
            theirs.get(column.binned.name),
            schema.thresholds.alpha,
        )
        for column in found.columns
    }
    features = [described[column] for column in schema.features]
    verdict, share = judged.verdict, judged.drift_share
    decided, reason = decision.decide(verdict, share, found.quality, schema.thresholds)
    return Evaluation(
        name=name,
        task=schema.task,
        created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        duration_seconds=0.0,
        rows=found.rows,
        verdict=verdict,
        rule_parts=judged.rule,
        decision=decided,
        decision_parts=reason,
        drift_share=share,
        weighted_drift_share=judged.weighted_drift_share,
        drifted_features=[f.name for f in features if f.drifted and f.role == "feature"],
        features=features,
        target_drift=described.get(schema.target or ""),
        prediction_drift=described.get(schema.prediction or ""),
        target_rates=found.target_rates,
        correlations=found.correlations,
        quality=found.quality,
        quality_reference=found.quality_reference,
        residuals=found.residuals,
        classification=found.classification,
        evidently=summary,
        difference_parts=difference(judged, theirs, summary, schema),
        warning_parts=found.warnings,
        versions=_versions(),
    )


def write_reports(
    evaluation: Evaluation,
    made: report.Report | None,
    html_path: str | Path | None,
    json_path: str | Path | None,
    progress: Progress,
) -> None:
    """Evidently's page with our banner, and its JSON beside our document."""
    if html_path is not None:
        progress("writing the report", 0.8)
        html = made.html(evaluation) if made else page.without_evidently(evaluation)
        Path(html_path).write_text(html, "utf-8")
    if json_path is not None:
        Path(json_path).write_bytes(report.json_of(made, evaluation))


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in ("belvedere", "evidently", "pandas", "numpy", "scikit-learn"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
