"""From a verdict and scores to a decision and its reason. Pure."""

from evaluation.inputs.schema import Thresholds
from evaluation.result import Decision, Message, Quality, Verdict, message

LOWER_IS_BETTER = ("rmse", "mae", "mape")
HIGHER_IS_BETTER = ("r2", "accuracy", "roc_auc")


def past_thresholds(quality: Quality | None, thresholds: Thresholds) -> list[Message]:
    """Return a message for every score past its threshold."""
    past = []
    for name in LOWER_IS_BETTER + HIGHER_IS_BETTER:
        score, threshold = getattr(quality, name, None), getattr(thresholds, name)
        if score is None or threshold is None:
            continue
        if name in LOWER_IS_BETTER and score > threshold:
            above = message("decision.score_above", score=name, value=score, threshold=threshold)
            past.append(above)
        if name in HIGHER_IS_BETTER and score < threshold:
            below = message("decision.score_below", score=name, value=score, threshold=threshold)
            past.append(below)
    return past


def without_score(quality: Quality | None, thresholds: Thresholds) -> list[str]:
    """Return the names that have a threshold, and no score to compare with it."""
    return [
        name
        for name in LOWER_IS_BETTER + HIGHER_IS_BETTER
        if getattr(thresholds, name) is not None and getattr(quality, name, None) is None
    ]


def decide(
    verdict: Verdict, drift_share: float | None, quality: Quality | None, thresholds: Thresholds
) -> tuple[Decision, list[Message]]:
    """Return NO_ACTION, WATCH or RETRAIN, and the reason.

    A score past its threshold asks for a retrain. Drift does so too, unless the ground truth is
    known and every score with a threshold is fine: then the model still works, and one watches.
    """
    past = past_thresholds(quality, thresholds)
    if past:
        return "RETRAIN", past
    if verdict == "not enough data" or drift_share is None:
        return "WATCH", [message("decision.not_enough_data")]
    needed = thresholds.drift_share
    if verdict == "drift":
        if quality is not None and _has_threshold(quality, thresholds):
            return "WATCH", [message("decision.scores_are_fine", share=drift_share)]
        if needed is None:
            return "RETRAIN", [message("decision.drift", share=drift_share)]
        return "RETRAIN", [message("decision.drift_above", share=drift_share, threshold=needed)]
    if needed is None:
        return "NO_ACTION", [message("decision.no_drift", share=drift_share)]
    return "NO_ACTION", [message("decision.no_drift_below", share=drift_share, threshold=needed)]


def _has_threshold(quality: Quality, thresholds: Thresholds) -> bool:
    return any(
        getattr(thresholds, name) is not None and getattr(quality, name) is not None
        for name in LOWER_IS_BETTER + HIGHER_IS_BETTER
    )
