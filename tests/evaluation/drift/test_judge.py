"""The verdict on drift: few false alarms, power, and what counts."""

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from scipy import stats
from scipy.signal import lfilter
from scipy.spatial.distance import jensenshannon

from evaluation.arrays import Floats
from evaluation.drift import blocks, label_bins, null_distribution, scores
from evaluation.drift.binning import BinnedColumn, bin_numbers
from evaluation.drift.column_summary import CodedLabels, Labels
from evaluation.drift.judge import judge
from evaluation.drift.multiple_testing import rejection_levels
from evaluation.drift.rule import Rule
from evaluation.inputs.schema import Correction
from evaluation.terms import Role


def normal(seed: int, rows: int, shift: float = 0.0) -> Floats:
    return np.random.default_rng(seed).normal(shift, 1.0, rows)


def numbers(name: str, seed: int, sizes: tuple[int, int], shift: float = 0.0) -> BinnedColumn:
    return bin_numbers(name, normal(seed, sizes[0]), normal(seed + 10_000, sizes[1], shift))


def bin_labels(
    name: str, reference: np.ndarray, current: np.ndarray, role: Role = "feature"
) -> BinnedColumn:
    sides = [CodedLabels.from_values(side).summary() for side in (reference, current)]
    return replace(label_bins.bin_labels(name, sides[0], sides[1]), role=role)


def labels(text: str, times: int = 1) -> np.ndarray:
    return np.array([None if letter == "-" else letter for letter in text * times], dtype=object)


def test_ks_on_few_distinct_values_equals_scipy() -> None:
    random = np.random.default_rng(1)
    first = random.integers(0, 40, 688).astype(np.float64)
    second = random.integers(3, 43, 165).astype(np.float64)
    binned = bin_numbers("x", first, second)

    ours = scores.ks(binned.reference, binned.current, binned.points)

    assert float(ours) == pytest.approx(stats.ks_2samp(first, second).statistic)


def test_ks_on_continuous_values_is_at_most_a_bin_below_scipy() -> None:
    first, second = normal(1, 5000), normal(2, 1000, 0.3)
    binned = bin_numbers("x", first, second)

    exact = stats.ks_2samp(first, second).statistic
    ours = float(scores.ks(binned.reference, binned.current, binned.points))

    assert exact - 0.03 <= ours <= exact + 1e-9


def test_wasserstein_on_few_distinct_values_equals_scipy() -> None:
    random = np.random.default_rng(2)
    first = (random.integers(0, 30, 500) / 7).astype(np.float64)
    second = (random.integers(2, 32, 200) / 7).astype(np.float64)
    binned = bin_numbers("x", first, second)

    ours = scores.wasserstein(binned.reference, binned.current, binned.points)

    assert float(ours) == pytest.approx(stats.wasserstein_distance(first, second))


def test_chi_square_and_jensen_shannon_equal_scipy() -> None:
    first, second = np.array([40, 30, 20]), np.array([10, 25, 30])
    points = np.arange(3.0)
    chi_square = stats.chi2_contingency(np.stack([first, second])).statistic

    assert float(scores.cramers_v(first, second, points)) == pytest.approx(
        np.sqrt(chi_square / (first.sum() + second.sum()))
    )
    assert float(scores.jensen_shannon(first, second, points)) == pytest.approx(
        jensenshannon(first, second, base=2)
    )


def test_p_values_are_close_to_scipys_exact_ones() -> None:
    random = np.random.default_rng(3)
    first, second = random.normal(size=688), random.normal(0.08, 1, 165)

    ours = judge([bin_numbers("x", first, second)], Rule()).columns["x"].raw_p_value

    assert ours == pytest.approx(stats.ks_2samp(first, second).pvalue, abs=0.08)


@pytest.mark.parametrize("sizes", [(688, 165), (5000, 100)])
def test_equal_distributions_seldom_alarm(sizes: tuple[int, int]) -> None:
    alarms = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        columns = [
            bin_numbers(f"n{i}", random.lognormal(size=sizes[0]), random.lognormal(size=sizes[1]))
            for i in range(3)
        ]
        a, b = (random.choice(list("abcd"), size).astype(object) for size in sizes)
        columns.append(bin_labels("c", a, b))
        alarms += judge(columns, Rule(seed=seed)).verdict == "drift"

    # 7 or more of 40 at a true rate of 5 percent has a chance of 0.3 percent
    assert alarms <= 6


