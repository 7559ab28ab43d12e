"""The schemas that OpenAPI shows, built from the model's own fields so that they can't disagree."""

from typing import Any

from fastapi import FastAPI

from model_service.models.base import ANSWERED_AS, SCORES_OF, Field, MonitoredModel

NUMBER: dict[str, Any] = {"type": "number"}
SCORE: dict[str, Any] = {"type": ["number", "null"]}
TEXT: dict[str, Any] = {"type": "string"}
SWITCH: dict[str, Any] = {"type": "boolean", "default": False}
NOTES: dict[str, Any] = {"tags": {"type": "array", "items": TEXT}, "comment": TEXT}
HOURS: dict[str, Any] = {"type": "number", "exclusiveMinimum": 0}
INTERVAL: dict[str, Any] = {
    "type": "object",
    "description": "start <= time < end, ISO dates or times; one of them may be left out",
    "properties": {"start": TEXT, "end": TEXT},
}


def describe(app: FastAPI, model: MonitoredModel) -> None:
    """Put the model's schemas into the application's OpenAPI document."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        components = document.setdefault("components", {}).setdefault("schemas", {})
        components.update(_schemas(model))
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _schemas(model: MonitoredModel) -> dict[str, Any]:
    record = {field.name: field.example for field in model.inputs}
    truth = {model.truth.name: model.truth.example}
    item = model.input_schema_name
    report = {
        "message": TEXT,
        **dict.fromkeys(_score_names(model), SCORE),
        "drift_detected": {"type": "integer", "enum": [0, 1], "description": "Evidently's result"},
        "evaluated_items": {"type": "integer"},
        "evaluation_id": TEXT,
        "verdict": {"type": "string", "enum": ["drift", "no drift", "not enough data"]},
        "training_rows": {"type": "integer"},
        "ignored_fields": {"type": "array", "items": TEXT},
        "warnings": {"type": "array", "items": TEXT},
        "report_html": TEXT,
        "report_json": TEXT,
    }
    rows = {
        "type": "array",
        "items": {
            "allOf": [
                {"$ref": f"#/components/schemas/{item}"},
                _object({model.truth.name: _property(model.truth)}, [model.truth.name]),
            ]
        },
    }
    asked = _current() | {"reference": _reference(model)} | NOTES
    evaluated = {"data": rows, "evaluation_period_name": TEXT}
    windows = [window.name for window in model.windows()]
    known = next((name for name in windows if not name.startswith("january")), "a_period")
    example = {"data": [record | truth], "evaluation_period_name": known}
    answered = dict.fromkeys(model.answer(0.5), NUMBER)
    prediction = _object(
        {**answered, "prediction_id": TEXT, "model_version": TEXT},
        [*answered, "prediction_id", "model_version"],
    )
    return {
        item: _object(
            {field.name: _property(field) for field in model.inputs},
            [field.name for field in model.inputs if not field.optional],
            record,
        ),
        "ModelInput": _input(model, item),
        "PredictionOutput": prediction,
        "BatchInput": _batch(model, item),
        "BatchOutput": _object(
            {"predictions": {"type": "array", "items": prediction}}, ["predictions"]
        ),
        "FeedbackInput": _object(
            {"prediction_id": TEXT, "truth": _property(model.truth)}, ["prediction_id", "truth"]
        ),
        "FeedbackOutput": _object({"prediction_id": TEXT, "status": TEXT}, []),
        "EvaluationInput": _object(evaluated, ["data"], example),
        "EvaluationReportOutput": _object(
            report, ["message", *_score_names(model), "drift_detected", "evaluated_items"]
        ),
        "EvaluationsInput": {
            **_object(
                {**evaluated, **asked, "publish": SWITCH},
                [],
                {"window": known} if windows else example,
            ),
            "description": "Exactly one of data, window, upload, last_hours, last_rows and "
            "interval. CSV and Parquet bodies go by their content type, with the name, publish, "
            "reference (a window or JSON), tag and comment as query parameters.",
        },
        "AnnotationInput": _object(NOTES, [], {"tags": ["release 2"], "comment": "after the fix"}),
        "ScheduleInput": _object(
            {
                "every_minutes": {"type": "number", "minimum": 0.05},
                "evaluation": _object(asked, []),
                "publish": {**SWITCH, "default": True},
            },
            ["every_minutes", "evaluation"],
            {"every_minutes": 60, "evaluation": {"last_hours": 168, "by": "event"}},
        ),
        "TriggerDriftInput": _object(
            {
                "kind": {"type": "string", "enum": list(model.drift_kinds())},
                "expires_seconds": {"type": "number", "minimum": 1, "default": 300},
            },
            [],
        ),
    }


def _score_names(model: MonitoredModel) -> list[str]:
    """As /evaluate answers them."""
    return [ANSWERED_AS.get(name, name) for name in SCORES_OF[model.task]]


def _input(model: MonitoredModel, item: str) -> dict[str, Any]:
    record = {"$ref": f"#/components/schemas/{item}"}
    if model.entities is None:
        return record
    known = _object({model.entities.key: TEXT}, [model.entities.key])
    return {"anyOf": [record, known, _object({"features": record}, ["features"])]}


def _batch(model: MonitoredModel, item: str) -> dict[str, Any]:
    records = {"type": "array", "items": {"$ref": f"#/components/schemas/{item}"}}
    properties: dict[str, Any] = {"data": records}
    if model.entities is not None:
        properties[f"{model.entities.key}s"] = {"type": "array", "items": TEXT}
    return {**_object(properties, []), "description": "Exactly one of them; at most 1,000."}


def _current() -> dict[str, Any]:
    return {
        "window": {**TEXT, "description": "a name from GET /windows"},
        "upload": {**TEXT, "description": "an id from POST /uploads"},
        "last_hours": HOURS,
        "last_rows": {"type": "integer", "minimum": 1},
        "interval": INTERVAL,
        "by": {"type": "string", "enum": ["arrival", "event"], "default": "arrival"},
    }


def _reference(model: MonitoredModel) -> dict[str, Any]:
    return {
        "type": "object",
        "description": "The training data, unless it names other rows",
        "properties": {
            "window": TEXT,
            "upload": TEXT,
            "interval": INTERVAL,
            "hours_before": {**HOURS, "description": "hours of the log before the current ones"},
            "match": {"type": "string", "enum": list(model.alike)},
        },
    }


def _property(field: Field) -> dict[str, Any]:
    kinds = {"float": "number", "int": "integer", "date": "string", "text": "string"}
    made: dict[str, Any] = {
        "type": kinds[field.type],
        "description": field.description,
        "examples": [field.example],
    }
    if field.type == "date":
        made["format"] = "date"
    if field.choices:
        made["enum"] = list(field.choices)
    if field.low is not None:
        made["minimum"] = field.low
    if field.high is not None:
        made["maximum"] = field.high
    return made


def _object(
    properties: dict[str, Any], required: list[str], example: dict[str, Any] | None = None
) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        made["required"] = required
    if example is not None:
        made["examples"] = [example]
    return made
