"""Tables counted where they lie say what the same rows say in memory."""

import json
import math
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import msgspec
import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation import Schema, evaluate
from evaluation.drift.column_summary import OTHER, Labels, Numbers, summarise
from evaluation.errors import (
    EmptyData,
    MissingColumns,
    NotANumber,
    NotATime,
    UnreadableFile,
    ValueTooLarge,
)
from evaluation.large_tables import addresses, databases, profile_cache, sources
from evaluation.large_tables import evaluate as tables
from evaluation.large_tables.evaluate import evaluate_tables
from evaluation.large_tables.profile import profile_table
from evaluation.report import evidently
from evaluation.result import Evaluation
from tests import java
from tests.evaluation.conftest import Bike
from tests.postgres import Postgres

SCHEMA = Schema(
    numerical=("x", "y", "n"), categorical=("c", "b"), target="truth", prediction="said"
)


def rows(n: int, seed: int = 0, shift: float = 0.0) -> pd.DataFrame:
    random = np.random.default_rng([seed, n])
    truth = random.normal(10, 3, n)
    return pd.DataFrame(
        {
            "x": random.normal(shift, 1.0, n),
            "y": random.lognormal(sigma=2, size=n),
            "n": random.poisson(4, n),
            "c": random.choice(["a", "b", "c"], n),
            "b": random.uniform(size=n) < 0.4,
            "truth": truth,
            "said": truth + random.normal(size=n),
            "at": np.arange(n),
        }
    )


@pytest.fixture
def reference(tmp_path: Path) -> str:
    path = tmp_path / "reference.parquet"
    rows(3000).to_parquet(path)
    return str(path)


def scores(made: Evaluation) -> dict[str, float]:
    assert made.quality is not None
    told = msgspec.structs.asdict(made.quality)
    return {name: value for name, value in told.items() if value is not None}


def agree(ours: Evaluation, theirs: Evaluation, tolerance: float = 0.012) -> None:
    assert ours.verdict == theirs.verdict
    assert ours.drifted_features == theirs.drifted_features
    assert ours.rows == theirs.rows
    for first, second in zip(ours.features, theirs.features, strict=True):
        assert first.score == pytest.approx(second.score, abs=tolerance)
        assert first.effect == pytest.approx(second.effect, rel=0.02, abs=0.01)
        assert first.missing == second.missing
        assert first.new_categories == second.new_categories
    assert scores(ours) == pytest.approx(scores(theirs), rel=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.5])
@pytest.mark.parametrize("form", ["parquet", "csv", "csv.gz", "folder"])
def test_files_and_folders_give_the_same_document_as_the_frame(
    tmp_path: Path, reference: str, form: str, shift: float
) -> None:
    current = rows(1500, 1, shift)
    path = tmp_path / f"current.{form}"
    if form == "parquet":
        current.to_parquet(path)
    elif form == "folder":
        path.mkdir()
        for place in range(3):
            current.iloc[500 * place : 500 * (place + 1)].to_parquet(path / f"{place}.parquet")
    else:
        current.to_csv(path, index=False)

    evaluation = evaluate_tables(reference, str(path), SCHEMA)

    agree(evaluation, evaluate(rows(3000), current, SCHEMA, evidently=False))


def test_missing_infinite_and_new_values_are_counted_the_same(
    tmp_path: Path, reference: str
) -> None:
    current = rows(1500, 1)
    current.loc[:299, "x"] = np.nan
    current.loc[:9, "y"] = np.inf
    current.loc[:99, "c"] = None
    current.loc[100:399, "c"] = "new"
    path = tmp_path / "current.parquet"
    current.to_parquet(path)

    evaluation = evaluate_tables(reference, str(path), SCHEMA)
    theirs = evaluate(rows(3000), current, SCHEMA, evidently=False)

    agree(evaluation, theirs)
    assert evaluation.drifted_features == ["x", "c"]
    assert [f.changes for f in evaluation.features] == [f.changes for f in theirs.features]
    assert any("y has 10 infinite values" in warning for warning in evaluation.warnings)
    assert sorted(evaluation.warnings) == sorted(theirs.warnings)


