"""The console's own evaluations, opened once a process: for models without /evaluations."""

import streamlit as st

from console import wiring
from console.errors import ConsoleError
from console.evaluations import latest as latest_evaluation
from console.evaluations.dispatcher import Limits
from console.evaluations.latest import LatestEvaluation
from console.evaluations.local import OwnEvaluations
from console.evaluations.local_store import OwnStore
from console.evaluations.protocol import Evaluator
from console.evaluations.result_cache import ResultCache
from console.evaluations.row_sources import Database, Places
from console.evaluations.sample_rows import Looks
from console.models.discovery import Model


@st.cache_resource
def places() -> Places:
    found = wiring.settings()
    databases = {
        name: Database(item.url, item.password_variable) for name, item in found.databases.items()
    }
    return Places(found.console_dir / "uploads", found.data_folders, databases)


@st.cache_resource
def store() -> OwnStore:
    """Opens the database and starts the worker. Raises EvaluationsNotKept."""
    found = wiring.settings()
    limits = Limits(found.evaluation_limit_seconds, found.evaluation_limit_bytes)
    return OwnStore(found.console_dir.resolve(), places(), limits)


@st.cache_resource
def looks() -> Looks:
    return Looks(places(), wiring.settings().query_timeout_seconds)


def evaluates(model: Model) -> bool:
    """Whether the console evaluates this model, for lack of a service that does."""
    return (
        model.external is not None
        and model.external.url is None
        and model.name not in wiring.settings().model_service_urls
    )


def evaluations(model: Model) -> OwnEvaluations:
    return OwnEvaluations(model.name, store())


def evaluator(model: Model) -> Evaluator:
    """Whatever evaluates the model. Raises NoModelService and EvaluationsNotKept."""
    return evaluations(model) if evaluates(model) else wiring.service(model)


def begin() -> None:
    """Go on with what waits, as soon as the console is looked at; errors stand on the pages."""
    try:
        if any(model.url is None for model in wiring.external_models().models()):
            store()
    except ConsoleError:
        return


@st.cache_resource
def result_cache() -> ResultCache:
    return ResultCache()


def latest(models: list[Model]) -> dict[str, LatestEvaluation]:
    """Give the newest result of each model that the console evaluates.

    A model whose results can't be read is left out: its other pages show the error.
    """
    results = {}
    for model in models:
        if not evaluates(model):
            continue
        try:
            service = evaluations(model)
            done = service.page(1, state="succeeded").evaluations
        except ConsoleError:
            continue
        summary = latest_evaluation.latest(result_cache().several(service, done))
        if summary is not None:
            results[model.name] = summary
    return results
