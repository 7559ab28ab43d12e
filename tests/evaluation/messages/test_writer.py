"""A message as a sentence: formats, plurals, long lists, and messages of other versions."""

import pytest

from evaluation.errors import UnknownMessage
from evaluation.messages import ENGLISH
from evaluation.result import Message, message


def written(code: str, **values: str | float | list[str] | None) -> str:
    return ENGLISH.sentence(message(code, **values))


def test_counts_shares_and_numbers_have_their_own_formats() -> None:
    assert (
        written("data.missing", column="temp", missing=1234, rows=56789, side="current")
        == "temp has no value in 1,234 of 56,789 rows of the current data."
    )
    assert (
        written("decision.no_drift_below", share=0.12345, threshold=0.3)
        == "No drift: drift share 12.3 %, below the threshold of 30 %."
    )
    assert (
        written("decision.score_above", score="rmse", value=175.234, threshold=60.0)
        == "RMSE 175.2 is above its threshold of 60."
    )
    assert (
        written("reason.values_moved", effect=0.044341, size=0.74779)
        == "Values moved by 0.0443 (0.748 standard deviations)."
    )


@pytest.mark.parametrize(
    ("p", "text"), [(0.0123, "= 0.012"), (0.5, "= 0.5"), (1e-9, "< 0.0001"), (1.0, "= 1")]
)
def test_a_small_p_value_is_written_as_below_the_least(p: float, text: str) -> None:
    assert written("reason.chance", p=p) == f"Not significant (corrected p {text})."


def test_singular_and_plural_have_separate_texts() -> None:
    assert written("difference.calendar", names=["mnth"]) == (
        "mnth follows the calendar and does not count."
    )
    assert written("difference.calendar", names=["mnth", "yr"]) == (
        "mnth, yr follow the calendar and do not count."
    )


def test_a_long_list_of_names_ends_with_how_many_more_there_are() -> None:
    names = [f"x{place}" for place in range(12)]
    assert written("compare.methods", names=names).endswith("x8, x9 and 2 more.")


def test_a_missing_value_is_written_as_unknown() -> None:
    assert written("compare.models", first=None, second="2") == (
        "Different model versions: unknown and 2."
    )


def test_braces_in_a_name_stay_as_they_are() -> None:
    assert "{rows:count} is constant" in written("data.constant", column="{rows:count}")


@pytest.mark.parametrize(
    "foreign",
    [
        Message("data.of_a_later_version", {"column": "x"}),
        Message("data.missing", {"column": "x"}),
        Message("data.missing", {"column": "x", "missing": "a", "rows": [], "side": "current"}),
        Message("data.missing", {"column": "x", "missing": 1, "rows": 2, "side": "elsewhere"}),
        Message("difference.calendar", {"names": None}),
    ],
    ids=["code", "values", "types", "term", "list"],
)
def test_a_message_of_another_version_raises_unknown_message(foreign: Message) -> None:
    with pytest.raises(UnknownMessage, match=foreign.code):
        ENGLISH.sentence(foreign)
