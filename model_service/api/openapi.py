"""The schemas that OpenAPI shows, built by msgspec from the Structs that check the requests."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import FastAPI
from msgspec import UNSET, Meta, UnsetType

from model_service.api.evaluate import TriggerDriftInput
from model_service.api.evaluations import AnnotationInput
from model_service.api.feedback import FeedbackInput, FeedbackOutput
from model_service.api.images import image_types
from model_service.api.schedules import ScheduleInput
from model_service.evaluations.request import Interval, Reference
from model_service.evaluations.schedules import MIN_MINUTES
from model_service.models.base import ANSWERED_AS, SCORES_OF, MonitoredModel
from model_service.models.image import ImageModel
from model_service.predictions.field_rule import FieldRule, row_type

REFERENCE = "#/components/schemas/{name}"
LIVE_EXAMPLE = {"last_hours": 168, "by": "event"}
Hours = Annotated[float, Meta(gt=0)]
EvidentlyDrift = Annotated[
    Literal[0, 1], Meta(description="Evidently's result", extra_json_schema={"type": "integer"})
]
# the fields of a report that every model has, after those of its clients
DETAILS: dict[str, Any] = {
    "evaluation_id": str,
    "verdict": Annotated[
        Literal["drift", "no drift", "not enough data"], Meta(extra_json_schema={"type": "string"})
    ],
    "training_rows": int,
    "ignored_fields": list[str],
    "warnings": list[str],
    "report_html": str,
    "report_json": str,
}
Component = dict[str, Any]


def describe(app: FastAPI, model: MonitoredModel) -> None:
    """Add the model's schemas to the OpenAPI document of the application."""
    without_schemas = app.openapi

    def openapi() -> dict[str, Any]:
        document = without_schemas()
        components = document.setdefault("components", {}).setdefault("schemas", {})
        components.update(_schemas(model))
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _schemas(model: MonitoredModel) -> dict[str, Component]:
    rules, truth = [FieldRule(field) for field in model.inputs], FieldRule(model.truth)
    record = row_type(model.input_schema_name, rules)
    evaluated = row_type(f"Evaluated{model.input_schema_name}", [*rules, truth])
    structs = [
        record,
        *(
            image_types(model)
            if isinstance(model, ImageModel)
            else _prediction_types(model, record)
        ),
        FeedbackOutput,
        *_evaluation_types(model, evaluated),
        TriggerDriftInput,
        AnnotationInput,
    ]
    _, components = msgspec.json.schema_components(structs, ref_template=REFERENCE)
    truth_schema = msgspec.json.schema(truth.type)
    if isinstance(model, ImageModel):
        label = {"anyOf": [truth_schema, {"type": "null"}], "default": None}
        components["ImageFeedbackInput"]["properties"]["label"] = label
    else:
        components["ModelInput"] = _model_input(model)
        components["FeedbackInput"]["properties"]["truth"] = truth_schema
    # what the Structs leave to checks with their own messages
    kinds = {"type": "string", "enum": list(model.drift_kinds())}
    components["TriggerDriftInput"]["properties"]["kind"] = kinds
    reference = components["Reference"]["properties"]
    reference["match"]["enum"] = [*model.alike, None]
    reference["hours_before"]["exclusiveMinimum"] = 0
    components["ScheduleInput"]["properties"]["every_minutes"]["minimum"] = MIN_MINUTES
    for name, example in _examples(model).items():
        components[name]["examples"] = [example]
    return components