def test_classification_scores_equal_those_of_the_frame(tmp_path: Path) -> None:
    def labelled(n: int, seed: int) -> pd.DataFrame:
        random = np.random.default_rng(seed)
        truth = random.integers(0, 2, n)
        probability = np.clip(0.3 + 0.4 * truth + random.normal(0, 0.2, n), 0, 1)
        said = (probability > 0.5).astype(int)
        return pd.DataFrame({"x": random.normal(size=n), "t": truth, "p": said, "q": probability})

    schema = Schema(task="binary", numerical=("x",), target="t", prediction="p", probability="q")
    for name, seed in (("one", 1), ("two", 2)):
        labelled(4000, seed).to_parquet(tmp_path / f"{name}.parquet")

    evaluation = evaluate_tables(
        str(tmp_path / "one.parquet"), str(tmp_path / "two.parquet"), schema
    )
    theirs = evaluate(labelled(4000, 1), labelled(4000, 2), schema, evidently=False)

    ours, exact = scores(evaluation), scores(theirs)
    assert ours.pop("roc_auc") == pytest.approx(exact.pop("roc_auc"), abs=1e-4)
    assert {"accuracy", "precision", "recall", "f1", "log_loss"} == set(ours)
    assert ours == pytest.approx(exact, rel=1e-9)


def test_blocks_of_time_are_counted_in_one_pass_and_give_the_same_verdict(
    bike: Bike, tmp_path: Path
) -> None:
    days = pd.date_range("2011-01-01", periods=744, freq="h", tz="UTC")[:688]
    schema = msgspec.structs.replace(bike.schema, time="at")
    january = bike.january.assign(at=days)
    january.to_parquet(tmp_path / "january.parquet")
    for name, week in bike.weeks.items():
        moments = pd.date_range("2011-02-01", periods=len(week), freq="h", tz="UTC")
        week.assign(at=moments).to_csv(tmp_path / f"{name}.csv", index=False)

    verdicts = {
        name: evaluate_tables(
            str(tmp_path / "january.parquet"), str(tmp_path / f"{name}.csv"), schema
        )
        for name in bike.weeks
    }

    assert {name: result.verdict for name, result in verdicts.items()} == {
        "week1": "no drift", "week2": "no drift", "week3": "drift",
    }  # fmt: skip
    assert all("blocks of" in result.rule for result in verdicts.values())


def test_a_warning_says_that_too_short_a_time_is_evaluated_by_rows(tmp_path: Path) -> None:
    rows(100, 1).to_parquet(tmp_path / "short.parquet")
    schema = msgspec.structs.replace(SCHEMA, time="at")
    rows(300_000).to_parquet(tmp_path / "long.parquet")

    evaluation = evaluate_tables(
        str(tmp_path / "long.parquet"), str(tmp_path / "short.parquet"), schema
    )

    assert "p-values by permutation of rows." in evaluation.rule
    assert any("too few to resample" in warning for warning in evaluation.warnings)


def test_a_much_longer_current_table_has_longer_blocks(tmp_path: Path) -> None:
    schema = msgspec.structs.replace(SCHEMA, time="at")
    rows(2000).to_parquet(tmp_path / "short.parquet")
    rows(60_000, 1).to_parquet(tmp_path / "long.parquet")

    evaluation = evaluate_tables(
        str(tmp_path / "short.parquet"), str(tmp_path / "long.parquet"), schema
    )

    assert "blocks of" in evaluation.rule
    assert evaluation.verdict == "no drift"


