"""Load on one URL by wrk: the same request on some connections for some seconds."""

import re
import subprocess
from pathlib import Path

from tests.benchmarks.environments import wrk

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


def load(
    url: str, body: bytes, content_type: str, folder: Path, *, connections: int, seconds: int
) -> dict[str, float]:
    """Return requests/s and latencies (ms) of a POST. Raises AssertionError for error responses."""
    file, script = folder / "body", folder / "post.lua"
    file.write_bytes(body)
    script.write_text(
        f'wrk.method = "POST"\nwrk.headers["Content-Type"] = "{content_type}"\n'
        f'local file = io.open("{file}", "rb")\nwrk.body = file:read("*all")\nfile:close()\n'
    )
    threads = min(2, connections)
    command = [
        *wrk(), f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script),
        "--timeout", "30s", url,
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    if "Non-2xx" in done.stdout:
        raise AssertionError(f"{url} answered errors:\n{done.stdout}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert rate is not None, done.stdout
    return {
        "requests_per_second": float(rate[1]),
        "p50_ms": _latency("50", done.stdout),
        "p99_ms": _latency("99", done.stdout),
    }


def _latency(percent: str, text: str) -> float:
    match = re.search(rf"\s{percent}%\s+([\d.]+)(us|ms|s)\b", text)
    assert match is not None, text
    return float(match[1]) * UNITS[match[2]]