def _prediction_types(model: MonitoredModel, record: Any) -> list[Any]:
    """Return the Structs of a prediction, of a batch of records and predictions, of feedback."""
    if isinstance(model, ImageModel):
        return image_types(model)
    scores: list[Any] = [(name, float) for name in model.answer(0.5)]
    prediction: Any = msgspec.defstruct(
        "PredictionOutput", [*scores, ("prediction_id", str), ("model_version", str)]
    )
    rows: dict[str, Any] = {"data": list[record]}
    if model.entities is not None:
        rows[f"{model.entities.key}s"] = list[str]
    text = "Exactly one of the properties; at most 1,000 records."
    return [
        prediction,
        msgspec.defstruct("BatchInput", _optional(rows), namespace={"__doc__": text}),
        msgspec.defstruct("BatchOutput", [("predictions", list[prediction])]),
        FeedbackInput,
    ]


def _evaluation_types(model: MonitoredModel, record: Any) -> list[Any]:
    """Return the Structs of the bodies that ask for an evaluation, and of the one that reports."""
    rows: Any = list[record]
    notes: dict[str, Any] = {"tags": list[str], "comment": str}
    name: dict[str, Any] = {"evaluation_period_name": str}
    live: dict[str, Any] = {
        "window": Annotated[str, Meta(description="a name from GET /windows")],
        "upload": Annotated[str, Meta(description="an id from POST /uploads")],
        "last_hours": Hours,
        "last_rows": Annotated[int, Meta(ge=1)],
        "interval": Interval,
        "by": Annotated[
            Literal["arrival", "event"],
            Meta(extra_json_schema={"type": "string", "default": "arrival"}),
        ],
        "reference": Reference,
    }
    publish = {"publish": Annotated[bool, Meta(extra_json_schema={"default": False})]}
    text = (
        "Exactly one of data, window, upload, last_hours, last_rows and interval. Files (CSV, "
        "Parquet, for image models a zip of pictures in folders by class) go by their content "
        "type, or as `file` of a form, with the name, publish, reference (a window or JSON), tag "
        "and comment as query parameters."
    )
    scheduled = msgspec.defstruct("ScheduledEvaluation", _optional(live | notes))
    scores = [(ANSWERED_AS.get(score, score), float | None) for score in SCORES_OF[model.task]]
    return [
        msgspec.defstruct("EvaluationInput", [("data", rows), *_optional(name)]),
        msgspec.defstruct(
            "EvaluationsInput",
            _optional({"data": rows} | name | live | notes | publish),
            namespace={"__doc__": text},
        ),
        msgspec.defstruct(
            "ScheduleInput", [("evaluation", scheduled)], bases=(ScheduleInput,), kw_only=True
        ),
        msgspec.defstruct(
            "EvaluationReportOutput",
            [
                ("message", str),
                *scores,
                ("drift_detected", EvidentlyDrift),
                ("evaluated_items", int),
                *_optional(DETAILS),
            ],
        ),
    ]


def _optional(fields: dict[str, Any]) -> list[Any]:
    return [(name, field_type | UnsetType, UNSET) for name, field_type in fields.items()]


def _model_input(model: MonitoredModel) -> Component:
    """Return the body of /predict: a record, or the identifier of a known entity."""
    record = {"$ref": REFERENCE.format(name=model.input_schema_name)}
    if model.entities is None:
        return record
    key = model.entities.key
    identifier = {"type": "object", "properties": {key: {"type": "string"}}, "required": [key]}
    features = {"type": "object", "properties": {"features": record}, "required": ["features"]}
    return {"anyOf": [record, identifier, features]}


def _examples(model: MonitoredModel) -> dict[str, Any]:
    record = {field.name: field.example for field in model.inputs}
    windows = [window.name for window in model.windows()]
    window = next((name for name in windows if not name.startswith("january")), "a_period")
    rows = {
        "data": [record | {model.truth.name: model.truth.example}],
        "evaluation_period_name": window,
    }
    return {
        model.input_schema_name: record,
        "EvaluationInput": rows,
        "EvaluationsInput": {"window": window} if windows else rows,
        "AnnotationInput": {"tags": ["release 2"], "comment": "after the fix"},
        "ScheduleInput": {"every_minutes": 60, "evaluation": LIVE_EXAMPLE},
    }
