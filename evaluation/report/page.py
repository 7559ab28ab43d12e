"""The banner on the HTML report, and the page without one."""

import html

from evaluation.result import (
    Evaluation,
    Quality,
)


def without_evidently(evaluation: Evaluation) -> str:
    """A page for an evaluation with too few rows for Evidently: the banner and the reason."""
    title = html.escape(evaluation.name or "Evaluation")
    page = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>{title}</title></head>'
        "<body><p>Evidently makes no report of fewer than two rows.</p></body></html>"
    )
    return with_banner(page, evaluation, None)


def with_banner(page: str, evaluation: Evaluation, sampled_rows: int | None) -> str:
    facts = [
        f"{evaluation.rows.current:,} rows against {evaluation.rows.reference:,} of the reference",
        *([f"model {evaluation.model}"] if evaluation.model else []),
        *([f"version {evaluation.model_version}"] if evaluation.model_version else []),
        *([evaluation.source] if evaluation.source else []),
        evaluation.created_at,
    ]
    lines = []
    if sampled_rows is not None:
        lines.append(
            f"Made from a uniform sample of at most {sampled_rows:,} rows a side. The scores in "
            "this box are computed on all rows."
        )
    if evaluation.synthetic:
        lines.append("Synthetic data: made to test the alerts, not real traffic.")
    lines.append(f"Verdict: {evaluation.verdict}. {evaluation.rule}")
    if evaluation.difference:
        lines.append(evaluation.difference)
    scores = _scores(evaluation.quality)
    if scores:
        lines.append(scores)
    lines.append(f"Decision: {evaluation.decision}. {evaluation.decision_reason}")
    lines += evaluation.warnings
    banner = (
        '<header style="font:15px/1.5 system-ui,sans-serif;color:#1c2430;background:#f3f5f8;'
        'border-bottom:1px solid #cfd6df;padding:20px 28px">'
        f'<h1 style="font-size:22px;margin:0 0 4px">{html.escape(evaluation.name or "Evaluation")}'
        f'</h1><p style="margin:0 0 8px;color:#5a6675">{html.escape(" · ".join(facts))}</p>'
        + "".join(f'<p style="margin:2px 0">{html.escape(line)}</p>' for line in lines)
        + "</header>"
    )
    head, body, rest = page.partition("<body>")
    return head + body + banner + rest


def _scores(quality: Quality | None) -> str:
    if quality is None:
        return ""
    named = {
        "RMSE": quality.rmse,
        "MAE": quality.mae,
        "R2": quality.r2,
        "MAPE": quality.mape,
        "Accuracy": quality.accuracy,
        "F1": quality.f1,
        "ROC AUC": quality.roc_auc,
    }
    return ", ".join(
        f"{name} {value:.3f}" + (" %" if name == "MAPE" else "")
        for name, value in named.items()
        if value is not None
    )