def test_power_rises_with_the_shift() -> None:
    result = [
        sum(
            judge([numbers("x", seed, (688, 165), shift)], Rule()).verdict == "drift"
            for seed in range(30)
        )
        for shift in (0.0, 0.2, 0.6)
    ]

    assert result[0] <= 5
    assert result[0] < result[1] < result[2]
    assert result[2] == 30


def test_a_calendar_column_is_shown_but_does_not_count() -> None:
    month = bin_labels("mnth", labels("1", 500), labels("2", 200), role="calendar")

    result = judge([month, numbers("temp", 1, (500, 200))], Rule())

    assert result.columns["mnth"].drifted
    assert result.verdict == "no drift"
    assert result.drift_share == 0.0


def test_target_and_prediction_do_not_count() -> None:
    target = replace(numbers("cnt", 1, (500, 200), 2.0), role="target")

    result = judge([target, numbers("temp", 1, (500, 200))], Rule())

    assert result.columns["cnt"].drifted
    assert result.verdict == "no drift"


def test_a_new_category_is_a_separate_kind_of_drift() -> None:
    column = bin_labels("weather", labels("aabb", 200), labels("aabbaabbaabbaabbaabc", 10))

    result = judge([column], Rule()).columns["weather"]

    assert "new categories" in result.changes


def test_a_surge_of_missing_values_is_a_separate_kind_of_drift() -> None:
    first, second = normal(1, 500), normal(2, 300)
    second[::5] = np.nan

    result = judge([bin_numbers("x", first, second)], Rule())

    assert result.verdict == "drift"
    assert result.columns["x"].changes == ["missing values"]


def test_a_column_without_any_current_value_drifts() -> None:
    result = judge([bin_numbers("x", normal(1, 500), np.full(100, np.nan))], Rule())

    assert result.columns["x"].changes == ["missing values"]
    assert result.columns["x"].score is None


def test_too_few_rows_are_neither_drift_nor_no_drift() -> None:
    result = judge([numbers("x", 1, (500, 29), 3.0)], Rule())

    assert result.verdict == "not enough data"
    assert result.columns["x"].drifted is None
    assert result.drift_share is None


def test_a_million_rows_with_a_tiny_shift_do_not_drift() -> None:
    result = judge([numbers("x", 1, (1_000_000, 1_000_000), 0.01)], Rule())

    column = result.columns["x"]
    assert column.p_value is not None
    assert column.p_value < 0.001
    assert result.verdict == "no drift"


@pytest.mark.parametrize("correction", ["holm", "bh"])
@pytest.mark.parametrize("method", ["ks", "wasserstein", "psi"])
def test_the_score_reaches_the_threshold_exactly_when_the_p_value_passes(
    correction: Correction, method: scores.Method
) -> None:
    rule = Rule(correction=correction, numerical=method, minimum_effect=0.0)
    seen = set()
    for seed in range(8):
        columns = [numbers(f"x{i}", 10 * seed + i, (400, 150), 0.1 * i) for i in range(5)]
        for column in judge(columns, rule).columns.values():
            assert column.score is not None
            reached = column.threshold is not None and column.score >= column.threshold
            assert reached == column.drifted
            seen.add(column.drifted)
    assert seen == {True, False}


def test_levels_reject_what_holm_and_benjamini_hochberg_reject() -> None:
    random = np.random.default_rng(5)
    for _ in range(200):
        p = random.beta(0.3, 1.5, 7)
        order = np.argsort(p)
        holm = np.maximum.accumulate(p[order] * np.arange(7, 0, -1)) < 0.05
        ours = [
            own < level
            for own, level in zip(p, rejection_levels(list(p), 0.05, "holm"), strict=True)
        ]
        assert [ours[i] for i in order] == holm.tolist()
        bh = stats.false_discovery_control(p) < 0.05
        ours = [
            own < level for own, level in zip(p, rejection_levels(list(p), 0.05, "bh"), strict=True)
        ]
        assert ours == bh.tolist()


def test_the_same_input_gives_the_same_output() -> None:
    columns = [numbers("x", 1, (688, 165), 0.1), numbers("y", 2, (688, 165))]

    first, second = (judge(columns, Rule()) for _ in range(2))
    reordered = judge(columns[::-1], Rule())

    assert first.columns["x"].p_value == second.columns["x"].p_value
    assert first.columns["x"].null_band == reordered.columns["x"].null_band