def both_ways(
    tmp_path: Path, frames: list[pd.DataFrame], schema: Schema
) -> tuple[Evaluation, Evaluation]:
    """Counted in the table and in memory."""
    paths = [str(tmp_path / f"{side}.parquet") for side in ("before", "after")]
    for path, frame in zip(paths, frames, strict=True):
        frame.to_parquet(path)
    counted = evaluate_tables(paths[0], paths[1], schema)
    return counted, evaluate(frames[0], frames[1], schema, evidently=False)


@pytest.mark.parametrize(
    ("levels", "sizes", "time"),
    [(300, (8_000, 2_000), "at"), (2_000, (8_000, 2_000), "at"), (30_000, (60_000, 12_000), None)],
)
def test_a_label_that_is_frequent_by_chance_is_not_drift(
    tmp_path: Path, levels: int, sizes: tuple[int, int], time: str | None
) -> None:
    random = np.random.default_rng(levels)
    frames = [
        pd.DataFrame({"c": random.integers(0, levels, n).astype(str), "at": np.arange(n)})
        for n in sizes
    ]
    ours, theirs = both_ways(tmp_path, frames, Schema(categorical=("c",), time=time))
    assert ours.verdict == "no drift"
    assert ours.features[0].score == theirs.features[0].score
    assert ours.features[0].effect == theirs.features[0].effect


def test_a_new_label_among_very_many_is_detected(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    before = random.integers(0, 2_000, 8_000).astype(str)
    after = np.where(np.arange(2_000) % 10 == 0, "fresh", before[:2_000])
    frames = [pd.DataFrame({"c": side, "at": np.arange(len(side))}) for side in (before, after)]
    ours, _ = both_ways(tmp_path, frames, Schema(categorical=("c",), time="at"))
    assert ours.features[0].new_categories == ["fresh"]
    assert "new categories" in ours.features[0].changes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (np.full(688, 1e-4), np.full(165, 2e-4)),
        (np.full(688, 0.3), np.full(165, 0.7)),
        (np.zeros(688), np.linspace(-0.4, 0.4, 165)),
        (np.full(688, 5), np.full(165, 5)),
        (np.repeat([0.0, 1.0], [600, 88]), np.repeat([0.0, 1e-3], [120, 45])),
    ],
)
def test_a_column_of_nearly_one_value_is_judged_as_in_memory(
    tmp_path: Path, before: Any, after: Any
) -> None:
    frames = [pd.DataFrame({"x": side}) for side in (before, after)]
    ours, theirs = both_ways(tmp_path, frames, Schema(numerical=("x",)))
    assert ours.verdict == theirs.verdict
    assert ours.features[0].effect_size == pytest.approx(theirs.features[0].effect_size, rel=1e-3)


def test_decimals_in_a_database_equal_the_numbers_in_a_file(tmp_path: Path) -> None:
    before = pd.DataFrame({"c": [Decimal("1.50"), Decimal("2.00"), Decimal("2.25")] * 100})
    after = pd.DataFrame({"c": [1.5, 2.0, 2.25] * 50})
    for result in both_ways(tmp_path, [before, after], Schema(categorical=("c",))):
        assert result.verdict == "no drift"
        assert result.features[0].distribution.categories == ["1.5", "2", "2.25"]


@pytest.mark.parametrize("value", [1e20, math.inf, -1e300])
def test_labels_past_64_bits_are_labels(tmp_path: Path, value: float) -> None:
    frames = [pd.DataFrame({"c": [1.0, value] * n}) for n in (100, 50)]
    for result in both_ways(tmp_path, frames, Schema(categorical=("c",))):
        assert result.verdict == "no drift"
        assert result.features[0].distribution.reference == [100, 100]


def test_an_unreadable_time_or_too_large_a_number_gives_the_same_error(tmp_path: Path) -> None:
    odd = pd.DataFrame({"x": [1.0, 1e200] * 50, "at": ["2011-02-08", "oops"] * 50})
    path = str(tmp_path / "odd.parquet")
    odd.to_parquet(path)
    with pytest.raises(NotATime, match=r"at of the reference data is the time.*'oops'"):
        evaluate_tables(path, path, Schema(numerical=("x",), time="at"))
    with pytest.raises(ValueTooLarge, match=r"x of the reference data holds 1e\+200"):
        evaluate_tables(path, path, Schema(numerical=("x",)))


