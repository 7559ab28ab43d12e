"""How often real changes are found: ours beside Evidently's at the same false-alarm rate."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.benchmarks.drift_samples import SHARE, Sample, evidently, ours, sample

SIZES = [(688, 165), (5000, 1000)]
SHIFTS = (0.1, 0.2, 0.3, 0.5, 1.0)
TOUCHED = (1, 3, 10)
CATEGORY_SHARES = (0.05, 0.1, 0.2)
NULL_SEEDS, SEEDS = 200, 30
NUMBERS = ("normal", "lognormal", "uniform", "heavy tails", "two humps", "counts", "mostly zero")
LABELS = ("even", "skewed", "many")


def changes() -> Iterator[tuple[str, Any]]:
    """Names of the changes, and what makes them of a sample."""
    for touched in TOUCHED:
        for shift in SHIFTS:
            names = list(NUMBERS[: min(touched, 7)]) + list(LABELS[: max(0, touched - 7)])
            title = f"{shift:g} standard deviations in {touched} of 10"
            yield title, lambda rows, random, s=shift, n=names: _moved(rows, random, s, n)
    for share in CATEGORY_SHARES:
        for names in (["even"], list(LABELS)):
            title = f"{share:.0%} of the rows into one category, {len(names)} of 10"
            yield title, lambda rows, random, s=share, n=names: _moved(rows, random, s, n)


def _moved(rows: Sample, random: np.random.Generator, size: float, names: list[str]) -> Sample:
    moved = dict(rows)
    for name in names:
        values = rows[name]
        if values.dtype == object:
            # a shift of s standard deviations moves about s / 4 of the rows of a middle category
            share = size if len(names) <= len(LABELS) else size / 4
            moved[name] = np.where(random.uniform(size=len(values)) < share, values[0], values)
        else:
            moved[name] = values + size * values.std()
    return moved


def run(seeds: int = SEEDS, null_seeds: int = NULL_SEEDS) -> dict[str, Any]:
    """Shares found; raises AssertionError when ours is pooled over 2 points below Evidently's."""
    table = []
    for rows in SIZES:
        rate, limits = _same_rate(rows, null_seeds)
        print(
            f"\n{rows[0]:,} / {rows[1]:,}: ours alarms on {rate:.1%} of equal distributions; "
            f"Evidently's thresholds moved to the same rate: any column {limits[0]:.2f}, "
            f"half of the columns {limits[1]:.2f} of the default."
        )
        print("| change | ours | Evidently, any column | Evidently, half of the columns |")
        print("|---|---|---|---|")
        for title, change in changes():
            found = np.zeros(3)
            for seed in range(seeds):
                random = np.random.default_rng([seed, 1, *rows])
                reference = sample(random, rows[0])
                current = change(sample(random, rows[1]), random)
                ratios = _ratios(reference, current)
                found += [ours(reference, current), *(ratios >= limits)]
            found /= seeds
            table.append(found)
            print(f"| {title} | {found[0]:.0%} | {found[1]:.0%} | {found[2]:.0%} |", flush=True)
    pooled = np.mean(table, axis=0)
    print(f"\nPooled: ours {pooled[0]:.1%}, any column {pooled[1]:.1%}, half {pooled[2]:.1%}.")
    assert pooled[0] >= pooled[1:].max() - 0.02
    return dict(zip(("ours", "evidently_any", "evidently_half"), pooled.tolist(), strict=True))


def _ratios(reference: Sample, current: Sample) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """By how much the most drifted column is past its threshold, and the one at half of them."""
    ratios = sorted((ratio for ratio, _ in evidently(reference, current)), reverse=True)
    return np.array([ratios[0], ratios[int(np.ceil(SHARE * len(ratios))) - 1]])


def _same_rate(
    rows: tuple[int, int], seeds: int
) -> "tuple[float, np.ndarray[Any, np.dtype[np.float64]]]":
    alarms, ratios = 0, []
    for seed in range(seeds):
        random = np.random.default_rng([seed, 0, *rows])
        reference, current = (sample(random, count) for count in rows)
        alarms += ours(reference, current)
        ratios.append(_ratios(reference, current))
    rate = alarms / seeds
    return rate, np.quantile(np.array(ratios), 1 - rate, axis=0)


if __name__ == "__main__":
    run()
