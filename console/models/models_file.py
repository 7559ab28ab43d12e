"""Reads and edits models.toml: models that other services serve.

The file is always read and checked as a whole. A model is added at its end. Only a model that this
module wrote is replaced or removed; what a person wrote stays as it is.
"""

import contextlib
import json
import os
import re
import threading
import tomllib
from pathlib import Path

import msgspec

from console.errors import ConsoleError
from console.models.external import ExternalModel, template_error
from promql.selectors import LABEL

HEADER = re.compile(r"^\[\[\s*models\s*\]\]", re.MULTILINE)
_write_lock = threading.Lock()


class ModelsFileError(ConsoleError):
    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    models: tuple[ExternalModel, ...] = ()


def read(path: Path) -> tuple[ExternalModel, ...]:
    """Read the models of a file; none if there is no file. Raises ModelsFileError."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelsFileError(path, f"can't be read ({error}).") from error
    return _parse(path, text)


def add(path: Path, model: ExternalModel) -> None:
    """Add a model at the end of the file, in one step. Raises ModelsFileError."""
    with _write_lock:
        if any(other.name == model.name for other in read(path)):
            raise ModelsFileError(
                path, f"it already has a model {model.name!r}. Choose another name, or edit that."
            )
        text = path.read_text("utf-8") if path.exists() else ""
        gap = "" if not text else ("\n" if text.endswith("\n") else "\n\n")
        _write(path, f"{text}{gap}{to_toml(model)}")


def replace(path: Path, model: ExternalModel) -> None:
    """Replace the model of the same name. Raises ModelsFileError."""
    with _write_lock:
        text, start, end = _find_generated_part(path, model.name)
        _write(path, text[:start] + to_toml(model) + text[end:])


def remove(path: Path, name: str) -> None:
    """Remove a model from the file. Raises ModelsFileError."""
    with _write_lock:
        text, start, end = _find_generated_part(path, name)
        _write(path, text[:start].rstrip("\n") + "\n" * bool(start) + text[end:])


def is_handwritten(path: Path, name: str) -> bool:
    """Return whether a person wrote or changed the part of a model; then it is not edited here."""
    try:
        _find_generated_part(path, name)
    except ModelsFileError:
        return True
    return False


def to_toml(model: ExternalModel) -> str:
    """Write a model as TOML."""
    lines = ["[[models]]", f"name = {_quote(model.name)}", f"task = {_quote(model.task)}"]
    if model.url is not None:
        lines.append(f"url = {_quote(model.url)}")
    if model.predict_url is not None:
        lines.append(f"predict_url = {_quote(model.predict_url)}")
    if model.prometheus is not None:
        lines.append(f"prometheus = {_quote(model.prometheus)}")
    matchers = ", ".join(f"{_quote(k)} = {_quote(v)}" for k, v in model.matchers.items())
    lines.append(f"matchers = {{ {matchers} }}")
    for query in model.queries:
        metrics = ", ".join(_quote(name) for name in query.metrics)
        lines += [
            "",
            "[[models.queries]]",
            f"role = {_quote(query.role)}",
            f"title = {_quote(query.title)}",
            f"unit = {_quote(query.unit)}",
            f"metrics = [{metrics}]",
            f"query = {_quote(query.query)}",
        ]
    return "\n".join(lines) + "\n"


def _find_generated_part(path: Path, name: str) -> tuple[str, int, int]:
    """Return the text of the file, and the start and end of the part of a model.

    Raises ModelsFileError if there is no such model, or if a person wrote or changed its part.
    """
    models = {model.name: model for model in read(path)}
    if name not in models:
        raise ModelsFileError(path, f"it no longer has a model {name!r}.")
    text, part = path.read_text("utf-8"), to_toml(models[name])
    for header in HEADER.finditer(text):
        start, end = header.start(), header.start() + len(part)
        if text[start:end] == part and not text[end:].lstrip("\n").startswith("[[models."):
            return text, start, end
    raise ModelsFileError(
        path, f"the model {name!r} was written or changed by hand. Edit it in the file, so that "
        "no manual change is lost."
    )  # fmt: skip


def _write(path: Path, text: str) -> None:
    """Check the text, write it to a temporary file, then move that into place."""
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


def _parse(path: Path, text: str) -> tuple[ExternalModel, ...]:
    try:
        models = msgspec.convert(tomllib.loads(text), _File).models
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ModelsFileError(path, f"is not a valid models file: {error}.") from error
    names = [model.name for model in models]
    duplicates = sorted({name for name in names if names.count(name) > 1})
    if duplicates:
        raise ModelsFileError(path, f"it has {', '.join(duplicates)} twice. Rename one of them.")
    for model in models:
        _check(path, model)
    return models


def _check(path: Path, model: ExternalModel) -> None:
    """Check what the types can't: label names, matchers, the placeholders of the queries."""
    wrong = [name for name in model.matchers if not LABEL.fullmatch(name)]
    if wrong or not model.matchers:
        problem = f"{', '.join(wrong)} is not a label name" if wrong else "it has no matchers"
        raise ModelsFileError(path, f"model {model.name!r}: {problem}. Write for example job = ...")
    for query in model.queries:
        problem_in_query = template_error(query.query)
        if problem_in_query is not None:
            raise ModelsFileError(
                path, f"model {model.name!r}, query {query.title!r}: {problem_in_query}"
            )


def _quote(text: str) -> str:
    """Return a TOML basic string: its escapes are those of JSON, and one for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
