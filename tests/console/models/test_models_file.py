"""models.toml: read, checked, added to; what a person wrote stays."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.mapping.metric_families import Family
from console.mapping.propose import propose
from console.models import models_file
from console.models.cache import ExternalModels
from console.models.external import ExternalModel, MappedQuery, to_mapped_queries
from console.models.models_file import ModelsFileError

QUERY = MappedQuery(
    role="requests",
    title="Requests",
    unit="requests/s",
    metrics=("hits_total",),
    query='sum(rate(hits_total{${selector},path!~"/a|/b"}[${window}]))',
)
MODEL = ExternalModel(name="prices", task="regression", matchers={"job": "shop"}, queries=(QUERY,))


def test_added_models_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "models.toml"
    other = ExternalModel(
        name="cats", task="binary", matchers={"job": "cv", "env": 'p"d'}, url="http://127.0.0.1:1",
        predict_url="http://127.0.0.1:3", prometheus="http://127.0.0.1:2",
    )  # fmt: skip
    for model in (MODEL, other):
        models_file.add(path, model)
    assert models_file.read(path) == (MODEL, other)
    (query,) = models_file.read(path)[0].queries_for("requests")
    assert query.as_query().render({"job": "shop"}, "5m") == (
        'sum(rate(hits_total{job="shop",path!~"/a|/b"}[5m]))'
    )


def test_adding_a_model_keeps_handwritten_text(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    written = '# ours\n[[models]]\nname = "old"   # kept\ntask = "binary"\nmatchers = {job = "o"}'
    path.write_text(written)
    models_file.add(path, MODEL)
    assert path.read_text().startswith(written)
    assert [model.name for model in models_file.read(path)] == ["old", "prices"]


def test_a_missing_file_has_no_models(tmp_path: Path) -> None:
    assert models_file.read(tmp_path / "models.toml") == ()


def test_a_second_model_of_the_same_name_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    models_file.add(path, MODEL)
    before = path.read_text()
    with pytest.raises(ModelsFileError, match="already has a model 'prices'"):
        models_file.add(path, MODEL)
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[models]", "not a valid models file"),
        ('[[models]]\nname = "a"\ntask = "guess"\nmatchers = {job = "a"}', "task"),
        ('[[models]]\nname = "a"\ntask = "binary"', "matchers"),
        ('[[models]]\nname = "a"\ntask = "binary"\nmatchers = {}', "has no matchers"),
        ('[[models]]\nname = "a"\ntask = "binary"\nmatchers = {"a-b" = "c"}', "not a label name"),
        ('[[models]]\nname = "a"\ntask = "binary"\nmatchers = {job = "a"}\nurls = 1', "urls"),
        (models_file.to_toml(MODEL) * 2, "has prices twice"),
        (models_file.to_toml(MODEL).replace("${selector}", ""), "it needs"),
        (models_file.to_toml(MODEL).replace("${window}", "${other}"), "no other"),
        (models_file.to_toml(MODEL).replace("${window}", "$ 1m"), "no other"),
    ],
)
def test_an_invalid_file_is_an_error_that_names_the_problem(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "models.toml"
    path.write_text(text)
    with pytest.raises(ModelsFileError, match=said) as error:
        models_file.read(path)
    assert str(path) in str(error.value)


def test_an_error_of_writing_names_the_file() -> None:
    with pytest.raises(ModelsFileError, match="can't be written"):
        models_file.add(Path("/proc/none/models.toml"), MODEL)


def test_a_proposal_is_stored_unchanged(tmp_path: Path) -> None:
    proposal = propose([Family("http_requests_total", "counter", frozenset({"handler", "status"}))])
    queries = to_mapped_queries(proposal.mapped)
    path = tmp_path / "models.toml"
    models_file.add(
        path, ExternalModel(name="a", task="binary", matchers={"job": "a"}, queries=queries)
    )
    (model,) = models_file.read(path)
    kept = [query.as_query().render({"job": "a"}) for query in model.queries]
    assert kept == [item.query.render({"job": "a"}) for item in proposal.mapped]


def test_the_example_in_the_documentation_is_valid(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs/any_service.md").read_text("utf-8")
    path = tmp_path / "models.toml"
    path.write_text(text.partition("```toml\n")[2].partition("```")[0])
    (model,) = models_file.read(path)
    (query,) = model.queries_for("requests")
    assert (
        query.as_query().render(model.matchers) == 'sum(rate(http_requests_total{job="shop"}[1m]))'
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_is_read_back_unchanged(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("models") / "models.toml"
    model = ExternalModel(name=text, task="binary", matchers={"job": text})
    models_file.add(path, model)
    assert models_file.read(path) == (model,)


def changed(model: ExternalModel) -> ExternalModel:
    return msgspec.structs.replace(model, task="binary", matchers={"job": "other"}, queries=())


def test_replacing_and_removing_a_model_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    before = '# ours\n[[models]]\nname = "old"   # kept\ntask = "binary"\nmatchers = {job = "o"}\n'
    path.write_text(before)
    second = msgspec.structs.replace(MODEL, name="second")
    for model in (MODEL, second):
        models_file.add(path, model)
    path.write_text(path.read_text() + "# the end\n")
    models_file.replace(path, changed(MODEL))
    assert models_file.read(path)[1:] == (changed(MODEL), second)
    models_file.remove(path, "prices")
    assert path.read_text() == f"{before}\n{models_file.to_toml(second)}# the end\n"
    models_file.remove(path, "second")
    assert path.read_text() == f"{before}# the end\n"


def test_a_handwritten_model_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    models_file.add(path, MODEL)
    extra = '\n[[models.queries]]\nrole = "drift"\ntitle = "D"\nquery = "max(d{${selector}})"\n'
    for text in (
        path.read_text().replace('task = "regression"', 'task = "regression" # ours'),
        path.read_text() + extra,
    ):
        path.write_text(text)
        assert models_file.is_handwritten(path, "prices")
        with pytest.raises(ModelsFileError, match="by hand"):
            models_file.replace(path, changed(MODEL))
        with pytest.raises(ModelsFileError, match="by hand"):
            models_file.remove(path, "prices")
        assert path.read_text() == text


def test_removing_a_model_that_is_not_in_the_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelsFileError, match="no longer has a model 'prices'"):
        models_file.remove(tmp_path / "models.toml", "prices")


def test_the_models_are_read_again_after_a_change_and_stay_while_the_file_is_invalid(
    tmp_path: Path,
) -> None:
    path = tmp_path / "models.toml"
    served = ExternalModels(path)
    assert served.models() == ()
    models_file.add(path, MODEL)
    assert served.get("prices") == MODEL
    good = path.read_text()
    path.write_text(good + "[[models]\n")
    assert served.models() == (MODEL,)
    assert "not a valid models file" in str(served.error)
    path.write_text(good)
    assert served.error is None
