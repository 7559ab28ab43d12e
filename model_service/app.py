"""The application of one model: creates the components and the routes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
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
    Service,
    answer,
    evaluate,
    evaluations,
    features,
    feedback,
    health,
    image_feedback,
    images,
    pictures,
    predict,
    reports,
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
from model_service.models.image import ImageModel
from model_service.predictions.connection_check import ConnectionCheck
from model_service.predictions.log import PredictionLog
from model_service.predictions.tables import check_columns, engine_for, log_layouts
from model_service.settings import Settings

MODULES = (evaluate, evaluations, reports, schedules, uploads, health)


def create_app(model: MonitoredModel, settings: Settings, registry: CollectorRegistry) -> FastAPI:
    """Return the API of one model. Its lifespan starts the log, the store and the workers."""
    metrics = ServiceMetrics(registry, model)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _running(model, settings, registry, metrics) as service:
            app.state.service = service
            yield

    app = FastAPI(
        title=f"Belvedere: {model.title}",
        version=__version__,
        description="Predictions, their log, and evaluations with drift verdicts.",
        lifespan=lifespan,
    )
    app.state.settings = settings
    has_token = settings.api_token is not None
    if isinstance(model, ImageModel):
        app.include_router(images.router(model, metrics, settings, has_token=has_token))
        app.include_router(image_feedback.router(model, metrics))
        app.include_router(pictures.router(model, settings))
    else:
        app.include_router(predict.router(model, metrics, has_token=has_token))
        app.include_router(features.router(model))
        app.include_router(feedback.router(model, metrics))
    for module in MODULES:
        app.include_router(module.routes)
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(evaluation_errors.EvaluationError, _evaluation_error)
    app.add_exception_handler(SQLAlchemyError, _store_error)
    app.add_exception_handler(RecursionError, _too_deep)
    app.add_middleware(RequestMetrics, metrics=metrics)
    describe(app, model)
    return app


@asynccontextmanager
async def _running(
    model: MonitoredModel, settings: Settings, registry: CollectorRegistry, metrics: ServiceMetrics
) -> AsyncIterator[Service]:
    """Start the components of the service, and stop them in reverse order."""
    settings.incoming(model.name).mkdir(parents=True, exist_ok=True)
    engine = engine_for(
        settings.database(model.name), settings.log_durability, settings.log_max_bytes
    )
    log = PredictionLog(model, engine, metrics)
    check = ConnectionCheck(settings.database(model.name), log.table)
    if metrics.images is not None:
        check.start()
        metrics.images.show_connection(check.is_connected)
    store = EvaluationStore(engine, settings.reports(model.name))
    queue = JobQueue(store, Leases(engine, new_holder(), settings.lease_seconds))
    limits = Limits(settings.evaluation_limit_seconds, settings.evaluation_limit_bytes)
    pool = WorkerPool(limits, warm_up=warm_up, spares=settings.spare_workers)
    if settings.spare_workers:
        pool.start()
    running = Evaluations(model, settings, queue, pool, metrics)
    scheduled = Schedules(model, queue, running)
    retention = Retention(model, settings, queue, metrics)
    running.dispatcher.start()
    scheduled.start()
    retention.start()
    yield Service(model, settings, registry, metrics, log, running, scheduled)
    await retention.stop()
    await scheduled.stop()
    await asyncio.to_thread(running.dispatcher.stop)
    check.stop()
    log.close()
    engine.dispose()


async def _service_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)
    seconds = error.retry_after_seconds
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    return answer(error.body(), error.status, headers)


async def _evaluation_error(_request: Request, error: Exception) -> Response:
    headers = {}
    if isinstance(error, evaluation_errors.QueueFull):
        headers["Retry-After"] = str(error.retry_after_seconds)
    return answer({"detail": str(error)}, status_of(error), headers)


async def _store_error(_request: Request, error: Exception) -> Response:
    reason = getattr(error, "orig", None) or error
    text = f"The database is not available ({reason}). Retry when it is back."
    return answer({"detail": text}, 503, {"Retry-After": "5"})


async def _too_deep(_request: Request, _error: Exception) -> Response:
    # msgspec raises Python's error for JSON of thousands of brackets
    return answer({"detail": "The body is nested too deeply: send plain records."}, 400)


def prepare(model: MonitoredModel, settings: Settings) -> None:
    """Create or upgrade all tables. Raises StartError if the database is newer or unreachable."""
    _upgrade(model, settings, LAYOUT, *log_layouts(model))


def prepare_log(model: LoggedModel, settings: Settings) -> None:
    """Create or upgrade only the prediction log, for an application that evaluates nothing."""
    _upgrade(model, settings, *log_layouts(model))


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
