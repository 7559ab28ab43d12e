"""Monitoring of a real FastAPI application: metrics, log, and what can't be watched."""

import asyncio
import datetime
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter
from pydantic import BaseModel

from model_service.embed import Monitoring
from model_service.embed.signature import number_in
from model_service.errors import StartError
from model_service.settings import Settings
from tests import servers


class Client:
    """Requests to one server by path."""

    def __init__(self, url: str) -> None:
        self._url = url

    def get(self, path: str) -> requests.Response:
        return requests.get(self._url + path, timeout=120)

    def post(self, path: str, json: Any = None) -> requests.Response:
        return requests.post(self._url + path, json=json, timeout=120)


@contextmanager
def running(app: FastAPI) -> Iterator[Client]:
    """The application behind uvicorn in a thread, on a free port, with its lifespan."""
    port = servers.free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while thread.is_alive() and not server.started:
            time.sleep(0.01)
        assert server.started, "the application did not start"
        yield Client(f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(10)


def start(app: FastAPI) -> None:
    """Its lifespan alone, so that what it raises arrives here."""

    async def once() -> None:
        async with app.router.lifespan_context(app):
            pass

    asyncio.run(once())


class House(BaseModel):
    rooms: int
    area: float
    town: str | None = None
    heated: bool = True


class Price(BaseModel):
    price: float
    currency: str = "EUR"


def watched(folder: Path, **options: Any) -> tuple[FastAPI, Monitoring]:
    app = FastAPI()
    settings = Settings(data_dir=folder)
    defaults: dict[str, Any] = {"model": "prices", "version": "3", "task": "regression"}
    return app, Monitoring(app, **(defaults | options), settings=settings)


def logged(folder: Path) -> list[dict[str, Any]]:
    with sqlite3.connect(folder / "prices.db") as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM predictions_prices ORDER BY id")
        return [dict(row) for row in rows]


def test_sync_and_async_endpoints_are_logged_with_typed_columns(tmp_path: Path) -> None:
    for number, kind in enumerate(("sync", "async")):
        app, monitoring = watched(tmp_path / kind)
        if kind == "sync":

            @app.post("/price/{day}")
            @monitoring.prediction
            def price(day: datetime.date, house: House) -> Price:
                return Price(price=100.0 * house.rooms + day.day)
        else:

            @app.post("/price/{day}")
            @monitoring.prediction
            async def price_later(day: datetime.date, house: House) -> Price:
                return Price(price=100.0 * house.rooms + day.day)

        with running(app) as client:
            answer = client.post(
                "/price/2024-01-31", json={"rooms": 2, "area": 50, "heated": False}
            )
        assert answer.json() == {"price": 231.0, "currency": "EUR"}, number
        (row,) = logged(tmp_path / kind)
        assert row["prediction_id"] == answer.headers["x-prediction-id"]
        assert (row["day"], row["rooms"], row["area"]) == ("2024-01-31", 2, 50.0)
        assert (row["town"], row["heated"], row["prediction"]) == (None, 0, 231.0)
        assert row["model_version"] == "3"


def test_refused_requests_and_other_routes_are_counted_and_not_logged(tmp_path: Path) -> None:
    app, monitoring = watched(tmp_path)

    @app.get("/about/{page}")
    def about(page: int) -> dict[str, int]:
        return {"page": page}

    @app.post("/price")
    @monitoring.prediction
    def price(house: House) -> float:
        return 100.0 * house.rooms

    with running(app) as client:
        assert client.post("/price", json={"rooms": "many"}).status_code == 422
        plain = client.get("/about/7")
        assert "x-prediction-id" not in plain.headers
        text = client.get("/metrics").text
    counted = 'api_requests_total{endpoint="%s",method="%s",status_code="%s"} 1.0'
    assert counted % ("/price", "POST", 422) in text
    assert counted % ("/about/{page}", "GET", 200) in text
    assert "model_predictions_total 0.0" in text
    assert logged(tmp_path) == []


def test_the_named_field_of_several_numbers_is_the_prediction(tmp_path: Path) -> None:
    app, monitoring = watched(tmp_path)

    @app.post("/price")
    @monitoring.prediction(value="price")
    def price(rooms: int) -> dict[str, float]:
        return {"low": 1.0 * rooms, "price": 2.0 * rooms, "high": 3.0 * rooms}

    with running(app) as client:
        assert client.post("/price?rooms=4").json()["high"] == 12.0
    assert [(row["rooms"], row["prediction"]) for row in logged(tmp_path)] == [(4, 8.0)]


def test_several_numbers_without_a_name_are_an_error_that_names_them(tmp_path: Path) -> None:
    app, monitoring = watched(tmp_path)

    @app.post("/price")
    @monitoring.prediction
    def price(rooms: int) -> dict[str, float]:
        return {"low": 1.0 * rooms, "high": 3.0 * rooms}

    with running(app) as client:
        assert client.post("/price?rooms=4").status_code == 500
    assert logged(tmp_path) == []
    with pytest.raises(StartError, match=r"low, high\): name it as @monitoring.prediction\(value="):
        number_in({"low": 1.0, "high": 3.0, "currency": "EUR"}, None)
    with pytest.raises(StartError, match="has no number to log"):
        number_in("dear", None)


def test_an_application_with_metrics_of_its_own_keeps_its_route(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    Counter("houses_sold", "Theirs", registry=registry).inc()
    app = FastAPI()

    @app.get("/metrics")
    def metrics() -> str:
        return "theirs"

    options: dict[str, Any] = {"model": "prices", "version": "3", "task": "regression"}
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(StartError, match="metrics_path=None"):
        Monitoring(app, **options, settings=settings)
    Monitoring(app, **options, settings=settings, registry=registry, metrics_path=None)
    assert registry.get_sample_value("houses_sold_total") == 1
    labels = {"model": "prices", "version": "3", "task": "regression"}
    assert registry.get_sample_value("model_info", labels) == 1


def test_the_lifespan_of_the_application_still_runs(tmp_path: Path) -> None:
    seen = []

    @asynccontextmanager
    async def theirs(_app: FastAPI) -> AsyncIterator[None]:
        seen.append("started")
        yield
        seen.append("stopped")

    app = FastAPI(lifespan=theirs)
    monitoring = Monitoring(
        app, model="prices", version="3", task="regression", settings=Settings(data_dir=tmp_path)
    )

    @app.post("/price")
    @monitoring.prediction
    def price(rooms: int) -> float:
        return 2.0 * rooms

    with running(app) as client:
        assert client.post("/price?rooms=4").json() == 8.0
    assert seen == ["started", "stopped"]


def test_what_cannot_be_watched_says_why(tmp_path: Path) -> None:
    app, monitoring = watched(tmp_path)
    with pytest.raises(StartError, match=r"put @monitoring\.prediction"):
        start(app)

    def nothing(body: dict[str, float]) -> float:
        return sum(body.values())

    def reserved(prediction: float) -> float:
        return prediction

    def price(rooms: int) -> float:
        return 2.0 * rooms

    with pytest.raises(StartError, match="no parameter that can be logged"):
        monitoring.prediction(nothing)
    with pytest.raises(StartError, match="prediction of reserved"):
        monitoring.prediction(reserved)
    monitoring.prediction(price)
    with pytest.raises(StartError, match="Only one endpoint"):
        monitoring.prediction(price)


def test_a_log_of_other_columns_is_refused_at_the_start(tmp_path: Path) -> None:
    def price(rooms: int) -> float:
        return 2.0 * rooms

    def other(area: float) -> float:
        return 2.0 * area

    app, monitoring = watched(tmp_path)
    monitoring.prediction(price)
    start(app)
    app, monitoring = watched(tmp_path)
    monitoring.prediction(other)
    with pytest.raises(StartError, match="Only the model has: area; only the log has: rooms"):
        start(app)
