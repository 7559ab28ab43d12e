"""Builds the clients that try models, and keeps pictures and scored rows of their services."""

import pandas as pd
import streamlit as st

from console import wiring
from console.adapters.prediction_service import Picture, PredictionService, Sample
from console.adapters.service_http import ServiceHttp
from console.errors import ModelServiceUnknown
from console.models.discovery import Model
from promql import scrape_targets

SAMPLES_SECONDS = 600
# of one person who looks at a few evaluations
MAX_THUMBNAILS, MAX_EVALUATIONS, MAX_SERVICES = 500, 8, 20


def service(model: Model) -> PredictionService:
    """Return the client that makes predictions.

    A model of models.toml without a `url` is tried at its `predict_url`, else where Prometheus
    scrapes it, and without the token of the model services. Raises ModelServiceUnknown, and the
    error of Prometheus.
    """
    try:
        return _service_at(wiring.service_address(model))
    except ModelServiceUnknown:
        if model.external is None:
            raise
        return _service_at(model.external.predict_url or _scraped_url(model), with_token=False)


@st.cache_resource
def _service_at(url: str, with_token: bool = True) -> PredictionService:
    token = wiring.api_token() if with_token else None
    return PredictionService(ServiceHttp(url, wiring.settings().query_timeout_seconds, token))


def _scraped_url(model: Model) -> str:
    """Return the address of a target of the model's job that is up, else of any target."""
    assert model.external is not None
    job = model.external.matchers.get("job")
    if job is None:
        raise ModelServiceUnknown(model.name)
    source = wiring.source_name_of(model.external)
    request = wiring.build_request(scrape_targets.UP, {"job": job}, source_name=source)
    result = wiring.submit([request])[request].result()
    targets = sorted(result.series, key=lambda series: -series.last)
    instances = [series.labels["instance"] for series in targets if "instance" in series.labels]
    if not instances:
        raise result.error or ModelServiceUnknown(model.name)
    return f"http://{instances[0]}"


def samples(client: PredictionService, limit: int) -> list[tuple[Sample, Picture]]:
    """Return at most `limit` sample pictures of a service, of all its classes."""
    return _samples(client.url, limit, client)


@st.cache_data(ttl=SAMPLES_SECONDS, max_entries=MAX_SERVICES, show_spinner=False)
def _samples(url: str, limit: int, _client: PredictionService) -> list[tuple[Sample, Picture]]:
    # Streamlit's cache does not hash _client: the address stands for it
    del url
    return [(sample, _client.picture(sample)) for sample in _choose(_client.samples(), limit)]


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
