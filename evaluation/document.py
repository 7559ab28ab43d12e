"""From findings to the document and its reports: judge the columns and decide."""

import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from evaluation import decision
from evaluation.drift import judge
from evaluation.drift.difference import difference
from evaluation.drift.explain import describe, rule_of
from evaluation.drift.measure import MeasuredColumn
from evaluation.inputs.schema import Schema
from evaluation.messages import write_sentences
from evaluation.report import evidently as evidently_report
from evaluation.report import page
from evaluation.result import (
    Classification,
    Correlations,
    Evaluation,
    Message,
    Multiclass,
    Quality,
    Residuals,
    Rows,
    TargetRates,
)

Progress = Callable[[str, float], None]


def ignore(_stage: str, _fraction: float) -> None:
    """Ignore the progress of an evaluation."""


@dataclass(frozen=True)
class Findings:
    """The counts and scores of both data sets, before the verdict."""

    rows: Rows
    columns: list[MeasuredColumn]
    new_categories: Mapping[str, list[str]]
    quality: Quality | None = None
    quality_reference: Quality | None = None
    residuals: Residuals | None = None
    classification: Classification | None = None
    multiclass: Multiclass | None = None
    target_rates: TargetRates | None = None
    correlations: Correlations | None = None
    report: evidently_report.Report | None = None
    warnings: list[Message] = field(default_factory=list)


def build_document(findings: Findings, schema: Schema, name: str) -> Evaluation:
    """Judge the columns, decide what to do, and build the document."""
    judged = judge.judge([column.binned for column in findings.columns], rule_of(schema.thresholds))
    evidently_drift = findings.report.drift if findings.report else {}
    summary = findings.report.summary if findings.report else None
    entries = {
        column.binned.name: describe(
            judged.columns[column.binned.name],
            column,
            findings.new_categories.get(column.binned.name, []),
            evidently_drift.get(column.binned.name),
            schema.thresholds.alpha,
        )
        for column in findings.columns
    }
    features = [entries[column] for column in schema.features]
    verdict, share = judged.verdict, judged.drift_share
    action, reason = decision.decide(verdict, share, findings.quality, schema.thresholds)
    return Evaluation(
        name=name,
        task=schema.task,
        created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        duration_seconds=0.0,
        rows=findings.rows,
        verdict=verdict,
        rule_parts=judged.rule,
        decision=action,
        decision_parts=reason,
        drift_share=share,
        weighted_drift_share=judged.weighted_drift_share,
        drifted_features=[f.name for f in features if f.drifted and f.role == "feature"],
        features=features,
        target_drift=entries.get(schema.target or ""),
        prediction_drift=entries.get(schema.prediction or ""),
        target_rates=findings.target_rates,
        correlations=findings.correlations,
        quality=findings.quality,
        quality_reference=findings.quality_reference,
        residuals=findings.residuals,
        classification=findings.classification,
        multiclass=findings.multiclass,
        evidently=summary,
        difference_parts=difference(judged, evidently_drift, summary, schema),
        warning_parts=findings.warnings,
        versions=_versions(),
    )


def conclude(
    findings: Findings,
    schema: Schema,
    name: str,
    *,
    started_at: float,
    complete: Callable[[Evaluation], None],
    html_path: str | Path | None,
    json_path: str | Path | None,
    progress: Progress,
) -> Evaluation:
    """Build the document, have `complete` fill it in, and write the reports.

    `started_at` is the time.perf_counter() at which the evaluation started.
    """
    evaluation = build_document(findings, schema, name)
    evaluation.duration_seconds = round(time.perf_counter() - started_at, 3)
    complete(evaluation)
    write_sentences(evaluation)
    _write_reports(evaluation, findings.report, html_path, json_path, progress)
    evaluation.duration_seconds = round(time.perf_counter() - started_at, 3)
    progress("done", 1.0)
    return evaluation


def _write_reports(
    evaluation: Evaluation,
    report: evidently_report.Report | None,
    html_path: str | Path | None,
    json_path: str | Path | None,
    progress: Progress,
) -> None:
    """Write Evidently's page with our banner, and its JSON with our document beside it."""
    if html_path is not None:
        progress("writing the report", 0.8)
        html = report.html(evaluation) if report else page.without_evidently(evaluation)
        Path(html_path).write_text(html, "utf-8")
    if json_path is not None:
        Path(json_path).write_bytes(evidently_report.encode_report(report, evaluation))


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in ("belvedere", "evidently", "pandas", "numpy", "scikit-learn"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions
