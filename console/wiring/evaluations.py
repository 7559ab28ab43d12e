"""Opens the console's own evaluations once a process: for models without /evaluations."""

import streamlit as st

from console import wiring
from console.errors import ConsoleError
from console.evaluations import latest as latest_evaluation
from console.evaluations.latest import LatestEvaluation
from console.evaluations.local import LocalEvaluations
from console.evaluations.local_store import LocalStore
from console.evaluations.protocol import Evaluator
from console.evaluations.result_cache import ResultCache
from console.evaluations.row_sources import Database, RowSources
from console.evaluations.sample_rows import SampleReader
from console.models.discovery import Model
from evaluation.jobs.process_pool import Limits


@st.cache_resource
def row_sources() -> RowSources:
    settings = wiring.settings()
    databases = {
        name: Database(item.url, item.password_variable)
        for name, item in settings.databases.items()
    }
    return RowSources(settings.console_dir / "uploads", settings.data_folders, databases)


@st.cache_resource
def store() -> LocalStore:
    """Open the database and start the worker. Raises EvaluationStoreUnavailable."""
    settings = wiring.settings()
    limits = Limits(settings.evaluation_limit_seconds, settings.evaluation_limit_bytes)
    return LocalStore(settings.console_dir.resolve(), row_sources(), limits)


@st.cache_resource
def samples() -> SampleReader:
    return SampleReader(row_sources(), wiring.settings().query_timeout_seconds)


def evaluates(model: Model) -> bool:
    """Return whether the console evaluates this model, because no service does."""
    return (
        model.external is not None
        and model.external.url is None
        and model.name not in wiring.settings().model_service_urls
    )


def evaluations(model: Model) -> LocalEvaluations:
    return LocalEvaluations(model.name, store())


def evaluator(model: Model) -> Evaluator:
    """Return what evaluates the model. Raises NoModelService, EvaluationStoreUnavailable."""
    return evaluations(model) if evaluates(model) else wiring.service(model)


def begin() -> None:
    """Continue with queued evaluations when the console is opened; pages show the errors."""
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
