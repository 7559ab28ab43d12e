"""models.toml: models that others serve, with the queries that show them.

A file is read whole and checked; a model is added at its end, so that what a person wrote stays.
"""

import json
import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Literal

import msgspec

from console.errors import ConsoleError
from console.promql.catalogue import Query
from console.promql.mapping import Mapped, Role
from console.promql.selectors import LABEL

Task = Literal["regression", "binary", "multiclass"]


class ModelsFileError(ConsoleError):
    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: {what}")


class MappedQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A query for one role; its template has ${selector}, and ${window} where it takes a rate."""

    role: Role
    title: str
    query: str
    unit: str = ""
    metrics: tuple[str, ...] = ()

    def as_query(self) -> Query:
        return Query(self.title, self.unit, f"From {', '.join(self.metrics)}.", self.query)


class ServedModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A model that another service serves. `matchers` are the labels of its series; `prometheus` is
    the address of another Prometheus than the console's; `url` that of the service, if it has one
    of our API."""

    name: str
    task: Task
    matchers: dict[str, str]
    url: str | None = None
    prometheus: str | None = None
    queries: tuple[MappedQuery, ...] = ()

    def of(self, role: Role) -> tuple[MappedQuery, ...]:
        return tuple(query for query in self.queries if query.role == role)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    models: tuple[ServedModel, ...] = ()


def read(path: Path) -> tuple[ServedModel, ...]:
    """The models of a file; none where there is no file. Raises ModelsFileError."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelsFileError(path, f"can't be read ({error}).") from error
    return _parse(path, text)


def add(path: Path, model: ServedModel) -> None:
    """Add a model at the end of the file, written whole or not at all. Raises ModelsFileError."""
    if any(known.name == model.name for known in read(path)):
        raise ModelsFileError(
            path, f"it has a model {model.name!r} already: choose another name, or edit it there."
        )
    before = path.read_text("utf-8") if path.exists() else ""
    gap = "" if not before else ("\n" if before.endswith("\n") else "\n\n")
    text = f"{before}{gap}{text_of(model)}"
    _parse(path, text)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, "utf-8")
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ModelsFileError(path, f"can't be written ({error.strerror}).") from error


def text_of(model: ServedModel) -> str:
    """A model as it stands in the file."""
    lines = ["[[models]]", f"name = {_quoted(model.name)}", f"task = {_quoted(model.task)}"]
    if model.url is not None:
        lines.append(f"url = {_quoted(model.url)}")
    if model.prometheus is not None:
        lines.append(f"prometheus = {_quoted(model.prometheus)}")
    matchers = ", ".join(f"{_quoted(k)} = {_quoted(v)}" for k, v in model.matchers.items())
    lines.append(f"matchers = {{ {matchers} }}")
    for query in model.queries:
        metrics = ", ".join(_quoted(name) for name in query.metrics)
        lines += [
            "",
            "[[models.queries]]",
            f"role = {_quoted(query.role)}",
            f"title = {_quoted(query.title)}",
            f"unit = {_quoted(query.unit)}",
            f"metrics = [{metrics}]",
            f"query = {_quoted(query.query)}",
        ]
    return "\n".join(lines) + "\n"


def from_mapped(mapped: Iterable[Mapped]) -> tuple[MappedQuery, ...]:
    """What was proposed (console.promql.mapping.propose), as it stands in the file."""
    return tuple(
        MappedQuery(
            role=item.role,
            title=item.query.title,
            query=item.query.template,
            unit=item.query.unit,
            metrics=item.metrics,
        )
        for item in mapped
    )


def _parse(path: Path, text: str) -> tuple[ServedModel, ...]:
    try:
        models = msgspec.convert(tomllib.loads(text), _File).models
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ModelsFileError(path, f"is no file of models: {error}.") from error
    names = [model.name for model in models]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ModelsFileError(path, f"{', '.join(twice)} stand there twice: rename one.")
    for model in models:
        _check(path, model)
    return models


def _check(path: Path, model: ServedModel) -> None:
    """What types can't say: labels, placeholders, a selector that selects."""
    wrong = [name for name in model.matchers if not LABEL.fullmatch(name)]
    if wrong or not model.matchers:
        said = f"{', '.join(wrong)} is no label name" if wrong else "it has no matchers"
        raise ModelsFileError(path, f"model {model.name!r}: {said}; write for example job = ...")
    for query in model.queries:
        try:
            used = set(Template(query.query).get_identifiers())
            valid = Template(query.query).is_valid()
        except ValueError:
            used, valid = set(), False
        if not valid or "selector" not in used or not used <= {"selector", "window"}:
            raise ModelsFileError(
                path,
                f"model {model.name!r}, query {query.title!r}: it needs ${{selector}} where the "
                "matchers go, may have ${window} for the range of a rate, and no other $.",
            )


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
