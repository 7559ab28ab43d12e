"""The banner of the HTML report, and the report of data sets that Evidently can't evaluate."""

import html

from evaluation.result import Evaluation, Quality

# a name for each score, and its unit
SCORES = (
    ("rmse", "RMSE", ""),
    ("mae", "MAE", ""),
    ("r2", "R2", ""),
    ("mape", "MAPE", " %"),
    ("accuracy", "Accuracy", ""),
    ("f1", "F1", ""),
    ("roc_auc", "ROC AUC", ""),
)


def without_evidently(evaluation: Evaluation) -> str:
    """Return the page of an evaluation with too few rows for Evidently: banner and reason."""
    title = html.escape(evaluation.name or "Evaluation")
    page = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>{title}</title></head>'
        "<body><p>Evidently can't report on fewer than two rows.</p></body></html>"
    )
    return with_banner(page, evaluation, None)


def with_banner(page: str, evaluation: Evaluation, sampled_rows: int | None) -> str:
    """Return Evidently's page with the verdict, the scores and the decision above it."""
    lines = [f"Verdict: {evaluation.verdict}. {evaluation.rule}"]
    if evaluation.difference:
        lines.append(evaluation.difference)
    lines.append(f"Decision: {evaluation.decision}. {evaluation.decision_reason}")
    if evaluation.quality is not None:
        lines.append(_scores(evaluation.quality))
    if evaluation.synthetic:
        lines.append("Synthetic data: made to test the alerts, not real traffic.")
    if sampled_rows is not None:
        lines.append(
            f"The report below uses a uniform sample of at most {sampled_rows:,} rows of each data "
            "set. The scores in this box are of all rows."
        )
    lines += evaluation.warnings
    title = html.escape(evaluation.name or "Evaluation")
    banner = (
        '<header style="font:15px/1.5 system-ui,sans-serif;color:#1c2430;background:#f3f5f8;'
        'border-bottom:1px solid #cfd6df;padding:20px 28px">'
        f'<h1 style="font-size:22px;margin:0 0 4px">{title}</h1>'
        f'<p style="margin:0 0 8px;color:#5a6675">{html.escape(" · ".join(_facts(evaluation)))}</p>'
        + "".join(f'<p style="margin:2px 0">{html.escape(line)}</p>' for line in lines if line)
        + "</header>"
    )
    head, body, rest = page.partition("<body>")
    return head + body + banner + rest


def _facts(evaluation: Evaluation) -> list[str]:
    rows = evaluation.rows
    facts = [
        f"{rows.current:,} rows compared with {rows.reference:,} of the reference",
        f"model {evaluation.model}" if evaluation.model else "",
        f"version {evaluation.model_version}" if evaluation.model_version else "",
        evaluation.source,
        evaluation.created_at,
    ]
    return [fact for fact in facts if fact]


def _scores(quality: Quality) -> str:
    values = [(title, getattr(quality, name), unit) for name, title, unit in SCORES]
    return ", ".join(
        f"{title} {value:.3f}{unit}" for title, value, unit in values if value is not None
    )
