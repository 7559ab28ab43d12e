"""The application: one model, one process, everything wired in one place."""

import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from prometheus_client import CollectorRegistry

from evaluation import __version__
from evaluation import errors as evaluation_errors
from evaluation.jobs import JobRunner
from evaluation.store import EvaluationStore
from model_service import evaluation_job
from model_service.errors import ServiceError
from model_service.evaluations import Evaluations
from model_service.instrumentation import RequestMetrics
from model_service.metrics import ServiceMetrics
from model_service.models.base import MonitoredModel
from model_service.openapi import describe
from model_service.prediction_log import PredictionLog, engine_for
from model_service.routes import (
    RouterMaker,
    Service,
    answer,
    evaluate,
    evaluations,
    feedback,
    health,
    predict,
)
from model_service.settings import Settings

ROUTERS: tuple[RouterMaker, ...] = (
    predict.router,
    feedback.router,
    evaluate.router,
    evaluations.router,
    health.router,
)
STATUS: dict[type[evaluation_errors.EvaluationError], int] = {
    evaluation_errors.InputError: 422,
    evaluation_errors.ReportFailed: 422,
    evaluation_errors.QueueFull: 429,
    evaluation_errors.JobCancelled: 409,
    evaluation_errors.RunnerClosed: 503,
    evaluation_errors.JobTimedOut: 504,
}


def create_app(model: MonitoredModel, settings: Settings, registry: CollectorRegistry) -> FastAPI:
    """The API of one model. The log, the store and the worker processes start with its lifespan."""
    service = Service(model, settings, registry, ServiceMetrics(registry, model))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # bodies that a killed process left behind
        shutil.rmtree(service.incoming, ignore_errors=True)
        service.incoming.mkdir(parents=True)
        engine = engine_for(
            settings.database(model.name), settings.log_durability, settings.log_max_bytes
        )
        log = service.log = PredictionLog(model, engine, service.metrics)
        runner = JobRunner(
            queue_limit=settings.queue_limit,
            time_limit_seconds=settings.evaluation_limit_seconds,
            warm_up=evaluation_job.warm_up,
        )
        store = EvaluationStore(engine, settings.data_dir / "reports" / model.name)
        service.evaluations = Evaluations(model, settings, store, runner, service.metrics)
        service.evaluations.restore()
        yield
        runner.close()
        await service.evaluations.stop()
        log.close()
        engine.dispose()

    app = FastAPI(
        title=f"Belvedere: {model.title}",
        version=__version__,
        description="Predictions, their log, and evaluations with drift verdicts.",
        lifespan=lifespan,
    )
    protected = [Depends(_token_check(settings))] if settings.api_token else []
    for make in ROUTERS:
        app.include_router(make(service, protected))
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(evaluation_errors.EvaluationError, _evaluation_error)
    app.add_middleware(RequestMetrics, metrics=service.metrics)
    describe(app, model)
    return app


def _token_check(settings: Settings) -> Any:
    assert settings.api_token is not None
    expected = f"Bearer {settings.api_token.get_secret_value()}".encode()

    def check(request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        if not secrets.compare_digest(given, expected):
            raise HTTPException(
                401,
                "This changes the state of the service: send the header "
                "'Authorization: Bearer TOKEN' with the token that BELVEDERE_API_TOKEN holds.",
                {"WWW-Authenticate": "Bearer"},
            )

    return check


async def _service_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)
    return answer(error.body(), error.status)


async def _evaluation_error(_request: Request, error: Exception) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    headers = {}
    if isinstance(error, evaluation_errors.QueueFull):
        headers["Retry-After"] = str(error.retry_after_seconds)
    return answer({"detail": str(error)}, status, headers)