def test_many_labels_are_summed_and_no_row_is_lost() -> None:
    values = [f"user{n % 12_000}" for n in range(30_000)] + [None] * 7
    table = ibis.memtable(pd.DataFrame({"c": values, "at": range(len(values))}))
    plain = Schema(categorical=("c",))

    result = profile_table(table, plain, "reference").columns["c"]
    in_time = profile_table(table, msgspec.structs.replace(plain, time="at"), "reference").columns[
        "c"
    ]

    assert isinstance(result, Labels)
    assert isinstance(in_time, Labels)
    for kept, most in ((result, 10_000), (in_time, 200)):
        assert len(kept.counts) == most + 1
        assert sum(kept.counts.values()) == 30_000
        assert kept.missing == 7
    assert in_time.blocks is not None
    assert in_time.blocks.sum(axis=0).tolist() == [*in_time.counts.values(), 7]
    assert in_time.counts[OTHER] > 20_000


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.floats(-1e150, 1e150), min_size=1, max_size=60),
    st.lists(st.none() | st.floats(allow_subnormal=False), min_size=1, max_size=60),
)
def test_sql_counts_each_value_in_the_cell_that_numpy_does(
    known: list[float], new: list[float | None]
) -> None:
    schema = Schema(numerical=("x",))
    usable = [v for v in new if v is None or not np.isfinite(v) or abs(v) <= 1e150]
    reference = profile_table(ibis.memtable({"x": known}), schema, "reference")
    table = ibis.memtable(pd.DataFrame({"x": [*usable, known[0]]}, dtype="float64"))

    result = profile_table(table, schema, "current", like=reference).columns["x"]

    assert isinstance(result, Numbers)
    values = np.array([*(np.nan if v is None else v for v in usable), known[0]])
    values[np.isinf(values)] = np.nan
    exact, _ = summarise(values, result.grid)
    assert result.missing == exact.missing
    if result.grid.scale is None:
        assert result.counts.tolist() == exact.counts.tolist()
    else:
        # the last digit of a logarithm may put a value that lies on an edge beside it
        assert np.abs(np.cumsum(result.counts - exact.counts)).max() <= 2


