"""What a service takes, read from OpenAPI documents of our models, of FastAPI and of pictures."""

from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from console.openapi.fields import InputField
from console.openapi.service_api import PictureForm, ServiceApi, read_api
from model_service import models
from model_service.app import create_app
from model_service.settings import Settings
from tests.console.picture_service import DOCUMENT
from tests.services import trained, trained_churn

__all__ = ["trained", "trained_churn"]


def api_of(model: str, data: Path) -> ServiceApi:
    app = create_app(models.load(model, data), Settings(data_dir=data), CollectorRegistry())
    api = read_api(app.openapi())
    assert api is not None
    return api


def fields_of(api: ServiceApi | None, form: int = 0) -> dict[str, InputField]:
    assert api is not None
    return {field.name: field for field in api.endpoints[0].rows[form].fields}


def body(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose /predict takes a JSON body of this schema."""
    content = {"application/json": {"schema": schema}}
    return {
        "openapi": "3.1.0",
        "paths": {"/predict": {"post": {"requestBody": {"content": content}}}},
    }


def test_a_regression_has_fields_with_ranges_and_examples_and_takes_a_truth(trained: Path) -> None:
    api = api_of("bike-sharing", trained)
    assert [item.path for item in api.endpoints] == ["/predict"]
    fields = fields_of(api)
    temperature = fields["temp"]
    assert (temperature.kind, temperature.low, temperature.high) == ("number", -0.5, 1.5)
    assert temperature.example == 0.24
    assert temperature.allowed == "number from -0.5 to 1.5"
    assert fields["hr"].kind == "integer"
    assert fields["holiday"].choices == (0, 1)
    assert (fields["dteday"].kind, fields["dteday"].example) == ("date", "2011-01-01")
    assert api.feedback is not None
    assert not api.feedback.votes
    assert api.feedback.truth is not None
    assert api.feedback.truth.low == 0


def test_a_record_or_an_identifier_are_two_forms_and_a_wrapped_record_is_none(
    trained_churn: Path,
) -> None:
    api = api_of("churn", trained_churn)
    assert [form.title for form in api.endpoints[0].rows] == ["All fields", "user_id"]
    fields = fields_of(api)
    assert fields["net_service"].choices == ("DSL", "Fiber optic", "No")
    assert not fields["user_id"].required
    assert fields_of(api, 1)["user_id"].required


def test_a_picture_is_a_part_of_a_form_or_the_body() -> None:
    api = read_api(DOCUMENT)
    assert api is not None
    assert api.has_samples
    assert api.endpoints[0].picture == PictureForm("file")
    assert api.feedback is not None
    assert api.feedback.votes
    assert api.feedback.label is not None
    assert api.feedback.label.choices == ("cat", "dog", "neither")
    content = {"image/*": {"schema": {"type": "string", "format": "binary"}}}
    raw = read_api(
        {
            "openapi": "3.1.0",
            "paths": {"/v1/classify": {"post": {"requestBody": {"content": content}}}},
        }
    )
    assert raw is not None
    assert raw.endpoints[0].picture == PictureForm(None)
    assert raw.feedback is None


def test_optional_fields_enums_and_exclusive_bounds_of_pydantic_are_read() -> None:
    properties = {
        "rooms": {"type": "integer", "exclusiveMinimum": 0, "default": 3},
        "heating": {"anyOf": [{"$ref": "#/components/schemas/Heating"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "new": {"type": "boolean"},
        "id": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    }
    document = body({"type": "object", "properties": properties, "required": ["rooms", "heating"]})
    document["components"] = {"schemas": {"Heating": {"enum": ["gas", "oil"], "type": "string"}}}
    fields = fields_of(read_api(document))
    assert (fields["rooms"].low, fields["rooms"].example) == (0, 3)
    assert (fields["heating"].choices, fields["heating"].required) == (("gas", "oil"), False)
    assert (fields["tags"].kind, fields["new"].choices) == ("json", (True, False))
    # a browser can't hold the range of a 64-bit number: the service checks it
    assert (fields["id"].low, fields["id"].high) == (None, None)


@pytest.mark.parametrize(
    "document",
    [None, [], "text", {}, {"paths": {}}, {"openapi": "3.1.0"}, {"openapi": "3.1.0", "paths": []}],
    ids=range(7),
)
def test_what_is_not_an_openapi_document_is_not_read(document: Any) -> None:
    assert read_api(document) is None


@pytest.mark.parametrize(
    "schema",
    [
        {}, {"$ref": "#/nowhere"}, {"type": "object", "properties": []}, {"type": "array"},
        {"$ref": "#/paths/~1predict/post/requestBody/content/application~1json/schema"},
    ],
    ids=range(5),
)  # fmt: skip
def test_a_body_without_fields_has_no_form(schema: dict[str, Any]) -> None:
    api = read_api(body(schema))
    assert api is not None
    assert api.endpoints == ()
