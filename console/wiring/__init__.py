"""Builds the adapters from the settings, once per process."""

import time
from collections.abc import Iterable
from concurrent.futures import Future

import streamlit as st

from console.adapters.alertmanager import Alertmanager
from console.adapters.auth import AuthSettings
from console.adapters.model_service import ModelService
from console.adapters.prometheus import Prometheus
from console.adapters.prometheus_responses import Metric
from console.adapters.query_cache import QueryCache, QueryRequest, QueryResult
from console.adapters.saved_queries import SavedQueries
from console.errors import ModelServiceUnknown
from console.mapping.metric_families import Family
from console.models import discovery
from console.models.cache import ExternalModels
from console.models.discovery import MODELS_QUERY, Model, discover, models_of_source, service_url
from console.models.external import ExternalModel
from console.series import Series, Span
from console.settings import Settings, Source
from promql.query import Query


@st.cache_resource
def settings() -> Settings:
    """Return the settings. Raises the errors of pydantic and tomllib if they are invalid."""
    return Settings()


@st.cache_resource
def _prometheus_clients() -> dict[str, Prometheus]:
    timeout = settings().query_timeout_seconds
    return {
        source.name: Prometheus(source.url, timeout, _auth_settings(source))
        for source in settings().prometheus_sources
    }


def _auth_settings(source: Source) -> AuthSettings:
    headers = {name: value.get_secret_value() for name, value in source.headers.items()}
    token, password = source.bearer_token, source.password
    basic = None
    if source.username is not None:
        basic = (source.username, password.get_secret_value() if password else "")
    return AuthSettings(
        headers,
        token.get_secret_value() if token else None,
        basic,
        source.tenant,
        source.ca_file,
    )


def selected_source() -> str:
    """Return the name of the Prometheus that this session shows; the first one by default."""
    name = st.session_state.get("source")
    clients = _prometheus_clients()
    return name if name in clients else next(iter(clients))


def prometheus() -> Prometheus:
    """Return the client of the Prometheus that this session shows."""
    return prometheus_named(selected_source())


def prometheus_named(name: str) -> Prometheus:
    """Return the client of a source by its name in the settings, or by its address."""
    clients = _prometheus_clients()
    return clients[name] if name in clients else _prometheus_at(name)


@st.cache_resource
def _prometheus_at(url: str) -> Prometheus:
    return Prometheus(url, settings().query_timeout_seconds)


@st.cache_resource
def external_models() -> ExternalModels:
    """Return the models of models.toml."""
    return ExternalModels(settings().models_path)


def source_name_of(model: ExternalModel) -> str:
    """Return the name or the address of the Prometheus that scrapes the model."""
    return discovery.source_name(model, list(_prometheus_clients()))


@st.cache_resource
def alertmanager() -> Alertmanager:
    """Return the client of Alertmanager."""
    return Alertmanager(settings().alertmanager_url, settings().query_timeout_seconds)


@st.cache_resource
def saved_queries() -> SavedQueries:
    """Return the saved queries of all sessions."""
    return SavedQueries(settings().console_dir / "console.db")


def author() -> str:
    """Return who creates silences; the place to add a login."""
    return "console"


def service(model: Model) -> ModelService:
    """Return the client of the model's service. Raises ModelServiceUnknown."""
    return service_at(service_address(model))


def service_address(model: Model) -> str:
    """Return the address of the model's service. Raises ModelServiceUnknown."""
    url = service_url(model, settings().model_service_urls)
    if url is None:
        raise ModelServiceUnknown(model.name)
    return url


@st.cache_resource
def service_at(url: str) -> ModelService:
    """Return the client of the service at this address."""
    return ModelService(url, settings().query_timeout_seconds, api_token())


def api_token() -> str | None:
    """Return the token of the model services, if there is one."""
    token = settings().api_token
    return token.get_secret_value() if token else None


@st.cache_resource
def _query_cache() -> QueryCache:
    def fetch(request: QueryRequest) -> list[Series]:
        client = prometheus_named(request.source)
        if request.span is None:
            return client.instant(request.text, request.at)
        return client.range(request.text, request.span)

    return QueryCache(fetch)


def submit(requests: Iterable[QueryRequest]) -> dict[QueryRequest, "Future[QueryResult]"]:
    """Start the queries in parallel without waiting; all sessions share the results."""
    return _query_cache().submit(requests)


def build_request(
    query: Query | str,
    labels: dict[str, str | tuple[str, ...]],
    span: Span | None = None,
    *,
    window: str | None = None,
    at: float | None = None,
    le: str = "0.25",
    source_name: str | None = None,
) -> QueryRequest:
    """Build the request for a query of the catalogue, or for any PromQL.

    `window` is the range of its rates, by default a step of the span and at least the shortest
    window of the settings. `source_name` is by default the source that this session shows.
    """
    if isinstance(query, str):
        return QueryRequest(query, span, at, source_name or selected_source())
    shortest = settings().shortest_window_seconds
    window = window or f"{max(shortest, span.step if span else 0)}s"
    text = query.render(labels, window, le)
    return QueryRequest(text, span, at, source_name or selected_source())


def models() -> tuple[list[Model], QueryResult]:
    """Return the models of the last hour by name, and the query result that lists them.

    A service that is down now stays in the list: an outage must not make its model vanish.
    """
    source = selected_source()
    result = _query_cache().get(QueryRequest(MODELS_QUERY, source=source))
    external = models_of_source(external_models().models(), source, list(_prometheus_clients()))
    return discover(result.series, settings().model_service_urls, external), result


@st.cache_data(ttl=60, show_spinner=False)
def metrics(source_name: str) -> list[Metric]:
    """Return all metrics of a source."""
    return prometheus_named(source_name).metrics()


@st.cache_data(ttl=60, show_spinner=False)
def metric_names(source_name: str, job: str) -> list[str]:
    """Return the names of the metrics of a job."""
    return prometheus_named(source_name).metric_names(job)


@st.cache_data(ttl=5, show_spinner=False)
def metric_families(source_name: str, job: str) -> list[Family]:
    """Return the metric families of a job."""
    return prometheus_named(source_name).families(job)


def now() -> float:
    """Return the time in epoch seconds."""
    return time.time()
