"""Describes the drift of pictures from the features of a document. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence

from evaluation.result import FeatureDrift, Message, message

Size = Callable[[float], Message]
# the sentences for a lower median, a higher one, and the same median with another distribution
SENTENCES: Mapping[str, tuple[Size, Size, Message]] = {
    "brightness": (
        lambda size: message("picture.darker", size=size),
        lambda size: message("picture.brighter", size=size),
        message("picture.brightness"),
    ),
    "contrast": (
        lambda size: message("picture.less_contrast", size=size),
        lambda size: message("picture.more_contrast", size=size),
        message("picture.contrast"),
    ),
    "sharpness": (
        lambda size: message("picture.less_sharp", size=size),
        lambda size: message("picture.sharper", size=size),
        message("picture.sharpness"),
    ),
    "saturation": (
        lambda size: message("picture.paler", size=size),
        lambda size: message("picture.stronger_colours", size=size),
        message("picture.saturation"),
    ),
    "megapixels": (
        lambda size: message("picture.fewer_pixels", size=size),
        lambda size: message("picture.more_pixels", size=size),
        message("picture.megapixels"),
    ),
    "aspect": (
        lambda size: message("picture.narrower", size=size),
        lambda size: message("picture.wider", size=size),
        message("picture.aspect"),
    ),
    "confidence": (
        lambda size: message("picture.less_confident", size=size),
        lambda size: message("picture.more_confident", size=size),
        message("picture.confidence"),
    ),
}
CONFIDENCE = "confidence"
# what makes a data set one of pictures
PROPERTIES = tuple(name for name in SENTENCES if name != CONFIDENCE)
COMPONENT = re.compile(r"component_\d+")
# a smaller shift of the median is not worth a direction
MIN_SHIFT = 0.1


def is_of_pictures(features: Sequence[FeatureDrift]) -> bool:
    """Return whether the features are properties of pictures and components of an embedding."""
    names = {feature.name for feature in features}
    return set(PROPERTIES) <= names and any(map(COMPONENT.fullmatch, names))


def describe_pictures(features: Sequence[FeatureDrift]) -> list[Message]:
    """Say in which way the drifted features changed: properties, then content and confidence.

    Features that drift without a shift of their median have another distribution. Empty with too
    few rows to test.
    """
    drifted = {feature.name: feature for feature in features if feature.drifted}
    parts = [_describe(name, drifted[name]) for name in PROPERTIES if name in drifted]
    components = [item for item in features if COMPONENT.fullmatch(item.name)]
    moved = sum(bool(item.drifted) for item in components)
    if moved:
        parts.append(message("picture.content", drifted=moved, components=len(components)))
    if CONFIDENCE in drifted:
        parts.append(_describe(CONFIDENCE, drifted[CONFIDENCE]))
    if not parts and any(feature.drifted is False for feature in features):
        return [message("picture.none")]
    return parts


def _describe(name: str, feature: FeatureDrift) -> Message:
    lower, higher, spread = SENTENCES[name]
    shift = standardised_shift(feature)
    if shift is None or abs(shift) < MIN_SHIFT:
        return spread
    return higher(shift) if shift > 0 else lower(-shift)


def standardised_shift(feature: FeatureDrift) -> float | None:
    """Return the change of the median in standard deviations of the reference."""
    if feature.statistics is None:
        return None
    reference, current = feature.statistics.reference, feature.statistics.current
    if reference.q50 is None or current.q50 is None or not reference.std:
        return None
    return (current.q50 - reference.q50) / reference.std