def test_the_weighted_share_counts_what_the_model_uses() -> None:
    used = replace(numbers("used", 1, (500, 200), 2.0), importance=0.9)
    unused = replace(numbers("unused", 2, (500, 200)), importance=0.1)

    result = judge([used, unused], Rule())

    assert result.drift_share == 0.5
    assert result.weighted_drift_share == pytest.approx(0.9)


def autoregressive(seed: int, rows: int) -> Floats:
    noise = normal(seed, rows + 100)
    series = np.zeros(rows + 100)
    for step in range(1, rows + 100):
        series[step] = 0.9 * series[step - 1] + noise[step]
    return series[100:]


def test_blocks_at_least_halve_the_false_alarms_of_an_autocorrelated_series() -> None:
    alarms = {True: 0, False: 0}
    for seed in range(30):
        pair = autoregressive(seed, 688), autoregressive(seed + 1000, 165)
        for in_time_order in alarms:
            column = bin_numbers("x", *pair, in_time_order=in_time_order)
            alarms[in_time_order] += judge([column], Rule()).verdict == "drift"

    assert alarms[False] >= 10
    assert alarms[True] <= alarms[False] / 2


def test_the_rule_names_the_blocks() -> None:
    pair = autoregressive(1, 688), autoregressive(2, 165)

    result = judge([bin_numbers("x", *pair, in_time_order=True)], Rule())

    assert [part.code for part in result.rule][-1] in ("rule.blocks", "rule.equal_blocks")
    assert result.columns["x"].block_rows is not None
    assert result.columns["x"].block_rows > 5


@pytest.mark.parametrize(("rows", "phi"), [((60_000, 120), 0.0), ((60_000, 150), 0.7)])
def test_a_short_stretch_against_a_long_one_seldom_alarms(
    rows: tuple[int, int], phi: float
) -> None:
    alarms = 0
    for seed in range(30):
        noise = np.random.default_rng([seed, rows[1]]).normal(size=sum(rows))
        series = lfilter([1], [1, -phi], noise)
        result = bin_numbers("x", series[: rows[0]], series[rows[0] :], in_time_order=True)
        assert result.blocks is not None
        assert result.blocks.current >= 5
        alarms += judge([result], Rule()).verdict == "drift"
    assert alarms <= 4


def test_blocks_of_a_sample_have_nearly_the_same_number_of_rows() -> None:
    result = blocks.count_by_block(np.zeros(239, dtype=np.intp), 47, 1)
    assert result.sum() == 239
    assert set(result[:, 0]) == {47, 48}


def test_a_column_that_goes_missing_drifts_among_very_many_in_time_order() -> None:
    columns = [
        bin_numbers(
            f"x{n}", normal(n, 400), normal(n + 900, 200) if n else np.full(200, np.nan),
            in_time_order=True,
        )
        for n in range(150)
    ]  # fmt: skip
    result = judge(columns, Rule())
    assert result.columns["x0"].changes == ["missing values"]


def test_missing_ground_truth_is_not_drift_of_the_target() -> None:
    late = np.where(np.arange(500) < 250, np.nan, normal(2, 500))
    for role, changes in (("target", []), ("prediction", ["missing values"])):
        result = replace(bin_numbers("y", normal(1, 500), late), role=cast(Role, role))
        assert judge([result], Rule()).columns["y"].changes == changes


def test_a_billion_rows_with_a_rare_category_are_judged() -> None:
    before = Labels({"a": 900_000_000, "b": 300_000_000, "rare": 30}, 0)
    for rare, drifts in ((10, False), (3_000_000, True)):
        after = Labels({"a": 300_000_000, "b": 100_000_000, "rare": rare}, 0)
        result = label_bins.bin_labels("c", before, after)
        outcome = judge([result], Rule(minimum_share=0.005)).columns["c"]
        assert outcome.drifted is drifts
        assert outcome.p_value is not None
        assert (outcome.p_value < 0.05) is drifts


def test_draws_of_very_many_rows_follow_the_exact_law() -> None:
    pooled = np.array([600_000, 300_000, 40, 8])
    random = [np.random.default_rng(seed) for seed in (1, 2)]
    exact = null_distribution.permute_rows(pooled, 200_000, 4_000, random[0])
    drawn = null_distribution._permute_very_many(pooled, 200_000, 4_000, random[1])
    assert np.allclose(drawn.sum(axis=1), 200_000)
    assert drawn.mean(axis=0) == pytest.approx(exact.mean(axis=0), rel=0.03)
    assert drawn.std(axis=0) == pytest.approx(exact.std(axis=0), rel=0.06)
