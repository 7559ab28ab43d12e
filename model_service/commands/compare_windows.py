"""One named window against another: Evidently's reports as files, and one line that decides."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from evaluation import Evaluation, evaluate
from model_service.errors import StartError
from model_service.models.base import MonitoredModel, Window, with_predictions

SHARE_LIMIT = 0.30
FOLDER = Path("reports") / "evidently"


@dataclass(frozen=True)
class DriftReport:
    """The evaluation of two windows, where its reports lie, and the limit of the share rule."""

    evaluation: Evaluation
    html: Path
    json: Path
    share_limit: float

    @property
    def line(self) -> str:
        """The decision by Evidently's share of drifted columns, target and identifiers left out."""
        found = self.evaluation
        assert found.evidently is not None and found.evidently.drift_share is not None
        share, limit = found.evidently.drift_share, self.share_limit
        decision, sign = ("RETRAIN", ">=") if share >= limit else ("NO_ACTION", "<")
        rates = found.target_rates
        target = "unknown" if rates is None else f"{rates.difference:+.3f}"
        return (
            f"[Evidently] report_html={self.html} report_json={self.json} drift_share={share:.2f} "
            f"-> {decision} drift_share={share:.2f} {sign} {limit:.2f} (target_drift={target})"
        )

    @property
    def words(self) -> list[str]:
        """The calibrated verdict, and how the target moved, in sentences."""
        found = self.evaluation
        lines = [f"Verdict: {found.verdict}. {found.rule}"]
        if found.drifted_features:
            lines.append(f"Drifted: {', '.join(found.drifted_features)}.")
        rates = found.target_rates
        if rates is not None:
            lines.append(
                f"Rate of {rates.positive}: {rates.reference:.4f} to {rates.current:.4f}, "
                f"difference {rates.difference:+.4f} ({rates.lower:+.4f} to {rates.upper:+.4f}), "
                f"p {rates.p_value:.2g}; {rates.method}."
            )
        return [*lines, f"Decision: {found.decision} ({found.decision_reason})."]


def compare_windows(
    model: MonitoredModel, reference: str, current: str, folder: Path, share_limit: float
) -> DriftReport:
    """Evaluate one window (m rows) against another (n rows); the reports are named by their days.

    Raises StartError for an unknown window, EvaluationError, and OSError where the folder can't be
    written.
    """
    first, second = (_window(model, name) for name in (reference, current))
    before, after = (
        with_predictions(model.window(window.name), model) for window in (first, second)
    )
    folder.mkdir(parents=True, exist_ok=True)
    # windows of the same day are told apart by their names
    parts = [str(window.end) for window in (first, second)]
    days = "_vs_".join(parts if _is_the_days_own(model, second) else [parts[0], second.name])
    html, json = (folder / f"drift_{days}.{kind}" for kind in ("html", "json"))
    drafts = [path.with_name(f".{path.name}.part") for path in (html, json)]

    def complete(made: Evaluation) -> None:
        made.model, made.model_version = model.name, model.version
        made.source, made.reference_source = f"window {current}", f"window {reference}"

    thresholds = msgspec.structs.replace(model.schema.thresholds, drift_share=share_limit)
    schema = msgspec.structs.replace(model.schema, thresholds=thresholds)
    try:
        evaluation = evaluate(
            before, after, schema, name=f"{first.end} to {second.end}", importance=model.importance,
            html_path=drafts[0], json_path=drafts[1], complete=complete,
        )  # fmt: skip
        for draft, path in zip(drafts, (html, json), strict=True):
            draft.replace(path)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)
    return DriftReport(evaluation, html, json, share_limit)


def _window(model: MonitoredModel, name: str) -> Window:
    known = {window.name: window for window in model.windows()}
    if name not in known:
        raise StartError(f"There is no window {name!r} of {model.name}: {', '.join(known)}.")
    return known[name]


def _is_the_days_own(model: MonitoredModel, window: Window) -> bool:
    """Whether no other window of the same last day has more rows."""
    return all(other.rows <= window.rows for other in model.windows() if other.end == window.end)
