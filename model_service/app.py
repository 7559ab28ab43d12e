"""The application: one model, one process, everything wired in one place."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from prometheus_client import CollectorRegistry
from sqlalchemy.exc import SQLAlchemyError

from evaluation import __version__
from evaluation import errors as evaluation_errors
from evaluation.jobs.job import warm_up
from evaluation.jobs.leases import Leases, new_holder
from evaluation.jobs.process_pool import Limits, WorkerPool
from evaluation.jobs.queue import JobQueue
from evaluation.store.migrations import Layout, upgrade
from evaluation.store.store import EvaluationStore
from evaluation.store.tables import LAYOUT
from model_service.api import (
    RouterMaker,
    Service,
    answer,
    evaluate,
    evaluations,
    features,
    feedback,
    health,
    predict,
    schedules,
    uploads,
)
from model_service.api.openapi import describe
from model_service.errors import ServiceError, StartError, status_of
from model_service.evaluations.retention import Retention
from model_service.evaluations.schedules import Schedules
from model_service.evaluations.service import Evaluations
from model_service.metrics.evaluation import ServiceMetrics
from model_service.metrics.http_middleware import RequestMetrics
from model_service.models.base import LoggedModel, MonitoredModel
from model_service.predictions.log import PredictionLog
from model_service.predictions.tables import check_columns, engine_for, log_layout
from model_service.settings import Settings

ROUTERS: tuple[RouterMaker, ...] = (
    predict.router,
    features.router,
    feedback.router,
    evaluate.router,
    evaluations.router,
    schedules.router,
    uploads.router,
    health.router,
)


def create_app(model: MonitoredModel, settings: Settings, registry: CollectorRegistry) -> FastAPI:
    """The API of one model. The log, the store and the worker processes start with its lifespan."""
    service = Service(model, settings, registry, ServiceMetrics(registry, model))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        service.incoming.mkdir(parents=True, exist_ok=True)
        engine = engine_for(
            settings.database(model.name), settings.log_durability, settings.log_max_bytes
        )
        log = service.log = PredictionLog(model, engine, service.metrics)
        store = EvaluationStore(engine, settings.reports(model.name))
        queue = JobQueue(store, Leases(engine, new_holder(), settings.lease_seconds))
        limits = Limits(settings.evaluation_limit_seconds, settings.evaluation_limit_bytes)
        pool = WorkerPool(limits, warm_up=warm_up, spares=settings.spare_workers)
        pool.start()
        running = service.evaluations = Evaluations(model, settings, queue, pool, service.metrics)
        service.schedules = Schedules(model, queue, running)
        retention = Retention(model, settings, queue, service.metrics)
        running.dispatcher.start()
        service.schedules.start()
        retention.start()
        yield
        await retention.stop()
        await service.schedules.stop()
        await asyncio.to_thread(running.dispatcher.stop)
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
    app.add_exception_handler(SQLAlchemyError, _store_error)
    app.add_exception_handler(RecursionError, _too_deep)
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
    headers = {}
    if isinstance(error, evaluation_errors.QueueFull):
        headers["Retry-After"] = str(error.retry_after_seconds)
    return answer({"detail": str(error)}, status_of(error), headers)


async def _store_error(_request: Request, error: Exception) -> Response:
    reason = getattr(error, "orig", None) or error
    text = f"The database could not be asked ({reason}). Try again when it is back."
    return answer({"detail": text}, 503, {"Retry-After": "5"})


async def _too_deep(_request: Request, _error: Exception) -> Response:
    # msgspec raises Python's own error for JSON of thousands of brackets
    return answer({"detail": "The body is nested too deep: send plain records."}, 400)


def prepare(model: MonitoredModel, settings: Settings) -> None:
    """Create or upgrade all tables. Raises StartError if the database is newer or unreachable."""
    _upgrade(model, settings, LAYOUT, log_layout(model))


def prepare_log(model: LoggedModel, settings: Settings) -> None:
    """Create or upgrade only the prediction log, for an application that evaluates nothing."""
    _upgrade(model, settings, log_layout(model))


def _upgrade(model: LoggedModel, settings: Settings, *layouts: Layout) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(
            f"The data folder {settings.data_dir} can't be created ({error.strerror}). "
            "Set BELVEDERE_DATA_DIR to another folder."
        ) from error
    url = settings.database(model.name)
    engine = engine_for(url, settings.log_durability, settings.log_max_bytes)
    try:
        for layout in layouts:
            upgrade(engine, layout)
        check_columns(engine, model)
    except evaluation_errors.NewerStore as error:
        raise StartError(str(error)) from error
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        raise StartError(
            f"The database {engine.url} could not be opened or upgraded ({reason}). Is it "
            "running, and is there space? Set BELVEDERE_DATABASE_URL to another database."
        ) from error
    finally:
        engine.dispose()
