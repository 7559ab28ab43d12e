"""Builds the clients that try models, and keeps pictures and scored rows of their services."""

import pandas as pd
import streamlit as st

from console import wiring
from console.adapters.prediction_service import Picture, PredictionService, Sample
from console.adapters.service_http import ServiceHttp
from console.models.discovery import Model

SAMPLES_SECONDS = 600
# of one person who looks at a few evaluations
MAX_THUMBNAILS, MAX_EVALUATIONS = 500, 8


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
    """Return at most `limit` sample pictures of a service, of all its classes."""
    client = _service_at(url)
    return [(sample, client.picture(sample)) for sample in _choose(client.samples(), limit)]


@st.cache_data(max_entries=MAX_THUMBNAILS, ttl=SAMPLES_SECONDS, show_spinner=False)
def thumbnail(url: str, prediction_id: str) -> bytes | None:
    """Return the thumbnail of a logged picture; None if the service does not have it."""
    return _service_at(url).thumbnail(prediction_id)


@st.cache_data(max_entries=MAX_EVALUATIONS, ttl=SAMPLES_SECONDS, show_spinner=False)
def scored_rows(url: str, evaluation_id: str) -> pd.DataFrame:
    """Return the scored rows of an evaluation. Raises RequestRejected if they are gone."""
    return wiring.service_at(url).scored_rows(evaluation_id)


def _choose(samples: list[Sample], limit: int) -> list[Sample]:
    """Return about `limit` samples: of each class as many, evenly spread over its samples."""
    by_label: dict[str, list[Sample]] = {}
    for sample in samples:
        by_label.setdefault(sample.label, []).append(sample)
    each = max(1, limit // max(1, len(by_label)))
    spread = [group[:: -(-len(group) // each)] for group in by_label.values()]
    return [sample for group in spread for sample in group][:limit]
