"""From a verdict and scores to what to do about it. Pure."""

from evaluation.inputs.schema import Thresholds
from evaluation.result import Decision, Quality, Verdict

LOWER_IS_BETTER = ("rmse", "mae", "mape")
HIGHER_IS_BETTER = ("r2", "accuracy", "roc_auc")


def past_thresholds(quality: Quality | None, thresholds: Thresholds) -> list[str]:
    """The scores past their threshold, in words: ["rmse 175.2 > 60"]."""
    if quality is None:
        return []
    past = []
    for name in LOWER_IS_BETTER + HIGHER_IS_BETTER:
        score, threshold = getattr(quality, name), getattr(thresholds, name)
        if score is None or threshold is None:
            continue
        if name in LOWER_IS_BETTER and score > threshold:
            past.append(f"{name} {score:.4g} > {threshold:g}")
        if name in HIGHER_IS_BETTER and score < threshold:
            past.append(f"{name} {score:.4g} < {threshold:g}")
    return past


def without_score(quality: Quality | None, thresholds: Thresholds) -> list[str]:
    """The names that have a threshold and no score to hold against it."""
    return [
        name
        for name in LOWER_IS_BETTER + HIGHER_IS_BETTER
        if getattr(thresholds, name) is not None and getattr(quality, name, None) is None
    ]


def decide(
    verdict: Verdict, drift_share: float | None, quality: Quality | None, thresholds: Thresholds
) -> tuple[Decision, str]:
    """NO_ACTION, WATCH or RETRAIN, and the rule that says so.

    A score past its threshold asks for a retrain. Drift does so too, unless the truth is known
    and every score with a threshold is fine: then the model stands it, and one watches.
    """
    past = past_thresholds(quality, thresholds)
    if past:
        return "RETRAIN", f"{', '.join(past)}"
    if verdict == "not enough data" or drift_share is None:
        return "WATCH", "not enough data to tell drift from chance"
    share = f"drift_share={drift_share:.2f}"
    if verdict == "drift":
        if quality is not None and _has_threshold(quality, thresholds):
            return "WATCH", f"drift ({share}), but the scores are within their thresholds"
        return "RETRAIN", f"drift, {_held(share, '>=', thresholds)}"
    return "NO_ACTION", f"no drift, {_held(share, '<', thresholds)}"


def _held(share: str, sign: str, thresholds: Thresholds) -> str:
    limit = thresholds.drift_share
    if limit is None:
        return f"{share}, and one feature is enough" if sign == ">=" else share
    return f"{share} {sign} {limit:.2f}"


def _has_threshold(quality: Quality, thresholds: Thresholds) -> bool:
    return any(
        getattr(thresholds, name) is not None and getattr(quality, name) is not None
        for name in LOWER_IS_BETTER + HIGHER_IS_BETTER
    )
