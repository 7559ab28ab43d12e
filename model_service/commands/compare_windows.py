"""Compare two named windows: Evidently's reports as files, and one line with the decision."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from evaluation import Evaluation, evaluate
from model_service.errors import StartError
from model_service.models.base import MonitoredModel, Window
from model_service.models.outputs import with_predictions

SHARE_LIMIT = 0.30
FOLDER = Path("reports") / "evidently"


@dataclass(frozen=True)
class DriftReport:
    """The evaluation of two windows, the paths of its reports, and the limit of the share rule."""

    evaluation: Evaluation
    html: Path
    json: Path
    share_limit: float

    @property
    def line(self) -> str:
        """The decision by Evidently's share of drifted columns, without target and identifiers."""
        evidently = self.evaluation.evidently
        assert evidently is not None and evidently.drift_share is not None
        share, limit = evidently.drift_share, self.share_limit
        decision, sign = ("RETRAIN", ">=") if share >= limit else ("NO_ACTION", "<")
        rates = self.evaluation.target_rates
        target = "unknown" if rates is None else f"{rates.difference:+.3f}"
        return (
            f"[Evidently] report_html={self.html} report_json={self.json} drift_share={share:.2f} "
            f"-> {decision} drift_share={share:.2f} {sign} {limit:.2f} (target_drift={target})"
        )

    @property
    def lines(self) -> list[str]:
        """The calibrated verdict, and the change of the target rate, in sentences."""
        evaluation = self.evaluation
        lines = [f"Verdict: {evaluation.verdict}. {evaluation.rule}"]
        if evaluation.drifted_features:
            lines.append(f"Drifted: {', '.join(evaluation.drifted_features)}.")
        rates = evaluation.target_rates
        if rates is not None:
            lines.append(
                f"Rate of {rates.positive}: {rates.reference:.4f} to {rates.current:.4f}, "
                f"difference {rates.difference:+.4f} ({rates.lower:+.4f} to {rates.upper:+.4f}), "
                f"p {rates.p_value:.2g}; {rates.method}."
            )
        return [*lines, f"Decision: {evaluation.decision} ({evaluation.decision_reason})."]


def compare_windows(
    model: MonitoredModel, reference: str, current: str, folder: Path, share_limit: float
) -> DriftReport:
    """Evaluate one window (m rows) against another (n rows); the reports are named by their days.

    Raises StartError for an unknown window, EvaluationError, and OSError if the folder is not
    writable.
    """
    first, second = (_window(model, name) for name in (reference, current))
    reference_rows, current_rows = (
        with_predictions(model.window(window.name), model) for window in (first, second)
    )
    folder.mkdir(parents=True, exist_ok=True)
    # windows of the same day are distinguished by their names
    parts = [str(window.end) for window in (first, second)]
    days = "_vs_".join(parts if _is_largest_of_its_day(model, second) else [parts[0], second.name])
    html, json = (folder / f"drift_{days}.{kind}" for kind in ("html", "json"))
    drafts = [path.with_name(f".{path.name}.part") for path in (html, json)]

    def complete(evaluation: Evaluation) -> None:
        evaluation.model, evaluation.model_version = model.name, model.version
        evaluation.source, evaluation.reference_source = f"window {current}", f"window {reference}"

    thresholds = msgspec.structs.replace(model.schema.thresholds, drift_share=share_limit)
    schema = msgspec.structs.replace(model.schema, thresholds=thresholds)
    try:
        evaluation = evaluate(
            reference_rows, current_rows, schema,
            name=f"{first.end} to {second.end}", importance=model.importance,
            html_path=drafts[0], json_path=drafts[1], complete=complete,
        )  # fmt: skip
        for draft, path in zip(drafts, (html, json), strict=True):
            draft.replace(path)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)
    return DriftReport(evaluation, html, json, share_limit)


def _window(model: MonitoredModel, name: str) -> Window:
    windows = {window.name: window for window in model.windows()}
    if name not in windows:
        raise StartError(f"{model.name} has no window {name!r}. It has: {', '.join(windows)}.")
    return windows[name]


def _is_largest_of_its_day(model: MonitoredModel, window: Window) -> bool:
    """Return whether no other window of the same last day has more rows."""
    return all(other.rows <= window.rows for other in model.windows() if other.end == window.end)
