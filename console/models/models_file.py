"""models.toml: models that others serve, with the queries that show them.

A file is read whole and checked. A model is added at its end, and one that was added so is replaced
or removed; what a person wrote stays as it is.
"""

import contextlib
import json
import os
import re
import threading
import tomllib
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Literal

import msgspec

from console.errors import ConsoleError
from console.mapping.propose import ProposedQuery, Role
from promql.query import Query
from promql.selectors import LABEL

Task = Literal["regression", "binary", "multiclass"]
HEADER = re.compile(r"^\[\[\s*models\s*\]\]", re.MULTILINE)
_writing = threading.Lock()


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


class ExternalModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A model that another service serves. `matchers` are the labels of its series; `prometheus` is
    a source of the settings by its name, or the address of another one; `url` is the service's, if
    it has our API."""

    name: str
    task: Task
    matchers: dict[str, str]
    url: str | None = None
    prometheus: str | None = None
    queries: tuple[MappedQuery, ...] = ()

    def of(self, role: Role) -> tuple[MappedQuery, ...]:
        return tuple(query for query in self.queries if query.role == role)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    models: tuple[ExternalModel, ...] = ()


def read(path: Path) -> tuple[ExternalModel, ...]:
    """The models of a file; none where there is no file. Raises ModelsFileError."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelsFileError(path, f"can't be read ({error}).") from error
    return _parse(path, text)


def add(path: Path, model: ExternalModel) -> None:
    """Add a model at the end of the file, written whole or not at all. Raises ModelsFileError."""
    with _writing:
        if any(known.name == model.name for known in read(path)):
            raise ModelsFileError(
                path, f"it has a model {model.name!r} already: choose another name, or edit that."
            )
        before = path.read_text("utf-8") if path.exists() else ""
        gap = "" if not before else ("\n" if before.endswith("\n") else "\n\n")
        _write(path, f"{before}{gap}{to_toml(model)}")


def replace(path: Path, model: ExternalModel) -> None:
    """Put a model in the place of the one of its name. Raises ModelsFileError."""
    with _writing:
        text, start, end = _own_part(path, model.name)
        _write(path, text[:start] + to_toml(model) + text[end:])


def remove(path: Path, name: str) -> None:
    """Take a model out of the file. Raises ModelsFileError."""
    with _writing:
        text, start, end = _own_part(path, name)
        _write(path, text[:start].rstrip("\n") + "\n" * bool(start) + text[end:])


def is_handwritten(path: Path, name: str) -> bool:
    """Whether the model's part of the file is other than this module writes it: a person's."""
    try:
        _own_part(path, name)
    except ModelsFileError:
        return True
    return False


def _own_part(path: Path, name: str) -> tuple[str, int, int]:
    """The text of the file, and where the part of a model begins and ends.

    Raises ModelsFileError when there is none, or when it is a person's.
    """
    known = {model.name: model for model in read(path)}
    if name not in known:
        raise ModelsFileError(path, f"it has no model {name!r} any more.")
    text, own = path.read_text("utf-8"), to_toml(known[name])
    for found in HEADER.finditer(text):
        end = found.start() + len(own)
        if text[found.start() : end] == own and not text[end:].lstrip("\n").startswith("[[models."):
            return text, found.start(), end
    raise ModelsFileError(
        path, f"the model {name!r} was written or changed by hand: change it there, so that "
        "nothing of it is lost."
    )  # fmt: skip


def _write(path: Path, text: str) -> None:
    """Check the text, write it beside the file, then move it into place."""
    _parse(path, text)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, "utf-8")
        os.replace(draft, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise ModelsFileError(
            path, f"can't be written ({error.strerror}). Set BELVEDERE_MODELS_FILE to a file in a "
            "folder that the console may write to."
        ) from error  # fmt: skip


def to_toml(model: ExternalModel) -> str:
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


def to_mapped_queries(mapped: Iterable[ProposedQuery]) -> tuple[MappedQuery, ...]:
    """What was proposed (console.mapping.propose.propose), as it stands in the file."""
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


def template_error(text: str) -> str | None:
    """What keeps a template from being one; None when nothing does."""
    try:
        used = set(Template(text).get_identifiers())
        valid = Template(text).is_valid()
    except ValueError:
        used, valid = set(), False
    if valid and "selector" in used and used <= {"selector", "window"}:
        return None
    return (
        "it needs ${selector} where the matchers go, may have ${window} for the range of a rate, "
        "and no other $."
    )


def _parse(path: Path, text: str) -> tuple[ExternalModel, ...]:
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


def _check(path: Path, model: ExternalModel) -> None:
    """What types can't say: labels, placeholders, a selector that selects."""
    wrong = [name for name in model.matchers if not LABEL.fullmatch(name)]
    if wrong or not model.matchers:
        said = f"{', '.join(wrong)} is no label name" if wrong else "it has no matchers"
        raise ModelsFileError(path, f"model {model.name!r}: {said}; write for example job = ...")
    for query in model.queries:
        trouble = template_error(query.query)
        if trouble is not None:
            raise ModelsFileError(path, f"model {model.name!r}, query {query.title!r}: {trouble}")


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