def test_the_profile_of_the_reference_is_cached_and_loaded_again(
    tmp_path: Path, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = str(tmp_path / "current.parquet")
    rows(1000, 1).to_parquet(current)
    counted: list[str] = []

    def counting(table: Any, schema: Schema, side: str, **options: Any) -> Any:
        counted.append(side)
        return profile_table(table, schema, side, **options)

    monkeypatch.setattr(tables, "profile_table", counting)
    kept = tmp_path / "profiles"
    first = evaluate_tables(reference, current, SCHEMA, profiles=kept)
    second = evaluate_tables(reference, current, SCHEMA, profiles=kept)
    assert counted == ["reference", "current", "current"]
    assert [f.p_value for f in first.features] == [f.p_value for f in second.features]

    (file,) = kept.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    evaluate_tables(reference, current, SCHEMA, profiles=kept)
    rows(2999).to_parquet(reference)
    evaluate_tables(reference, current, SCHEMA, profiles=kept)
    assert counted[3:] == ["reference", "current", "reference", "current"]
    assert len(list(kept.iterdir())) == 2


def test_a_cached_profile_is_read_back_unchanged(tmp_path: Path, reference: str) -> None:
    connection = sources.connect(tmp_path)
    source = sources.open_source(connection, reference, tmp_path)
    schema = msgspec.structs.replace(SCHEMA, time="at")
    result = profile_table(source.table, schema, "reference")

    profile_cache.save(tmp_path / "kept", source, schema, result)
    outcome = profile_cache.load(tmp_path / "kept", source, schema)

    assert outcome is not None
    assert outcome.rows == result.rows
    assert outcome.times == result.times
    for name, column in result.columns.items():
        other = outcome.columns[name]
        assert type(other) is type(column)
        assert other.missing == column.missing
        assert np.array_equal(other.blocks, column.blocks)  # type: ignore[arg-type]


REFUSED: list[tuple[str, type[Exception], str]] = [
    ("gone.parquet", UnreadableFile, "there is no such file"),
    ("notes.txt", UnreadableFile, "Use a .csv"),
    ("torn.parquet", UnreadableFile, "torn.parquet"),
    ("both", UnreadableFile, "both CSV and Parquet"),
    ("narrow.csv", MissingColumns, "lack y"),
    ("empty.parquet", EmptyData, "no rows"),
    ("words.csv", NotANumber, "Column x of the current data is numerical, but a row holds 'oops'"),
    ("large.parquet", ValueTooLarge, "Column x of the current data holds 1e"),
    ("sqlite:///gone.db#log", UnreadableFile, "there is no such file"),
]


@pytest.mark.parametrize(("name", "error", "words"), REFUSED, ids=[case[0] for case in REFUSED])
def test_the_error_of_an_unreadable_source_names_it_and_the_cause(
    tmp_path: Path, reference: str, name: str, error: type[Exception], words: str
) -> None:
    good = rows(100, 1)
    (tmp_path / "notes.txt").write_text("a")
    (tmp_path / "torn.parquet").write_text("PAR1")
    (tmp_path / "both").mkdir()
    good.to_parquet(tmp_path / "both/a.parquet")
    good.to_csv(tmp_path / "both/b.csv")
    good[["x"]].to_csv(tmp_path / "narrow.csv")
    good.iloc[:0].to_parquet(tmp_path / "empty.parquet")
    good.assign(x=["oops", *["1"] * 99]).to_csv(tmp_path / "words.csv")
    good.assign(x=1e200).to_parquet(tmp_path / "large.parquet")
    asked = name if "://" in name else str(tmp_path / name)

    with pytest.raises(error, match=words):
        evaluate_tables(reference, asked, SCHEMA)


@pytest.mark.parametrize("attached", [True, False], ids=["attached", "in batches"])
def test_a_sqlite_table_is_read_in_place_or_in_batches(
    tmp_path: Path, reference: str, monkeypatch: pytest.MonkeyPatch, attached: bool
) -> None:
    if not attached:
        monkeypatch.setattr(databases, "DATABASES", dict.fromkeys(addresses.DATABASES, "not_there"))
    current = rows(1500, 1, 0.5)
    path = tmp_path / "log.db"
    with sqlite3.connect(path) as connection:
        current.assign(b=current["b"].astype(int)).to_sql("predictions", connection, index=False)

    evaluation = evaluate_tables(reference, f"sqlite:///{path}#predictions", SCHEMA)

    agree(evaluation, evaluate(rows(3000), current, SCHEMA, evidently=False))
    with pytest.raises(UnreadableFile, match="name the table after a #"):
        evaluate_tables(reference, f"sqlite:///{path}", SCHEMA)
    with pytest.raises(UnreadableFile, match="nothing"):
        evaluate_tables(reference, f"sqlite:///{path}#nothing", SCHEMA)


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.mark.parametrize("attached", [True, False], ids=["attached", "in batches"])
def test_a_postgresql_table_is_read_in_place_or_in_batches(
    database: str, reference: str, monkeypatch: pytest.MonkeyPatch, attached: bool
) -> None:
    if not attached:
        monkeypatch.setattr(databases, "DATABASES", dict.fromkeys(addresses.DATABASES, "not_there"))
    current = rows(1500, 1, 0.5)
    engine = sa.create_engine(database)
    current.to_sql("predictions", engine, index=False, if_exists="replace")
    engine.dispose()

    evaluation = evaluate_tables(reference, f"{database}#predictions", SCHEMA)

    agree(evaluation, evaluate(rows(3000), current, SCHEMA, evidently=False))


def test_an_error_of_a_database_does_not_reveal_the_password(reference: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        evaluate_tables(reference, "postgresql://me:s3cret@127.0.0.1:1/db#log", SCHEMA)

    assert "s3cret" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)


def test_past_the_limit_the_page_is_of_a_sample_and_says_so(
    tmp_path: Path, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidently, "MAX_ROWS", 400)
    rows(1500, 1).to_parquet(tmp_path / "current.parquet")
    page = tmp_path / "out.html"

    evaluation = evaluate_tables(
        reference, str(tmp_path / "current.parquet"), SCHEMA, html_path=page
    )

    text = page.read_text("utf-8")
    assert "uniform sample of at most 400 rows" in text[text.index("<body>") :][:3000]
    assert evaluation.evidently is not None
    assert evaluation.rows.current == 1500
    assert sum(evaluation.features[0].distribution.current) == 1500


def test_the_command_counts_in_duckdb_when_requested(tmp_path: Path, reference: str) -> None:
    rows(1500, 1, 0.5).to_csv(tmp_path / "current.csv", index=False)
    (tmp_path / "schema.toml").write_text('numerical = ["x", "y"]\ncategorical = ["c"]\n')
    out = tmp_path / "out.json"
    arguments = [
        reference, str(tmp_path / "current.csv"), f"--schema={tmp_path / 'schema.toml'}",
        "--engine=duckdb", f"--profiles={tmp_path}", f"--json={out}", "--fail-on=drift",
    ]  # fmt: skip

    done = subprocess.run(
        [sys.executable, "-m", "evaluation", *arguments], capture_output=True, text=True
    )

    assert done.returncode == 1, done.stderr
    assert json.loads(out.read_text())["drifted_features"] == ["x"]


def test_spark_and_duckdb_count_the_same(tmp_path: Path, reference: str) -> None:
    rows(1500, 1, 0.5).to_parquet(tmp_path / "current.parquet")
    (tmp_path / "schema.toml").write_text(
        'numerical = ["x", "y", "n"]\ncategorical = ["c", "b"]\n'
        'target = "truth"\nprediction = "said"\ntime = "at"\n'
    )
    settings = {
        "spark.master": "local[2]", "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2", "spark.driver.memory": "1g",
        "spark.sql.warehouse.dir": str(tmp_path / "warehouse"),
    }  # fmt: skip
    arguments = " ".join(f"--conf {key}={value}" for key, value in settings.items())
    environment = {
        **os.environ,
        "JAVA_HOME": java.home(),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_SUBMIT_ARGS": f"{arguments} pyspark-shell",
    }
    result = {}
    for engine in ("duckdb", "spark"):
        out = tmp_path / f"{engine}.json"
        done = subprocess.run(
            [
                sys.executable, "-m", "evaluation", reference, str(tmp_path / "current.parquet"),
                f"--schema={tmp_path / 'schema.toml'}", f"--engine={engine}", f"--json={out}",
                f"--profiles={tmp_path / engine}",
            ],
            capture_output=True, text=True, env=environment,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        result[engine] = json.loads(out.read_text())

    assert "blocks of" in result["spark"]["rule"]
    for name in ("rmse", "mae", "r2", "mape"):
        assert result["spark"]["quality"][name] == pytest.approx(result["duckdb"]["quality"][name])
    for ours, theirs in zip(result["spark"]["features"], result["duckdb"]["features"], strict=True):
        assert ours["distribution"] == theirs["distribution"]
        assert ours["p_value"] == theirs["p_value"]
        assert ours["score"] == pytest.approx(theirs["score"])
    assert result["spark"]["verdict"] == result["duckdb"]["verdict"] == "drift"
