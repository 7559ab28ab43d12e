"""The table of feedback beside the prediction log: created, checked and cleaned with it."""

import asyncio
import datetime
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from evaluation.store.migrations import upgrade
from model_service.errors import StartError
from model_service.metrics.serving import ServingMetrics
from model_service.models.cats_dogs import load
from model_service.models.image import ImageModel
from model_service.predictions import log_retention
from model_service.predictions.feedback_table import companion_of, feedback_table
from model_service.predictions.log import PredictionLog
from model_service.predictions.tables import check_columns, engine_for, log_layout, log_table
from tests.model_service.api import picture_files

DAY = 86_400


@pytest.fixture(scope="module")
def model(trained_cats_dogs: Path) -> ImageModel:
    return load(trained_cats_dogs)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = engine_for(f"sqlite:///{tmp_path}/log.db", "process")
    yield engine
    engine.dispose()


def count(engine: sa.Engine, table: sa.Table) -> int:
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_retention_deletes_the_old_rows_of_both_tables(
    model: ImageModel, engine: sa.Engine
) -> None:
    log = PredictionLog(model, engine, ServingMetrics(CollectorRegistry(), model))
    prediction = model.predict_image(picture_files.sample())
    row = {
        "proba_cat": 0.9, "proba_dog": 0.1, "predicted_class": "cat", "confidence": 0.9,
        "low_confidence": False, "inference_time_ms": 9.0, "image_bytes": 1, "user_hash": "0",
        "feedback": None, "label": None, "comment": None, "feedback_at": None,
    }  # fmt: skip

    async def fill() -> None:
        for number in range(5):
            await log.append(str(number), prediction.values, 0.0, row)

    asyncio.run(fill())
    log.close()
    table, feedback = log_table(model), feedback_table(model)
    now = time.time()
    long_ago = datetime.datetime.fromtimestamp(now - 30 * DAY, datetime.UTC)
    with engine.begin() as connection:
        old = table.c.prediction_id.in_(["0", "1"])
        connection.execute(table.update().where(old).values(received_at=now - 30 * DAY))
        old = feedback.c.prediction_id.in_(["0", "1"])
        connection.execute(feedback.update().where(old).values(created_at=long_ago))
    assert log_retention.drop_older(engine, model, now - 29 * DAY, at_once=1) == 2
    assert count(engine, table) == count(engine, feedback) == 3


def test_a_log_without_the_table_gets_it_and_one_with_other_columns_is_rejected(
    model: ImageModel, engine: sa.Engine
) -> None:
    upgrade(engine, log_layout(model))
    companion = companion_of(model)
    assert companion is not None
    assert upgrade(engine, companion.layout) == 0
    check_columns(engine, model)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE predictions_feedback DROP COLUMN proba_dog")
    with pytest.raises(StartError, match=r"predictions_feedback\)\. Only the model has: proba_dog"):
        check_columns(engine, model)
