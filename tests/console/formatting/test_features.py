"""The verdict and the effect of a feature as text."""

import msgspec

from console.formatting import features
from evaluation.result import Distribution, FeatureDrift, Sides


def feature(name: str, score: float | None, drifted: bool) -> FeatureDrift:
    return FeatureDrift(
        name=name, kind="numerical", role="feature", score=score, method="ks", threshold=0.2,
        drifted=drifted, missing=Sides(0, 0), distribution=Distribution(reference=[], current=[]),
        null_band=(0.05, 0.15),
    )  # fmt: skip


def test_a_calendar_feature_is_marked_as_not_counted() -> None:
    drifts = feature("mnth", 0.3, True)
    assert features.verdict(drifts) == "drift"
    assert (
        features.verdict(msgspec.structs.replace(drifts, role="calendar")) == "drift, not counted"
    )
    assert (
        features.verdict(msgspec.structs.replace(feature("hr", 0.1, False), role="calendar"))
        == "no drift"
    )


def test_an_effect_has_a_readable_unit() -> None:
    moved = feature("temp", 0.3, True)
    own = msgspec.structs.replace(
        moved, effect=0.165, effect_unit="units of the feature", effect_size=1.86
    )
    assert features.effect(own) == "0.165 (1.86 std)"
    rows = msgspec.structs.replace(
        moved, kind="categorical", effect=0.0538, effect_unit="share of rows"
    )
    assert features.effect(rows) == "5.4 % of rows"
