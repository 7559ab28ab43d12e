"""How often users agree with predictions whose ground truth is not known. Pure."""

from collections.abc import Sequence

from evaluation.drift.target_rates import wilson_interval
from evaluation.result import Agreement


def agreement(votes: Sequence[bool]) -> Agreement | None:
    """Return the share of votes that say that the prediction is right; None without votes."""
    if not votes:
        return None
    positive = sum(votes)
    lower, upper = wilson_interval(positive, len(votes))
    return Agreement(
        votes=len(votes), positive=positive, share=positive / len(votes), lower=lower, upper=upper
    )
