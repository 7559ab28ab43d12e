"""Builds the adapters once a process, from the settings."""

import time
from dataclasses import dataclass

import streamlit as st

from console import frames
from console.adapters.alertmanager import Alertmanager
from console.adapters.model_service import ModelService
from console.adapters.prometheus import Metric, Prometheus
from console.errors import NoModelService
from console.promql import catalogue
from console.settings import Settings

FRESH_SECONDS = 4


@dataclass(frozen=True)
class Model:
    """A model that the console found, and where Prometheus scrapes it."""

    name: str
    version: str
    task: str
    job: str
    instance: str

    @property
    def labels(self) -> dict[str, str]:
        return {"job": self.job}


@st.cache_resource
def settings() -> Settings:
    return Settings()


@st.cache_resource
def prometheus() -> Prometheus:
    return Prometheus(settings().prometheus_url, settings().query_timeout_seconds)


@st.cache_resource
def alertmanager() -> Alertmanager:
    return Alertmanager(settings().alertmanager_url, settings().query_timeout_seconds)


def service(model: Model) -> ModelService:
    """The service of a model: where the settings say, else where Prometheus scrapes it."""
    url = settings().model_service_urls.get(model.name)
    if url is None and not model.instance:
        raise NoModelService(model.name)
    return _service(url or f"http://{model.instance}")


@st.cache_resource
def _service(url: str) -> ModelService:
    token = settings().api_token
    return ModelService(
        url, settings().query_timeout_seconds, token.get_secret_value() if token else None
    )


@st.cache_data(ttl=FRESH_SECONDS, show_spinner=False)
def models() -> list[Model]:
    """The models of all services that were scraped in the last hour, by name.

    A service that is down now stays on the list: an outage must not make its model vanish.
    """
    query = f"last_over_time({catalogue.MODELS.render({})}[1h])"
    newest: dict[tuple[str, str], Model] = {}
    for series in prometheus().instant(query):
        labels = series.labels
        model = Model(
            labels.get("model", ""),
            labels.get("version", ""),
            labels.get("task", ""),
            labels.get("job", ""),
            labels.get("instance", ""),
        )
        newest[model.name, model.job] = model
    for name, url in settings().model_service_urls.items():
        if not any(model.name == name for model in newest.values()):
            newest[name, ""] = Model(name, "", "", "", url)
    return sorted(newest.values(), key=lambda model: (model.name, model.job))


@st.cache_data(ttl=FRESH_SECONDS, show_spinner=False)
def instants(queries: tuple[str, ...]) -> list[list[frames.Series]]:
    """Instant queries asked at once; shared by everybody who looks within 4 seconds."""
    return prometheus().instants(queries)


@st.cache_data(ttl=FRESH_SECONDS, show_spinner=False)
def ranges(queries: tuple[str, ...], span: frames.Span) -> list[list[frames.Series]]:
    """Range queries asked at once; the span stands on its step, so that users share answers."""
    return prometheus().ranges(queries, span)


@st.cache_data(ttl=60, show_spinner=False)
def metrics() -> list[Metric]:
    return prometheus().metrics()


def span(seconds: float) -> frames.Span:
    return frames.span(time.time(), seconds)
