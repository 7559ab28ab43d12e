"""2011 in eight minutes: a scheduled evaluation each simulated week, its history in Prometheus.

python -m tests.benchmarks.year [--picture docs/screenshots/year-2011.png]
"""

import argparse
import datetime
import json
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

import requests
from plotly.subplots import make_subplots

from demo import hours
from tests import servers
from tests.benchmarks.environments import FOLDER
from tests.benchmarks.jobs import served
from tests.e2e.browser import chromium

HOURS_PER_SECOND, WEEK_HOURS, TRUTH_HOURS = 20, 168, 72
SERIES = {
    "rmse": "model_rmse_score",
    "estimated": 'model_estimated_score{score="rmse"}',
    "lower": 'model_estimated_score_lower{score="rmse"}',
    "upper": 'model_estimated_score_upper{score="rmse"}',
    "share": "model_drift_share",
    "verdict": "model_drift_detected",
    "evaluated": "model_evaluation_timestamp_seconds",
}
THRESHOLD = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", type=Path)
    picture = parser.parse_args().picture
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as service:
        requests.post(f"{service.url}/evaluations", json={"window": "june_2011"}, timeout=30)
        with servers.prometheus({"bike-api": service.address}) as prometheus:
            began = replay(service.url)
            weeks = history(prometheus.url, began)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "year.json").write_text(json.dumps(weeks, indent=1), "utf-8")
    for week in weeks:
        print(
            f"{week['day']}  drift share {week['share']:.2f}  verdict {week['verdict']:.0f}  "
            f"RMSE {week['rmse']:6.1f}  estimated {week['estimated']:6.1f}"
        )
    print(first_words(weeks))
    if picture is not None:
        draw(weeks, picture)
    return 0


def replay(url: str) -> float:
    """Predict the hours of 2011 at 20 a second, each truth 3 days late; when it began (epoch)."""
    session = requests.Session()
    waiting: deque[tuple[str, int]] = deque()
    began, next_at = time.time(), time.monotonic()
    schedule = {
        "every_minutes": WEEK_HOURS / HOURS_PER_SECOND / 60,
        "evaluation": {"last_hours": WEEK_HOURS, "by": "event"},
    }
    for number, record in enumerate(hours.records("2011-01-01", "2011-12-31")):
        if number == WEEK_HOURS:
            answer = session.post(f"{url}/schedules", json=schedule, timeout=30)
            assert answer.status_code == 201, answer.text
        time.sleep(max(0.0, next_at - time.monotonic()))
        next_at += 1 / HOURS_PER_SECOND
        truth = record.pop("cnt")
        made = session.post(f"{url}/predict", json=record, timeout=30).json()
        waiting.append((made["prediction_id"], truth))
        if len(waiting) > TRUTH_HOURS:
            prediction_id, late = waiting.popleft()
            given = {"prediction_id": prediction_id, "truth": late}
            session.post(f"{url}/feedback", json=given, timeout=30)
    time.sleep(10)
    return began


def history(url: str, began: float) -> list[dict[str, Any]]:
    """The published evaluations as Prometheus has them, one a week, with the simulated day."""
    span = {"start": str(began), "end": str(time.time()), "step": "1"}
    found: dict[str, dict[float, float]] = {}
    for name, query in SERIES.items():
        answer = requests.get(
            f"{url}/api/v1/query_range", params={"query": query, **span}, timeout=60
        )
        (series,) = answer.json()["data"]["result"]
        found[name] = {float(moment): float(value) for moment, value in series["values"]}
    weeks: list[dict[str, Any]] = []
    last = 0.0
    for moment, evaluated in sorted(found["evaluated"].items()):
        # NaN before the first one is not equal to itself
        if evaluated != evaluated or evaluated <= last:
            continue
        last = evaluated
        day = datetime.date(2011, 1, 1) + datetime.timedelta(
            hours=HOURS_PER_SECOND * (evaluated - began)
        )
        weeks.append(
            {"day": str(day)}
            | {name: values[moment] for name, values in found.items() if moment in values}
        )
    return weeks


def first_words(weeks: list[dict[str, Any]]) -> str:
    """When the verdict and when the truth said that the model had got worse."""
    drifted = next((week["day"] for week in weeks if week["verdict"] == 1), "never")
    worse = next((week["day"] for week in weeks if week["rmse"] > THRESHOLD), "never")
    return f"First week called drift: {drifted}. First week with an RMSE above 60: {worse}."


def draw(weeks: list[dict[str, Any]], picture: Path) -> None:
    days = [week["day"] for week in weeks]

    def values(name: str) -> list[float | None]:
        return [week[name] if week[name] == week[name] else None for week in weeks]

    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.1, row_heights=[0.62, 0.38],
        subplot_titles=("RMSE of the last week, bikes an hour", "Share of the features that drift"),
    )  # fmt: skip
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(x=days, y=values("upper"), row=1, col=1, **band)
    figure.add_scatter(
        x=days, y=values("lower"), row=1, col=1, fill="tonexty",
        fillcolor="rgba(42,120,214,0.15)", **band,
    )  # fmt: skip
    figure.add_scatter(
        x=days, y=values("estimated"), row=1, col=1, mode="lines+markers",
        name="estimated without truth, 95 %", line={"color": "#2a78d6", "dash": "dot"},
    )  # fmt: skip
    figure.add_scatter(
        x=days, y=values("rmse"), row=1, col=1, mode="lines+markers",
        name="of the rows with truth, 3 days late", line={"color": "#1c2430"},
    )  # fmt: skip
    figure.add_hline(y=THRESHOLD, line={"color": "#b3261e", "dash": "dash"}, row=1, col=1)
    colours = {1.0: "#b3261e", 0.0: "#2e7d32"}
    figure.add_bar(
        x=days, y=values("share"), row=2, col=1, showlegend=False,
        marker_color=[colours.get(week["verdict"], "#9aa5b1") for week in weeks],
    )  # fmt: skip
    figure.update_layout(
        title="The model of January through 2011, an evaluation each simulated week",
        template="plotly_white", width=1200, height=720, bargap=0.25,
        legend={"orientation": "h", "y": 1.09, "x": 1, "xanchor": "right"},
    )  # fmt: skip
    figure.update_yaxes(range=[0, 1.05], tickformat=".0%", row=2, col=1)
    figure.update_yaxes(range=[0, 260], row=1, col=1)
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        page_file = Path(name) / "year.html"
        figure.write_html(page_file, include_plotlyjs=True)
        page = browser.new_page(viewport={"width": 1220, "height": 740})
        page.goto(page_file.as_uri())
        page.wait_for_selector(".plot-container")
        page.wait_for_timeout(1000)
        page.screenshot(path=picture)


if __name__ == "__main__":
    raise SystemExit(main())
