"""The dashboard Cats and Dogs with its real service, database and Prometheus: PromQL and SQL."""

import datetime
import math
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
import yaml
from PIL import Image

from deployment.generate.dashboards import sql
from deployment.local.postgres import roles
from deployment.local.programs import ROOT
from promql import cats_dogs
from tests import servers
from tests.deployment.test_dashboards import POSTGRES, in_promql, load, panels
from tests.model_service.api import picture_files
from tests.postgres import Postgres
from tests.services import Api, serving

RULES = ROOT / "deployment/prometheus/rules/recording_rules.yml"
PANELS = {name: panel for name, panel in panels() if name.startswith("cats_dogs:")}
IN_SQL = {query.title: query for query in vars(sql).values() if isinstance(query, sql.SqlQuery)}
VARIABLES = {
    "$__rate_interval": "10m",
    "$__range": "10m",
    "$job": "cats-dogs-api",
    "$class": "cat|dog|neither",
}
# so high that some cats and dogs are below
LOW_CONFIDENCE = 0.98
PICTURES = 24
COMMENT = "it's a fox; don't you see?"

pytestmark = pytest.mark.stack


@dataclass
class Watched:
    """The service, Prometheus, and the database as the role of Grafana's data source sees it."""

    api: Api
    prometheus: servers.Server
    reader: sa.Engine

    def values(self, expression: str) -> list[float]:
        """Return the values of a PromQL query that are numbers."""
        for name, value in VARIABLES.items():
            expression = expression.replace(name, value)
        url = f"{self.prometheus.url}/api/v1/query"
        answer = requests.get(url, {"query": expression}, timeout=120)
        assert answer.status_code == 200, f"{expression}: {answer.text}"
        numbers = [float(item["value"][1]) for item in answer.json()["data"]["result"]]
        return [number for number in numbers if not math.isnan(number)]

    def rows(self, query: sql.SqlQuery, interval: str = "1m") -> list[dict[str, Any]]:
        """Return the rows of an SQL query for the last hour."""
        end = datetime.datetime.now(datetime.UTC)
        text = expanded(query.text, end - datetime.timedelta(hours=1), end, interval)
        with self.reader.connect() as connection:
            return [dict(row) for row in connection.exec_driver_sql(text).mappings()]


def expanded(text: str, start: datetime.datetime, end: datetime.datetime, interval: str) -> str:
    """Replace the macros and variables of an SQL query as Grafana does."""
    first, last = (f"'{moment:%Y-%m-%dT%H:%M:%S.%f}Z'" for moment in (start, end))
    text = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 BETWEEN {first} AND {last}", text)
    text = text.replace("$__timeFrom()", first).replace("$__timeTo()", last)
    text = text.replace("$__interval", interval).replace("${class:regex}", VARIABLES["$class"])
    assert "$" not in text.replace(")$'", ")'")
    return text.replace("%", "%%")


