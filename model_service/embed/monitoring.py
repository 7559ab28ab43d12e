"""Our metrics, log and model_info for a FastAPI application that is there already. Three lines:

from model_service.embed.monitoring import Monitoring
monitoring = Monitoring(app, model="prices", version="3", task="regression")
@monitoring.prediction    # between @app.post(...) and the function
"""

import functools
import inspect
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evaluation.inputs.schema import Schema, Task
from model_service.embed.signature import arguments_of, fields_of_function, number_in
from model_service.errors import ServiceError, StartError
from model_service.metrics.http_middleware import RequestMetrics
from model_service.metrics.serving import ServingMetrics
from model_service.models.base import SCORE_BUCKETS, Field, Floats, MonitoredModel
from model_service.predictions.log import PredictionLog
from model_service.predictions.tables import engine_for
from model_service.settings import Settings

HEADER = "x-prediction-id"
_answered: ContextVar[dict[str, str] | None] = ContextVar("answered", default=None)


class _Watched(MonitoredModel):
    """What the log has to know of a model that somebody else serves."""

    answer_field = "prediction"
    schema = Schema(numerical=("none",))
    truth = Field("truth", "float", "The truth", 0.0)

    def __init__(self, name: str, version: str, task: Task, buckets: tuple[float, ...]) -> None:
        self.name, self.title, self.version, self.task = name, name, version, task
        self.prediction_buckets = buckets
        self.inputs: tuple[Field, ...] = ()

    def predict_one(self, values: tuple[Any, ...]) -> float:
        raise NotImplementedError("the application predicts, not its log")

    def predict_many(self, frame: Any) -> Floats:
        raise NotImplementedError("the application predicts, not its log")

    def reference(self) -> Any:
        raise NotImplementedError("the application predicts, not its log")


class Monitoring:
    """Wraps an application before it starts; raises StartError for what can't be watched.

    `registry` is the one whose metrics the application shows already, if it does; `metrics_path`
    None leaves showing them to it.
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
        self._model = _Watched(model, version, task, buckets)
        self._settings = settings or Settings()
        self._registry = registry or CollectorRegistry()
        self._metrics = ServingMetrics(self._registry, self._model)
        self._log: PredictionLog | None = None
        app.add_middleware(RequestMetrics, metrics=self._metrics)
        app.add_middleware(_PredictionId)
        if metrics_path is not None:
            if any(getattr(route, "path", None) == metrics_path for route in app.routes):
                raise StartError(
                    f"The application has a route {metrics_path} already. Give its registry "
                    "(registry=prometheus_client.REGISTRY is usual) and metrics_path=None."
                )
            app.add_route(metrics_path, self._show, include_in_schema=False)
        inner = app.router.lifespan_context

        @asynccontextmanager
        async def lifespan(of: FastAPI) -> AsyncIterator[Any]:
            self._open()
            try:
                async with inner(of) as state:
                    yield state
            finally:
                self._close()

        app.router.lifespan_context = lifespan

    def prediction(
        self, function: Callable[..., Any] | None = None, *, value: str | None = None
    ) -> Callable[..., Any]:
        """Log each call of an endpoint: its inputs, and the number that it answers.

        The inputs are its parameters of plain types and the fields of its pydantic models. `value`
        names the field of the answer where it is no plain number and has several. The answer is
        sent after the row is committed, with its id in the header `x-prediction-id`.
        """
        if function is None:
            return functools.partial(self.prediction, value=value)
        if self._model.inputs:
            raise StartError("One endpoint of an application can be a model's prediction.")
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
            given = arguments_of(signature, args, kwargs)
            await self._keep(tuple(given.get(name) for name in names), prediction)
            return result

        return logged

    async def _keep(self, values: tuple[Any, ...], prediction: float) -> None:
        if self._log is None:
            raise StartError("The prediction log is not open: the application has not started.")
        prediction_id = uuid.uuid4().hex
        try:
            await self._log.append(prediction_id, values, prediction)
        except ServiceError as error:
            raise HTTPException(error.status, str(error)) from error
        self._metrics.predictions.inc()
        self._metrics.prediction_value.observe(prediction)
        answered = _answered.get()
        if answered is not None:
            answered["id"] = prediction_id

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

    async def _show(self, request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(self._registry), media_type=content_type)


class _PredictionId:
    """ASGI middleware: the id of the logged prediction as a header of its answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answered: dict[str, str] = {}
        token = _answered.set(answered)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and "id" in answered:
                header = (HEADER.encode(), answered["id"].encode())
                message["headers"] = [*message.get("headers", []), header]
            await send(message)

        try:
            await self._app(scope, receive, tell)
        finally:
            _answered.reset(token)
