"""Reads the thresholds of all model services in the background."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

import streamlit as st

from console import wiring
from console.adapters.model_service import ModelService
from console.errors import ConsoleError, ModelServiceUnknown
from console.models.discovery import Model

MAX_WAIT_SECONDS = 0.3
Thresholds = Mapping[str, float | None]


@st.cache_resource
def _get_pool() -> tuple[ThreadPoolExecutor, dict[str, "Future[Thresholds | None]"]]:
    return ThreadPoolExecutor(8, thread_name_prefix="thresholds"), {}


def collect(models: list[Model]) -> dict[str, Thresholds]:
    """Return the thresholds of the services that have answered, after a short wait."""
    pool, futures = _get_pool()
    for model in models:
        future = futures.get(model.name)
        if future is None or (future.done() and future.result() is None):
            try:
                futures[model.name] = pool.submit(_read, wiring.service(model))
            except ModelServiceUnknown:
                continue
    pending = [futures[model.name] for model in models if model.name in futures]
    wait(pending, MAX_WAIT_SECONDS)
    results = {name: future.result() for name, future in futures.items() if future.done()}
    return {name: value for name, value in results.items() if value is not None}


def _read(service: ModelService) -> Thresholds | None:
    """Return the thresholds of a service, or None if it does not answer, for a retry."""
    try:
        thresholds: Thresholds = service.describe().get("thresholds") or {}
    except ConsoleError:
        return None
    return thresholds
