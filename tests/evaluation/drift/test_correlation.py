"""Which correlations moved, and that chance alone seldom looks like it."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy import stats

from evaluation import evaluate
from evaluation.drift import correlation
from evaluation.result import Correlations, Evaluation
from tests.evaluation.conftest import Bike

Floats = npt.NDArray[np.float64]
REPEATS = 40


def independent(random: np.random.Generator, rows: int) -> Floats:
    return random.normal(size=(rows, 5))


def neighbours_alike(random: np.random.Generator, rows: int) -> Floats:
    """An AR(1) series a column, as hours of weather are."""
    noise = random.normal(size=(rows + 100, 5))
    result = np.zeros_like(noise)
    for row in range(1, len(noise)):
        result[row] = 0.9 * result[row - 1] + noise[row]
    return result[100:]


def coupled(random: np.random.Generator, rows: int, strength: float) -> Floats:
    """The second column follows the first with a correlation of `strength`."""
    result = random.normal(size=(rows, 5))
    result[:, 1] = strength * result[:, 0] + np.sqrt(1 - strength**2) * result[:, 1]
    return result


def found(reference: Floats, current: Floats, *, ordered: bool = False) -> Correlations:
    names = [f"c{number}" for number in range(reference.shape[1])]
    before, after = (pd.DataFrame(side, columns=names) for side in (reference, current))
    result = correlation.compare_correlations(before, after, names, in_time_order=ordered)
    assert result is not None
    return result


@pytest.mark.parametrize("ordered", [False, True])
def test_chance_alone_changes_a_pair_in_about_one_evaluation_of_twenty(ordered: bool) -> None:
    random = np.random.default_rng(7)
    draw = neighbours_alike if ordered else independent
    alarms = 0
    for _ in range(REPEATS):
        pairs = found(draw(random, 688), draw(random, 165), ordered=ordered).pairs()
        assert len(pairs) == 10
        alarms += any(pair.p_value < 0.05 for pair in pairs)
    # 40 draws of 5 percent have more than 6 in one of a hundred runs
    assert alarms <= 6


@pytest.mark.parametrize("ordered", [False, True], ids=["rows", "blocks of time"])
def test_a_few_rows_against_very_many_seldom_alarm(ordered: bool) -> None:
    alarms = 0
    for repeat in range(REPEATS):
        random = np.random.default_rng([8, repeat])
        result = found(independent(random, 10_000), independent(random, 30), ordered=ordered)
        alarms += any(pair.moved for pair in result.pairs())
    assert alarms <= 6


def test_a_pair_with_a_weaker_correlation_is_first_although_all_values_shifted() -> None:
    random = np.random.default_rng(8)
    result = found(coupled(random, 688, 0.8), 10 + 3 * coupled(random, 165, 0.3))
    first = result.pairs()[0]
    assert (first.first, first.second, first.moved) == ("c0", "c1", True)
    assert first.change == pytest.approx(-0.5, abs=0.15)
    assert sum(pair.moved for pair in result.pairs()) == 1


def test_correlations_equal_spearmans_on_rows_with_both_values() -> None:
    random = np.random.default_rng(9)
    reference, current = coupled(random, 400, 0.6), coupled(random, 200, 0.6)
    current[::7, 0] = np.nan
    result = found(reference, current)
    there = ~np.isnan(current[:, 0])
    expected = stats.spearmanr(current[there, 0], current[there, 1]).statistic
    assert result.reference[0] == pytest.approx(
        stats.spearmanr(*reference[:, :2].T).statistic, abs=1e-4
    )
    assert result.current[0] == pytest.approx(expected, abs=0.01)


def test_a_constant_column_has_no_correlation_and_no_alarm() -> None:
    random = np.random.default_rng(10)
    current = independent(random, 100)
    current[:, 2] = 4.0
    result = found(independent(random, 300), current)
    assert result.current[1] is None
    assert not [pair for pair in result.pairs() if "c2" in (pair.first, pair.second)]


def test_few_rows_or_columns_give_no_correlations() -> None:
    frame = pd.DataFrame({"a": np.arange(29.0), "b": np.arange(29.0)})
    assert correlation.compare_correlations(frame, frame, ["a", "b"], in_time_order=False) is None
    longer = pd.concat([frame, frame])
    assert correlation.compare_correlations(longer, longer, ["a"], in_time_order=False) is None


def test_of_many_columns_the_most_important_are_used_and_of_many_rows_some() -> None:
    random = np.random.default_rng(11)
    names = [f"c{number}" for number in range(60)]
    frame = pd.DataFrame(random.normal(size=(25_000, 60)), columns=names)
    result = correlation.compare_correlations(
        frame, frame, names, in_time_order=False, importance={"c59": 0.9}
    )
    assert result is not None
    assert len(result.columns) == correlation.MAX_COLUMNS
    assert "c59" in result.columns
    assert result.left_out == 10
    assert result.rows.reference <= correlation.MAX_ROWS
    assert len(result.pairs()) == 50 * 49 // 2
    assert not any(pair.moved for pair in result.pairs())


def test_the_document_has_correlations_without_the_calendar(bike: Bike) -> None:
    evaluation = evaluate(bike.january, bike.weeks["week3"], bike.schema, evidently=False)
    kept = Evaluation.decode(evaluation.encode()).correlations
    assert kept is not None
    assert kept.columns == ["temp", "atemp", "hum", "windspeed", "cnt", "prediction"]
    assert kept.rows.current == 165
    assert len(kept.reference) == len(kept.current) == len(kept.p_value) == 15
