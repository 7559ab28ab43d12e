"""Scores over several evaluations."""

from console.charts.scores import ScorePoint, scores


def test_a_single_evaluation_has_an_axis_of_minutes() -> None:
    only = ScorePoint(1_700_000_000.5, 0.8, "week", published=True)
    drawn = scores([only], "", zone="UTC", threshold=None, good_is_low=False)
    first, last = drawn.layout.xaxis.range
    assert (last - first).total_seconds() == 120
    apart = ScorePoint(1_700_003_600.5, 0.8, "week", published=True)
    drawn = scores([only, apart], "", zone="UTC", threshold=None, good_is_low=False)
    assert drawn.layout.xaxis.range is None


def test_a_synthetic_evaluation_is_not_part_of_the_published_line() -> None:
    found = [
        ScorePoint(1e9, 18.0, "week 1", published=True),
        ScorePoint(1e9 + 100, 173.0, "a test", published=True, synthetic=True),
        ScorePoint(1e9 + 200, 20.0, "week 2", published=True),
    ]
    drawn = scores(found, "", zone="UTC", threshold=None, good_is_low=True)
    assert {trace.name: list(trace.y) for trace in drawn.data} == {
        "published": [18.0, 20.0], "synthetic": [173.0],
    }  # fmt: skip
