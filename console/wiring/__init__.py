"""Builds the adapters once a process, from the settings."""

import time
from collections.abc import Iterable
from concurrent.futures import Future

import streamlit as st

from console.adapters.alertmanager import Alertmanager
from console.adapters.auth import AuthSettings
from console.adapters.model_service import ModelService
from console.adapters.prometheus import Metric, Prometheus
from console.adapters.query_cache import QueryCache, QueryRequest, QueryResult
from console.adapters.saved_queries import SavedQueries
from console.errors import ModelServiceUnknown
from console.mapping.propose import Family
from console.models.cache import ExternalModels
from console.models.discovery import MODELS_QUERY, Model, discover
from console.models.models_file import ExternalModel
from console.series import Series, Span
from console.settings import Settings, Source
from promql.query import Query


@st.cache_resource
def settings() -> Settings:
    return Settings()


@st.cache_resource
def _prometheuses() -> dict[str, Prometheus]:
    found = settings()
    return {
        source.name: Prometheus(source.url, found.query_timeout_seconds, _access(source))
        for source in found.prometheus_sources
    }


def _access(source: Source) -> AuthSettings:
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
    """The Prometheus that this person looks at; the URL names it where there are several."""
    chosen = st.session_state.get("source")
    known = _prometheuses()
    return chosen if chosen in known else next(iter(known))


def prometheus() -> Prometheus:
    return prometheus_named(selected_source())


def prometheus_named(name: str) -> Prometheus:
    """A source by its name; what is no name of the settings is an address."""
    known = _prometheuses()
    return known[name] if name in known else _prometheus_at(name)


@st.cache_resource
def _prometheus_at(url: str) -> Prometheus:
    return Prometheus(url, settings().query_timeout_seconds)


@st.cache_resource
def external_models() -> ExternalModels:
    return ExternalModels(settings().models_path)


def source_name_of(model: ExternalModel) -> str:
    return model.prometheus or next(iter(_prometheuses()))


@st.cache_resource
def alertmanager() -> Alertmanager:
    return Alertmanager(settings().alertmanager_url, settings().query_timeout_seconds)


@st.cache_resource
def saved_queries() -> SavedQueries:
    return SavedQueries(settings().console_dir / "console.db")


def author() -> str:
    """Who acts; the one place where a sign-in will be asked."""
    return "console"


def service(model: Model) -> ModelService:
    """The service of a model: where the settings say, else where Prometheus scrapes it."""
    url = settings().model_service_urls.get(model.name)
    if url is None and model.external is not None:
        url = model.external.url
    if url is None and not model.instance:
        raise ModelServiceUnknown(model.name)
    return service_at(url or f"http://{model.instance}")


@st.cache_resource
def service_at(url: str) -> ModelService:
    token = settings().api_token
    return ModelService(
        url, settings().query_timeout_seconds, token.get_secret_value() if token else None
    )


@st.cache_resource
def _answers() -> QueryCache:
    def fetch(question: QueryRequest) -> list[Series]:
        asked = prometheus_named(question.source)
        if question.span is None:
            return asked.instant(question.text, question.at)
        return asked.range(question.text, question.span)

    return QueryCache(fetch)


def submit(requests: Iterable[QueryRequest]) -> dict[QueryRequest, "Future[QueryResult]"]:
    """All at once, without waiting; shared by everybody who looks."""
    return _answers().submit(requests)


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
    """A query of the catalogue, or any PromQL, over a span or at a moment; `of` names the source,
    by default the one that is looked at."""
    if isinstance(query, str):
        return QueryRequest(query, span, at, source_name or selected_source())
    shortest = settings().shortest_window_seconds
    window = window or f"{max(shortest, span.step if span else 0)}s"
    return QueryRequest(
        query.render(labels, window, le), span, at, source_name or selected_source()
    )


def models() -> tuple[list[Model], QueryResult]:
    """The models of all services that were scraped in the last hour, by name.

    A service that is down now stays on the list: an outage must not make its model vanish.
    """
    answer = _answers().get(QueryRequest(MODELS_QUERY, source=selected_source()))
    known, looked_at = _prometheuses(), selected_source()
    added = [
        item
        for item in external_models().models()
        if source_name_of(item) == looked_at or source_name_of(item) not in known
    ]
    return discover(answer.series, settings().model_service_urls, added), answer


@st.cache_data(ttl=60, show_spinner=False)
def metrics(source_name: str) -> list[Metric]:
    return _prometheuses()[source_name].metrics()


@st.cache_data(ttl=60, show_spinner=False)
def metric_names(source_name: str, job: str) -> list[str]:
    return _prometheuses()[source_name].metric_names(job)


@st.cache_data(ttl=5, show_spinner=False)
def metric_families_of(source_name: str, job: str) -> list[Family]:
    return prometheus_named(source_name).families(job)


def now() -> float:
    return time.time()
