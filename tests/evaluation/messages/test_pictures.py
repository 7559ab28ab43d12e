"""The drift of pictures in words."""

import pytest

from evaluation.messages import ENGLISH, describe_pictures, is_of_pictures
from evaluation.messages.pictures import PROPERTIES
from evaluation.result import Distribution, FeatureDrift, Sides, Statistics, StatisticsOfBoth

NAMES = (*PROPERTIES, "component_1", "component_2", "confidence")


def statistics(mean: float) -> Statistics:
    values = dict.fromkeys(("min", "q05", "q25", "q50", "q75", "q95", "max"), mean)
    return Statistics(mean=mean, std=2.0, **values)


def feature(
    name: str, drifted: bool | None = False, shift: float = 0.0, spread: float = 0.0
) -> FeatureDrift:
    size = max(abs(shift), spread)
    return FeatureDrift(
        name=name, kind="numerical", role="feature", score=0.1, method="ks", threshold=0.2,
        drifted=drifted, missing=Sides(0, 0), distribution=Distribution(reference=[1], current=[1]),
        statistics=StatisticsOfBoth(statistics(5.0), statistics(5.0 + 2.0 * shift)),
        effect=2.0 * size, effect_size=size,
    )  # fmt: skip


def words(**changes: tuple[bool | None, float] | tuple[bool, float, float]) -> list[str]:
    features = [feature(name, *changes.get(name, (False, 0.0))) for name in NAMES]
    return [ENGLISH.sentence(part) for part in describe_pictures(features)]


@pytest.mark.parametrize(
    ("name", "shift", "text"),
    [
        ("brightness", -1.25, "The pictures are darker (1.25 standard deviations)."),
        ("brightness", 1.25, "The pictures are brighter (1.25 standard deviations)."),
        ("sharpness", -2.0, "The pictures are less sharp (2 standard deviations)."),
        ("saturation", 0.5, "The colours are stronger (0.5 standard deviations)."),
        ("aspect", -0.5, "The pictures are narrower (0.5 standard deviations)."),
        ("confidence", -0.75, "The model is less confident (0.75 standard deviations)."),
    ],
)
def test_a_drifted_property_is_described_by_its_effect_and_direction(
    name: str, shift: float, text: str
) -> None:
    assert words(**{name: (True, shift)}) == [text]


def test_values_that_moved_in_both_directions_have_another_distribution() -> None:
    assert words(contrast=(True, 0.2, 1.0)) == ["The contrast has another distribution."]


def test_a_property_that_does_not_drift_is_not_described() -> None:
    assert words(brightness=(False, 3.0)) == [
        "The pictures are like those of the reference: no property and no component of the "
        "embedding drifts."
    ]


def test_components_are_counted_as_other_content() -> None:
    assert words(component_2=(True, 1.0), confidence=(True, -1.0)) == [
        "The pictures show other content than the reference: 1 of 2 components of the embedding "
        "drifts.",
        "The model is less confident (1 standard deviations).",
    ]


def test_nothing_is_said_with_too_few_rows() -> None:
    assert words(**dict.fromkeys(NAMES, (None, 1.0))) == []


def test_only_data_with_all_properties_and_components_are_pictures() -> None:
    assert is_of_pictures([feature(name) for name in NAMES])
    assert not is_of_pictures([feature(name) for name in PROPERTIES])
    assert not is_of_pictures([feature("brightness"), feature("component_1")])
