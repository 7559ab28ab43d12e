"""Checks over HTTP whether the stack's servers are ready."""

import http.client
import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence

PROBE_TIMEOUT_SECONDS = 2.0
# 127.0.0.1 is never reached through a proxy
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(url: str) -> bool:
    """Return whether a GET of url answers with a status below 400."""
    return _get(url) is not None


def succeeds(command: Sequence[str]) -> bool:
    """Return whether a command ends with exit code 0."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def unscraped(prometheus_url: str | None, jobs: Sequence[str], since: float) -> list[str]:
    """Return the jobs without a target that Prometheus scraped as up after this Unix time.

    Prometheus keeps its data: without a time the answer may be of an earlier run.
    """
    up = f'up{{job=~"{"|".join(jobs)}"}}'
    query = urllib.parse.urlencode({"query": f"timestamp({up}) >= {since:.3f} and {up} == 1"})
    body = _get(f"{prometheus_url}/api/v1/query?{query}")
    matches = json.loads(body)["data"]["result"] if body is not None else []
    return sorted(set(jobs) - {series["metric"]["job"] for series in matches})


def reload(url: str) -> str | None:
    """Have Prometheus or Alertmanager reload its files; return None or the reason it refuses."""
    request = urllib.request.Request(f"{url}/-/reload", method="POST")
    try:
        with _opener.open(request, timeout=10):
            return None
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        return str(error)


def _get(url: str) -> bytes | None:
    try:
        with _opener.open(url, timeout=PROBE_TIMEOUT_SECONDS) as answer:
            body: bytes = answer.read()
            return body
    except (OSError, http.client.HTTPException):
        return None
