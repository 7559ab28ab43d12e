"""Formats the verdict, effect and other values of a feature for the reader. Pure."""

from console.formatting import display, sentences
from evaluation.result import FeatureDrift

VERDICTS = {True: "drift", False: "no drift", None: "not known"}
# the units of an effect: a number needs no unit of its feature, and a share reads as percent
FEATURE_UNIT, ROWS_UNIT = "units of the feature", "share of rows"
# a threshold below this is met by any change
MIN_THRESHOLD = 1e-12


def verdict(feature: FeatureDrift) -> str:
    """Return the verdict; drift of a calendar feature does not count, and the text says so."""
    text = VERDICTS[feature.drifted]
    return f"{text}, not counted" if feature.drifted and feature.role == "calendar" else text


def threshold(feature: FeatureDrift) -> float | None:
    """Return the threshold, 0 if any change exceeds it."""
    if feature.threshold is not None and abs(feature.threshold) < MIN_THRESHOLD:
        return 0.0
    return feature.threshold


def null_range(feature: FeatureDrift) -> str:
    """Return the 95 % range of the null distribution."""
    if feature.null_band is None:
        return "not computed"
    low, high = feature.null_band
    return f"{display.number(low)} to {display.number(high)}"


def effect(feature: FeatureDrift) -> str:
    """Return the effect with its unit, else the change of the mean, else an empty text."""
    if feature.effect is not None:
        text = f"{display.number(feature.effect)} {feature.effect_unit or ''}".strip()
        if feature.effect_unit == ROWS_UNIT:
            text = f"{display.percent(feature.effect)} of rows"
        elif feature.effect_unit == FEATURE_UNIT:
            text = display.number(feature.effect)
        size = effect_size(feature)
        return f"{text} ({size})" if size else text
    statistics = feature.statistics
    if statistics is None or statistics.reference.mean is None or statistics.current.mean is None:
        return ""
    return f"{display.signed(statistics.current.mean - statistics.reference.mean)} in the mean"


def effect_size(feature: FeatureDrift) -> str:
    """Return the effect size of a number in standard deviations; empty for other features."""
    if feature.effect_size is None or feature.kind != "numerical":
        return ""
    return f"{display.number(feature.effect_size)} std"


def summary(feature: FeatureDrift) -> str:
    """Return one line with score, threshold, statistics, effect, blocks and reason."""
    parts = [f"{feature.method}: score {display.number(feature.score)}"]
    if feature.threshold is not None:
        parts.append(f"threshold {display.number(feature.threshold)}")
    if feature.statistics is not None:
        reference, current = feature.statistics.reference, feature.statistics.current
        parts.append(f"mean {display.number(reference.mean)} → {display.number(current.mean)}")
        parts.append(f"median {display.number(reference.q50)} → {display.number(current.q50)}")
    missing = (feature.missing.reference, feature.missing.current)
    parts.append(f"missing {' → '.join(map(display.count, missing))} rows")
    if feature.effect is not None:
        least = feature.minimum_effect
        minimum = f", minimum {display.number(least)}" if least else ""
        parts.append(f"effect {effect(feature)}{minimum}")
    if feature.changes:
        parts.append(f"changed: {', '.join(feature.changes)}")
    if feature.block_rows is not None:
        rows = display.count(feature.block_rows)
        parts.append(f"p-value by block permutation ({rows} rows per block)")
    reason = sentences.reason(feature)
    if reason:
        parts.append(reason)
    return " · ".join(parts)
