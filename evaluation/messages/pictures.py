"""Describes the drift of pictures from the features of a document. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence

from evaluation.result import FeatureDrift, Message, message

Size = Callable[[float], Message]
# the sentences for lower values, higher values, and both
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
# the part of the effect (Wasserstein distance) that is a shift of the mean in one direction
MIN_DIRECTION = 0.5


def is_of_pictures(features: Sequence[FeatureDrift]) -> bool:
    """Return whether the features are properties of pictures and components of an embedding."""
    names = {feature.name for feature in features}
    return set(PROPERTIES) <= names and any(map(COMPONENT.fullmatch, names))


def describe_pictures(features: Sequence[FeatureDrift]) -> list[Message]:
    """Say in which way the drifted features changed: properties, then content and confidence.

    A feature whose values moved in both directions has another distribution. Empty with too few
    rows to test.
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
    lower, higher, other = SENTENCES[name]
    size, statistics = feature.effect_size, feature.statistics
    if size is None or not feature.effect or statistics is None:
        return other
    means = statistics.reference.mean, statistics.current.mean
    if means[0] is None or means[1] is None:
        return other
    shift = means[1] - means[0]
    if abs(shift) < MIN_DIRECTION * feature.effect:
        return other
    return higher(size) if shift > 0 else lower(size)
