"""Try it: send one record or one picture to a model, read its answer, and say if it was right."""

import streamlit as st

from console.adapters.prediction_service import PredictionService
from console.components.page_header import show_model_header
from console.components.refresh import retry_until_available
from console.components.source_state import (
    FetchedValue,
    fetch_with_fallback,
    show_fetch_error,
)
from console.errors import ConsoleError, InputUnknown, ModelServiceUnknown
from console.models.discovery import Model
from console.openapi.service_api import Endpoint, ServiceApi
from console.views.try_it import answer_panel, attempts, feedback_panel, picture_form, row_form
from console.wiring import predictions

LOGGED = (
    "Each prediction is a real one: the service logs it, and Traffic, Quality and Drift count it."
)
NO_ENDPOINT = (
    "**No prediction endpoint.** The OpenAPI document of {url} has no POST route such as /predict "
    "whose body is a JSON object or a picture."
)
NO_OPENAPI = (
    "**Input unknown.** {reason} This page builds its form from the OpenAPI document of the "
    "service. FastAPI serves one at /openapi.json."
)
NO_ADDRESS = (
    "**No service address.** Prometheus scrapes no target of {model}. Add `predict_url` to its "
    "entry in models.toml."
)


def render() -> None:
    _, model = show_model_header("Try it", timed=False)
    if model is None:
        return
    try:
        service = predictions.service(model)
    except ModelServiceUnknown:
        st.info(NO_ADDRESS.format(model=model.name))
        return
    except ConsoleError as error:
        show_fetch_error(FetchedValue(None, 0.0, error))
        retry_until_available(lambda: predictions.service(model))
        return
    fetched = fetch_with_fallback(f"api:{service.url}", service.api)
    if isinstance(fetched.error, InputUnknown):
        st.info(NO_OPENAPI.format(reason=fetched.error))
        return
    show_fetch_error(fetched)
    if fetched.error is not None:
        retry_until_available(service.api)
    if fetched.value is not None:
        _show_api(service, fetched.value, model)


def _show_api(service: PredictionService, api: ServiceApi, model: Model) -> None:
    if not api.endpoints:
        st.info(NO_ENDPOINT.format(url=service.url))
        return
    endpoint = _choose_endpoint(api.endpoints, model)
    slot = f"try:{model.name}:{endpoint.path}"
    left, right = st.columns([3, 2], gap="large")
    with left:
        if endpoint.picture is not None:
            call = picture_form.show(service, endpoint, api, slot)
        else:
            call = row_form.show(service, endpoint, slot)
        st.caption(LOGGED)
    with right:
        if call is not None:
            attempts.send(slot, call, service)
        attempt = attempts.last(slot)
        if attempt is None:
            st.info("**No answer yet.** Send a record or a picture to see what the model predicts.")
            return
        answer_panel.show(attempt, slot)
        if attempt.prediction is not None:
            feedback_panel.show(service, api.feedback, attempt.prediction, slot)


def _choose_endpoint(endpoints: tuple[Endpoint, ...], model: Model) -> Endpoint:
    if len(endpoints) == 1:
        return endpoints[0]
    return st.selectbox(
        "Endpoint", endpoints, key=f"endpoint:{model.name}", width=400,
        format_func=lambda item: f"POST {item.path} {item.summary}".strip(),
    )  # fmt: skip


render()
