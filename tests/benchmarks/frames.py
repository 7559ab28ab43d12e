"""From an answer of 288,000 samples to arrays: ours beside prometheus-api-client's frame."""

import json
import time
from typing import Any

import msgspec
from prometheus_api_client import MetricRangeDataFrame

from console.adapters import prometheus_responses
from tests.benchmarks.arithmetic import medians, table

SERIES, POINTS, ROUNDS = 400, 720, 5


def run() -> dict[str, Any]:
    """Seconds from the bytes of the answer to numbers, medians of interleaved rounds."""
    result = [
        {
            "metric": {"__name__": "m", "series": str(number)},
            "values": [[1.7e9 + 5 * point, f"{number + point / 7:.6f}"] for point in range(POINTS)],
        }
        for number in range(SERIES)
    ]
    data = {"resultType": "matrix", "result": result}
    body = json.dumps({"status": "success", "data": data}).encode()
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        answer = msgspec.json.decode(body, type=prometheus_responses.ApiResponse)
        series = prometheus_responses.decode_series(
            msgspec.json.decode(answer.data, type=prometheus_responses.QueryData)
        )
        ours = time.perf_counter() - started
        started = time.perf_counter()
        frame = MetricRangeDataFrame(json.loads(body)["data"]["result"])
        theirs = time.perf_counter() - started
        assert sum(item.values.size for item in series) == len(frame) == SERIES * POINTS
        rounds.append({"ours_seconds": ours, "theirs_seconds": theirs})
    found = medians(rounds)
    ratio = found["theirs_seconds"] / found["ours_seconds"]
    print(f"{SERIES * POINTS:,} samples, {len(body) / 1e6:.0f} MB of JSON, medians of {ROUNDS}")
    rows = [
        ["console", found["ours_seconds"], 1.0],
        ["json + MetricRangeDataFrame", found["theirs_seconds"], ratio],
    ]
    print(table(rows, ["who", "seconds", "x ours"]), "\n")
    return {**found, "ratio": ratio}
