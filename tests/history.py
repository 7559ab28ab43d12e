"""Hours of history of many models for a real Prometheus: OpenMetrics text, made into its blocks."""

import math
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import servers

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
# where the requests of a calm service lie: up to 1 ms few, most around 5 ms
SHARES = (0.02, 0.25, 0.62, 0.86, 0.95, 0.985, 0.993, 0.998, 0.9995, 1.0)
FEATURES = ("temp", "atemp", "hum", "windspeed", "season", "workingday", "weathersit")
STEP_SECONDS = 15


@dataclass(frozen=True)
class Service:
    """A service with its model, as its metrics name them; `seed` makes each different."""

    model: str
    job: str
    instance: str
    version: str = "6183fa45251b"
    seed: int = 0

    @property
    def labels(self) -> str:
        return f'job="{self.job}",instance="{self.instance}"'


def samples(service: Service, start: float, end: float) -> Iterator[tuple[str, str, float, float]]:
    """Metric, labels, value and time, a sample each 15 s: traffic with a day's rhythm."""
    requests, errors, phase = 0.0, 0.0, service.seed * 0.7
    moment = start
    while moment < end:
        day = math.sin(2 * math.pi * moment / 86_400 + phase)
        wobble = math.sin(moment / 97.0 + phase) * math.sin(moment / 331.0)
        rate = max(0.2, 4 + 2.5 * day + 0.8 * wobble + service.seed % 5)
        trouble = 0.06 if math.sin(moment / 5000 + phase) > 0.97 else 0.0005
        requests += rate * STEP_SECONDS * (1 - trouble)
        errors += rate * STEP_SECONDS * trouble
        yield "up", "", 1, moment
        info = f',model="{service.model}",version="{service.version}",task="regression"'
        yield "model_info", info, 1, moment
        for status, count in (("200", requests), ("500", errors)):
            route = f',endpoint="/predict",method="POST",status_code="{status}"'
            yield "api_requests_total", route, round(count), moment
        route = ',endpoint="/predict",method="POST",status_code="200"'
        for bound, share in zip(BOUNDS, SHARES, strict=True):
            le = f'{route},le="{bound}"'
            yield "api_request_duration_seconds_bucket", le, round(requests * share), moment
        le = f'{route},le="+Inf"'
        yield "api_request_duration_seconds_bucket", le, round(requests), moment
        yield "api_request_duration_seconds_count", route, round(requests), moment
        yield "model_predictions_total", "", round(requests), moment
        yield "model_feedback_total", ',kind="truth"', round(requests * 0.9), moment
        week = moment - moment % 21_600
        drifts = math.sin(week / 40_000 + phase) > 0.3
        for metric, value in (
            ("model_rmse_score", 30 + 12 * math.sin(week / 60_000 + phase)),
            ("model_mae_score", 20 + 8 * math.sin(week / 60_000 + phase)),
            ("model_r2_score", 0.8), ("model_mape_score", 44.0),
            ("model_drift_detected", float(drifts)), ("model_drift_share", 0.55 * drifts),
            ("model_evaluation_timestamp_seconds", week), ("model_evaluation_rows", 165.0),
            ("model_evaluation_synthetic", 0.0),
        ):  # fmt: skip
            yield metric, "", round(value, 3), moment
        for number, feature in enumerate(FEATURES):
            score = 0.06 + 0.05 * math.sin(week / 30_000 + number + phase)
            yield "model_feature_drift_score", f',feature="{feature}"', round(score, 4), moment
            yield "model_feature_drift_threshold", f',feature="{feature}"', 0.1, moment
        moment += STEP_SECONDS


def write_blocks(directory: Path, services: list[Service], start: float, end: float) -> None:
    """Blocks of a Prometheus that is not running, in its data folder `directory`."""
    families: dict[str, list[str]] = {}
    for service in services:
        for metric, labels, value, moment in samples(service, start, end):
            line = f"{metric}{{{service.labels}{labels}}} {value} {moment:.0f}"
            families.setdefault(metric, []).append(line)
    text = directory.parent / "history.txt"
    text.parent.mkdir(parents=True, exist_ok=True)
    with text.open("w", encoding="utf-8") as file:
        for metric, lines in families.items():
            file.write(f"# TYPE {metric} unknown\n")
            file.writelines(f"{line}\n" for line in lines)
        file.write("# EOF\n")
    command = [
        str(servers.tools().promtool), "tsdb", "create-blocks-from", "openmetrics", str(text),
        str(directory),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    text.unlink()
