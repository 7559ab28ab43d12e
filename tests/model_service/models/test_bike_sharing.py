"""The bike model: the same numbers as scikit-learn, trained once, kept in a checked cache."""

from pathlib import Path

import numpy as np
import pytest

from model_service.models.bike_sharing import data, load, training


def test_onnx_predicts_as_scikit_learn_does_on_all_rows(trained: Path) -> None:
    model, rows = load(trained), data.hours()
    assert len(rows) == 17_379
    ours = model.predict_many(rows)
    theirs = training.fit().predict(rows[list(data.SCHEMA.features)].to_numpy("float64"))
    assert np.max(np.abs(ours - theirs) / np.abs(theirs)) < 1e-5


def test_one_row_and_many_rows_predict_the_same(trained: Path) -> None:
    model, rows = load(trained), data.hours().iloc[:50]
    inputs = [field.name for field in model.inputs]
    one = [model.predict_one(tuple(row)) for row in rows[inputs].itertuples(index=False)]
    assert one == pytest.approx(model.predict_many(rows).tolist(), rel=1e-6)


def test_it_is_trained_on_the_688_hours_of_january() -> None:
    rows = data.training()
    assert (len(rows), int(rows["cnt"].sum())) == (688, 38_189)


def test_a_second_start_loads_what_the_first_one_trained(tmp_path: Path) -> None:
    first = training.load_or_train(tmp_path)
    second = training.load_or_train(tmp_path)
    assert second.facts["trained_at"] == first.facts["trained_at"]
    assert second.version == first.version


@pytest.mark.parametrize("suffix", [".onnx", ".json"])
def test_a_damaged_cache_is_trained_again(tmp_path: Path, suffix: str) -> None:
    first = training.load_or_train(tmp_path)
    (file,) = (tmp_path / "models").glob(f"*{suffix}")
    file.write_bytes(b"damaged")
    again = training.load_or_train(tmp_path)
    assert again.version == first.version
    assert load(tmp_path).predict_many(data.training()).shape == (688,)


def test_every_real_row_is_within_the_ranges_that_requests_are_held_to() -> None:
    rows = data.hours()
    for field in data.INPUTS:
        if field.low is not None and field.high is not None:
            assert rows[field.name].between(field.low, field.high).all(), field.name


def test_the_windows_are_those_that_clients_evaluate() -> None:
    windows = data.windows()
    first = windows["february_week1"]
    assert (str(first.start), str(first.end), first.rows) == ("2011-01-29", "2011-02-07", 235)
    assert [windows[f"february_week{number}"].rows for number in (2, 3)] == [163, 165]
    assert windows["january_2011"].rows == 688
    assert sum(w.rows for name, w in windows.items() if name.endswith("_2011")) == 8_645
