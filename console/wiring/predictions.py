"""Builds the clients that try models, and keeps the sample pictures of their services."""

import streamlit as st

from console import wiring
from console.adapters.prediction_service import Picture, PredictionService, Sample
from console.adapters.service_http import ServiceHttp
from console.models.discovery import Model

SAMPLES_SECONDS = 600


def service(model: Model) -> PredictionService:
    """Return the client that makes predictions. Raises ModelServiceUnknown."""
    return _service_at(wiring.service_address(model))


@st.cache_resource
def _service_at(url: str) -> PredictionService:
    return PredictionService(
        ServiceHttp(url, wiring.settings().query_timeout_seconds, wiring.api_token())
    )


@st.cache_data(ttl=SAMPLES_SECONDS, show_spinner=False)
def samples(url: str, limit: int) -> list[tuple[Sample, Picture]]:
    """Return at most `limit` sample pictures of a service, of all its classes in turn."""
    client = _service_at(url)
    return [(sample, client.picture(sample)) for sample in _in_turn(client.samples())[:limit]]


def _in_turn(samples: list[Sample]) -> list[Sample]:
    """Sort the samples: the first of each class, then the second of each, and so on."""
    seen: dict[str, int] = {}
    position: dict[str, int] = {}
    for sample in samples:
        position[sample.name] = seen.get(sample.label, 0)
        seen[sample.label] = position[sample.name] + 1
    return sorted(samples, key=lambda sample: position[sample.name])