@contextmanager
def database(server: Postgres) -> Iterator[sa.URL]:
    """Create the database and the roles as the stack does; give the URL of its owner."""
    superuser = sa.make_url(server.url)
    admin = sa.create_engine(superuser, isolation_level="AUTOCOMMIT")
    inside = sa.create_engine(superuser.set(database=roles.DATABASE), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {roles.DATABASE}")
    try:
        with inside.connect() as connection:
            for statement in roles.statements("owner", "reader"):
                connection.exec_driver_sql(statement)
        yield superuser.set(username=roles.OWNER, database=roles.DATABASE)
    finally:
        inside.dispose()
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {roles.DATABASE} WITH (FORCE)")
        admin.dispose()


@pytest.fixture(scope="module")
def watched(
    postgres: Postgres, trained_cats_dogs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("cats-dogs")
    shutil.copytree(trained_cats_dogs, folder / "data")
    with ExitStack() as stack:
        owner = stack.enter_context(database(postgres))
        api = stack.enter_context(
            serving(
                folder / "data",
                model="cats-dogs",
                database_url=owner.render_as_string(hide_password=False),
                low_confidence=str(LOW_CONFIDENCE),
            )
        )
        prometheus = stack.enter_context(
            servers.prometheus(
                {"cats-dogs-api": api.server.address}, rules=[recorded_each_second(folder)]
            )
        )
        reader = sa.create_engine(owner.set(username=roles.READER))
        stack.callback(reader.dispose)
        running = Watched(api, prometheus, reader)
        until(running, "sum(cv_predictions_total)", 0)
        use(api)
        until(running, "sum(cv_predictions_total)", PICTURES)
        until(running, cats_dogs.RECORDED_NEGATIVE_SHARE.matching() + " > bool 0", 1)
        yield running


def recorded_each_second(folder: Path) -> Path:
    """Write the recording rules without the intervals of their groups; return the file."""
    rules = yaml.safe_load(RULES.read_text("utf-8"))
    for group in rules["groups"]:
        group.pop("interval", None)
    file = folder / "rules.yml"
    file.write_text(yaml.safe_dump(rules), "utf-8")
    return file


def use(api: Api) -> None:
    """Send pictures of cats, dogs and neither; vote on most of them."""
    for number in range(PICTURES):
        content = picture_files.sample(number, "cat" if number % 3 else "dog")
        if number % 6 == 0:
            content = picture_files.saved(Image.new("RGB", (64, 64), (number, 90, 90)), "PNG")
        headers = {"User-Agent": f"browser {number % 5}"}
        answer = api.session.post(f"{api.url}/predict", data=content, headers=headers, timeout=300)
        assert answer.status_code == 200, answer.text
        vote: dict[str, Any] = {"prediction_id": answer.json()["prediction_id"]}
        if number % 6 == 0:
            vote |= {"feedback": "negative", "label": "dog", "comment": COMMENT}
        elif number % 2:
            vote |= {"feedback": "positive"}
        else:
            continue
        rated = api.post("/feedback", vote)
        assert rated.status_code == 200, rated.text


def until(watched: Watched, expression: str, value: float) -> None:
    deadline = time.monotonic() + 300
    while watched.values(expression) != [value]:
        assert time.monotonic() < deadline, f"{expression} is {watched.values(expression)}"
        time.sleep(0.2)


@pytest.mark.parametrize("panel", PANELS.values(), ids=list(PANELS))
def test_every_query_of_the_panel_has_data(panel: dict[str, Any], watched: Watched) -> None:
    for target in in_promql(panel):
        assert watched.values(target["expr"]), target["expr"]
    if panel["datasource"] == POSTGRES:
        assert watched.rows(IN_SQL[panel["title"]])


def test_the_ratio_of_low_confidence_is_the_same_in_every_panel(watched: Watched) -> None:
    (row,) = watched.rows(sql.LOW_CONFIDENCE)
    ratio = float(row["value"])
    assert 0 < ratio < 1
    assert ratio == pytest.approx(
        watched.api.metrics()["cv_low_confidence_predictions_total"] / PICTURES, abs=1e-9
    )
    query = cats_dogs.LOW_CONFIDENCE_RATIO.matching('job=~"$job"', "10m")
    assert watched.values(query) == [pytest.approx(ratio, abs=1e-9)]
    # the rule is evaluated once a second
    recorded = cats_dogs.RECORDED_LOW_CONFIDENCE_RATIO.matching('job=~"$job"')
    until(watched, f"abs({recorded} - {ratio!r}) < bool 1e-9", 1)
    last = watched.rows(sql.LOW_CONFIDENCE_OVER_TIME, "15s")[-1]
    assert float(last["low confidence"]) == pytest.approx(ratio, abs=1e-9)


def test_counts_in_the_database_are_those_of_the_counters(watched: Watched) -> None:
    (stored,) = watched.rows(sql.STORED_PREDICTIONS)
    assert [stored["value"]] == watched.values("sum(cv_predictions_total)") == [PICTURES]
    by_class = watched.rows(sql.FEEDBACK_BY_CLASS)
    samples = watched.api.metrics()
    for row in by_class:
        name = f'cv_predictions_total{{predicted_class="{row["Predicted"]}"}}'
        assert row["Predictions"] == samples[name]
    for vote in ("positive", "negative"):
        counted = samples[f'cv_user_feedback_total{{feedback_type="{vote}"}}']
        assert sum(row[vote.title()] for row in by_class) == counted > 0


def test_the_latest_negative_feedback_has_the_label_and_the_comment(watched: Watched) -> None:
    rows = watched.rows(sql.LATEST_NEGATIVE_FEEDBACK)
    assert len(rows) == PICTURES / 6
    assert {(row["Label"], row["Comment"]) for row in rows} == {("dog", COMMENT)}
    assert [row["Time"] for row in rows] == sorted((row["Time"] for row in rows), reverse=True)


@pytest.mark.parametrize("interval", ["1ms", "15s", "30s", "1m", "2h", "1d", "7d"])
def test_a_time_series_has_points_in_order_at_every_step_that_grafana_chooses(
    interval: str, watched: Watched
) -> None:
    for query in IN_SQL.values():
        if query.format == "time_series":
            times = [row["time"] for row in watched.rows(query, interval)]
            assert times == sorted(set(times))


def test_the_data_source_reads_and_cannot_write(watched: Watched) -> None:
    for statement in (
        "DELETE FROM predictions_feedback",
        "SET default_transaction_read_only = off; DELETE FROM predictions_feedback",
    ):
        with (
            watched.reader.connect() as connection,
            pytest.raises(sa.exc.SQLAlchemyError, match=r"read-only|permission denied"),
        ):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "variable",
    [item["name"] for item in load("cats_dogs")["templating"]["list"] if item["type"] == "query"],
)
def test_every_variable_finds_values(variable: str, watched: Watched) -> None:
    (query,) = (
        item["query"]
        for item in load("cats_dogs")["templating"]["list"]
        if item["name"] == variable
    )
    selector, _, label = query.removeprefix("label_values(").removesuffix(")").rpartition(", ")
    selector = selector.replace("$job", VARIABLES["$job"])
    url = f"{watched.prometheus.url}/api/v1/label/{label}/values"
    answer = requests.get(url, {"match[]": selector}, timeout=120)
    expected = {
        "job": ["cats-dogs-api"],
        "model": ["cats-dogs"],
        "class": ["cat", "dog", "neither"],
    }
    assert answer.json()["data"] == expected[variable]
