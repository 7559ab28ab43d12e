"""Asks the stack's servers over HTTP whether they are ready."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence

PROBE_TIMEOUT_SECONDS = 2.0
# a proxy of the machine has no business with 127.0.0.1
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(url: str) -> bool:
    """Whether a GET of url ends in a status below 400."""
    return _get(url) is not None


def unscraped(prometheus_url: str | None, jobs: Sequence[str], since: float) -> list[str]:
    """The jobs of which Prometheus has not found a target up after this Unix time.

    Without a time the answer may be of an earlier run: Prometheus keeps its data.
    """
    up = f'up{{job=~"{"|".join(jobs)}"}}'
    query = urllib.parse.urlencode({"query": f"timestamp({up}) >= {since:.3f} and {up} == 1"})
    body = _get(f"{prometheus_url}/api/v1/query?{query}")
    found = json.loads(body)["data"]["result"] if body is not None else []
    return sorted(set(jobs) - {series["metric"]["job"] for series in found})


def reload(url: str) -> str | None:
    """Have Prometheus or Alertmanager read its files again; None, or the words of its refusal."""
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
