"""The predictions and the feedback of a service, from its OpenAPI document. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from console.openapi.fields import InputField, read_fields
from console.openapi.schemas import Schema, Schemas

PREDICT, FEEDBACK, SAMPLES = "/predict", "/feedback", "/samples"
# the last words of the routes that make one prediction
PREDICTING = re.compile(r"(predict|prediction|predictions|infer|score|classify|invocations)$")
JSON, FORM = "application/json", "multipart/form-data"
# a form of more fields is not named by them
MAX_NAMED = 3
POSITIVE, NEGATIVE = "positive", "negative"


@dataclass(frozen=True)
class RowForm:
    """One way to write a record: a JSON object of these fields."""

    title: str
    fields: tuple[InputField, ...]


@dataclass(frozen=True)
class PictureForm:
    """A picture as a part of a multipart form; without a `part`, it is the body."""

    part: str | None


@dataclass(frozen=True)
class Endpoint:
    """A route that makes a prediction, and the forms that its body can have."""

    path: str
    summary: str
    rows: tuple[RowForm, ...] = ()
    picture: PictureForm | None = None


@dataclass(frozen=True)
class FeedbackApi:
    """What POST /feedback takes beside the id of the prediction: a vote, or the ground truth."""

    votes: bool
    label: InputField | None
    comment: bool
    truth: InputField | None


@dataclass(frozen=True)
class ServiceApi:
    """What a service offers to a person who tries its model."""

    endpoints: tuple[Endpoint, ...]
    feedback: FeedbackApi | None
    has_samples: bool


def read_api(document: Any) -> ServiceApi | None:
    """Return the predictions and the feedback of an OpenAPI document; None if it is not one."""
    paths = document.get("paths") if isinstance(document, Mapping) else None
    if not isinstance(paths, Mapping) or not (document.get("openapi") or document.get("swagger")):
        return None
    schemas = Schemas(document)
    return ServiceApi(
        tuple(sorted(_endpoints(schemas, paths), key=lambda item: item.path != PREDICT)),
        _feedback(schemas, paths),
        SAMPLES in paths,
    )


def _endpoints(schemas: Schemas, paths: Schema) -> Iterator[Endpoint]:
    for path, operations in paths.items():
        if "{" in path or not PREDICTING.search(path.rstrip("/").lower()):
            continue
        content = _content(schemas, operations)
        rows = tuple(_row_forms(schemas, content.get(JSON)))
        picture = _picture_form(schemas, content)
        if rows or picture is not None:
            yield Endpoint(path, str(operations["post"].get("summary") or ""), rows, picture)


def _content(schemas: Schemas, operations: Any) -> Schema:
    """Return the media types of the body of a POST."""
    operation = operations.get("post") if isinstance(operations, Mapping) else None
    body = schemas.resolve(operation.get("requestBody")) if isinstance(operation, Mapping) else {}
    content = body.get("content")
    return content if isinstance(content, Mapping) else {}


def _row_forms(schemas: Schemas, media: Any) -> Iterator[RowForm]:
    """Yield the ways to write one record; one that only wraps another is left out."""
    body = schemas.resolve(media.get("schema")) if isinstance(media, Mapping) else {}
    records = [schemas.resolve(item) for item in schemas.alternatives(body)] or [body]
    forms = [fields for record in records if (fields := read_fields(schemas, record))]
    simple = [fields for fields in forms if any(field.kind != "json" for field in fields)]
    for fields in simple or forms:
        names = ", ".join(field.name for field in fields[:MAX_NAMED])
        yield RowForm("All fields" if len(fields) > MAX_NAMED else names, fields)


def _picture_form(schemas: Schemas, content: Schema) -> PictureForm | None:
    media = content.get(FORM)
    form = schemas.resolve(media.get("schema")) if isinstance(media, Mapping) else {}
    properties = form.get("properties")
    for name, schema in (properties if isinstance(properties, Mapping) else {}).items():
        part = schemas.resolve(schema)
        if part.get("format") == "binary" or "contentMediaType" in part:
            return PictureForm(str(name))
    if any(name.startswith("image/") for name in content):
        return PictureForm(None)
    return None


def _feedback(schemas: Schemas, paths: Schema) -> FeedbackApi | None:
    media = _content(schemas, paths.get(FEEDBACK)).get(JSON)
    body = schemas.resolve(media.get("schema")) if isinstance(media, Mapping) else {}
    fields = {field.name: field for field in read_fields(schemas, body)}
    if "prediction_id" not in fields:
        return None
    vote, label = fields.get("feedback"), fields.get("label")
    votes = vote is not None and {POSITIVE, NEGATIVE} <= set(vote.choices)
    truth = fields.get("truth")
    if not votes and truth is None:
        return None
    has_labels = label is not None and bool(label.choices)
    return FeedbackApi(votes, label if has_labels else None, "comment" in fields, truth)
