"""Which models the console finds, and which version of each it takes to serve."""

import json
from collections.abc import Iterator

import pytest
import streamlit as st

from console import wiring
from tests.console.fakes import Answer, answering


@pytest.fixture(autouse=True)
def nothing_cached() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def seen(version: str, at: float, instance: str = "a:1") -> dict[str, object]:
    labels = {
        "model": "churn", "version": version, "task": "binary", "job": "churn-api",
        "instance": instance,
    }  # fmt: skip
    return {"metric": labels, "value": [2000, str(at)]}


def test_the_version_with_the_newest_sample_is_in_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # the names sort the other way round than the times
    listed = [seen("aaa", 1999.0), seen("zzz", 1000.0)]
    result = {"resultType": "vector", "result": listed}
    body = json.dumps({"status": "success", "data": result}).encode()
    with answering(Answer(200, body)) as url:
        monkeypatch.setenv("BELVEDERE_PROMETHEUS_URL", url)
        (found,), _ = wiring.models()
    assert (found.name, found.version, found.instance) == ("churn", "aaa", "a:1")
