"""Metrics, prediction log and model_info for an existing FastAPI application. Add three lines:

from model_service.embed import Monitoring
monitoring = Monitoring(app, model="prices", version="3", task="regression")
@monitoring.prediction    # between @app.post(...) and the function
"""

import functools
import inspect
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evaluation.terms import Task
from model_service.embed.signature import arguments_of, fields_of_function, number_in
from model_service.errors import ServiceError, StartError
from model_service.metrics.http_middleware import RequestMetrics
from model_service.metrics.serving import ServingMetrics
from model_service.models.base import SCORE_BUCKETS, Field
from model_service.predictions.log import PredictionLog
from model_service.predictions.tables import engine_for
from model_service.settings import Settings

HEADER = "x-prediction-id"
_current_prediction: ContextVar[dict[str, str] | None] = ContextVar("prediction", default=None)


@dataclass
class EmbeddedModel:
    """What the log and the metrics read of a model that the application serves itself."""

    name: str
    version: str
    task: Task
    prediction_buckets: tuple[float, ...]
    inputs: tuple[Field, ...] = ()
    request_duration_names: tuple[str, ...] = ()
    candidate_version: str | None = None

    def event_time(self, row: Mapping[str, Any]) -> float | None:  # noqa: ARG002
        return None


class Monitoring:
    """Adds monitoring to an application before it starts.

    Pass `registry` and `metrics_path=None` if the application already exposes metrics. Raises
    StartError if its routes conflict with `metrics_path`.
    """

    def __init__(
        self,
        app: FastAPI,
        *,
        model: str,
        version: str,
        task: Task,
        buckets: tuple[float, ...] = SCORE_BUCKETS,
        registry: CollectorRegistry | None = None,
        metrics_path: str | None = "/metrics",
        settings: Settings | None = None,
    ) -> None:
        self._model = EmbeddedModel(model, version, task, buckets)
        self._settings = settings or Settings()
        self._registry = registry or CollectorRegistry()
        self._metrics = ServingMetrics(self._registry, self._model)
        self._log: PredictionLog | None = None
        app.add_middleware(RequestMetrics, metrics=self._metrics)
        app.add_middleware(_PredictionId)
        if metrics_path is not None:
            if any(getattr(route, "path", None) == metrics_path for route in app.routes):
                raise StartError(
                    f"The application already has a route {metrics_path}. Pass its registry "
                    "(registry=prometheus_client.REGISTRY is usual) and metrics_path=None."
                )
            app.add_route(metrics_path, self._expose, include_in_schema=False)
        inner = app.router.lifespan_context

        @asynccontextmanager
        async def lifespan(application: FastAPI) -> AsyncIterator[Any]:
            self._open()
            try:
                async with inner(application) as state:
                    yield state
            finally:
                self._close()

        app.router.lifespan_context = lifespan

    def prediction(
        self, function: Callable[..., Any] | None = None, *, value: str | None = None
    ) -> Callable[..., Any]:
        """Log each call of an endpoint: its inputs, and the number that it returns.

        The inputs are its parameters of plain types and the fields of its pydantic models. `value`
        names the field with the prediction, if the response has several numbers. The response is
        sent after the row is committed, with its id in the header `x-prediction-id`.
        """
        if function is None:
            return functools.partial(self.prediction, value=value)
        if self._model.inputs:
            raise StartError("Only one endpoint of an application can be the prediction.")
        self._model.inputs = fields_of_function(function)
        names = [field.name for field in self._model.inputs]
        is_async = inspect.iscoroutinefunction(function)
        signature = inspect.signature(function)

        @functools.wraps(function)
        async def logged(*args: Any, **kwargs: Any) -> Any:
            if is_async:
                result = await function(*args, **kwargs)
            else:
                result = await run_in_threadpool(function, *args, **kwargs)
            prediction = number_in(result, value)
            arguments = arguments_of(signature, args, kwargs)
            await self._append(tuple(arguments.get(name) for name in names), prediction)
            return result

        return logged

    async def _append(self, values: tuple[Any, ...], prediction: float) -> None:
        if self._log is None:
            raise StartError("The prediction log is not open: start the application first.")
        prediction_id = uuid.uuid4().hex
        try:
            await self._log.append(prediction_id, values, prediction)
        except ServiceError as error:
            raise HTTPException(error.status, str(error)) from error
        self._metrics.predictions.inc()
        self._metrics.prediction_value.observe(prediction)
        current = _current_prediction.get()
        if current is not None:
            current["id"] = prediction_id

    def _open(self) -> None:
        from model_service.app import prepare_log

        if not self._model.inputs:
            raise StartError(
                "No endpoint is marked as the prediction: put @monitoring.prediction between the "
                "route and its function."
            )
        settings = self._settings
        prepare_log(self._model, settings)
        engine = engine_for(
            settings.database(self._model.name), settings.log_durability, settings.log_max_bytes
        )
        self._log = PredictionLog(self._model, engine, self._metrics)

    def _close(self) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None

    async def _expose(self, request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(self._registry), media_type=content_type)


class _PredictionId:
    """ASGI middleware: adds the id of the logged prediction to the headers of the response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        prediction: dict[str, str] = {}
        token = _current_prediction.set(prediction)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start" and "id" in prediction:
                header = (HEADER.encode(), prediction["id"].encode())
                message["headers"] = [*message.get("headers", []), header]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _current_prediction.reset(token)
