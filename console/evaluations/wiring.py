"""The console's own evaluations, opened once a process: for models without /evaluations."""

import streamlit as st

from console import wiring
from console.components.evaluation import SCORES
from console.errors import ConsoleError
from console.evaluations import result_cache
from console.evaluations.dispatcher import Limits
from console.evaluations.local import OwnEvaluations
from console.evaluations.local_store import OwnStore
from console.evaluations.protocol import Evaluator
from console.evaluations.row_sources import Database, Places
from console.evaluations.sample_rows import Looks
from console.views.overview.fleet_rows import Evaluated


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


def evaluates(model: wiring.Model) -> bool:
    """Whether the console evaluates this model, for lack of a service that does."""
    return (
        model.served is not None
        and model.served.url is None
        and model.name not in wiring.settings().model_service_urls
    )


def evaluations(model: wiring.Model) -> OwnEvaluations:
    return OwnEvaluations(model.name, store())


def evaluator(model: wiring.Model) -> Evaluator:
    """Whatever evaluates the model. Raises NoModelService and EvaluationsNotKept."""
    return evaluations(model) if evaluates(model) else wiring.service(model)


def begin() -> None:
    """Go on with what waits, as soon as the console is looked at; errors stand on the pages."""
    try:
        if any(model.url is None for model in wiring.served().models()):
            store()
    except ConsoleError:
        return


def latest(models: list[wiring.Model]) -> dict[str, Evaluated]:
    """The newest result of each model that the console evaluates; none where that can't be read:
    the other pages say so."""
    found = {}
    for model in models:
        if not evaluates(model):
            continue
        try:
            service = evaluations(model)
            done = service.page(1, state="succeeded").evaluations
        except ConsoleError:
            continue
        for status, result in result_cache.shared().several(service, done):
            quality = result.quality
            scores = (
                (label, getattr(quality, name)) for label, name, _ in SCORES if quality is not None
            )
            first = next(((label, value) for label, value in scores if value is not None), None)
            found[model.name] = Evaluated(
                status.created_at, result.rows.current, result.verdict, first
            )
    return found
