"""The pages in Streamlit's test runner, in every state: an outage, no model, an invalid setting."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from console import wiring
from console.series import span_until
from promql import traffic
from tests import servers
from tests.console.fakes import Answer, answering

VIEWS = Path(__file__).resolve().parents[2] / "console" / "views"
PAGES = (
    "overview", "traffic", "quality", "drift", "versions", "evaluate", "reports", "alerts",
    "infrastructure", "explore", "add_model", "try_it",
)  # fmt: skip
OF_A_MODEL = (
    "overview", "traffic", "quality", "drift", "versions", "try_it", "evaluate", "reports",
)  # fmt: skip
EMPTY = b'{"status":"success","data":{"resultType":"vector","result":[]}}'
# queries, rules and targets without an entry
NOTHING = (
    b'{"status":"success","data":'
    b'{"resultType":"vector","result":[],"groups":[],"activeTargets":[]}}'
)
EMPTY_STATES = [
    ("alerts", {}, "**No alerting rules.** Add a rules file"),
    ("alerts", {"alerts_view": "History"}, "No alert was pending or firing in this time range."),
    (
        "alerts", {"alerts_view": "Silences"},
        "**No active silences.** All firing alerts send notifications.",
    ),
    ("infrastructure", {}, "No node-exporter is scraped."),
    ("infrastructure", {"infra_view": "Targets"}, "**No targets.** Prometheus is running"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_cached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("BELVEDERE_CONSOLE_DIR", str(tmp_path))
    for name in ("BELVEDERE_PROMETHEUS_URL", "BELVEDERE_ALERTMANAGER_URL"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{servers.free_port()}")
    monkeypatch.setenv("BELVEDERE_QUERY_TIMEOUT_SECONDS", "2")
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(page: str, **parameters: str) -> AppTest:
    test = AppTest.from_file(str(VIEWS / page / "page.py"), default_timeout=20)
    for name, value in parameters.items():
        test.query_params[name] = value
    return test.run()


def said(page: AppTest) -> str:
    parts = [*page.error, *page.warning, *page.info, *page.markdown, *page.caption]
    return "\n".join(str(part.value) for part in parts)


@pytest.mark.parametrize("page", PAGES)
def test_an_outage_is_shown_as_an_outage_not_as_no_data(page: str) -> None:
    shown = opened(page)
    assert not shown.exception
    assert "Request failed" in shown.error[0].value
    assert "Prometheus does not answer" in shown.error[0].value
    assert "No models" not in said(shown)
    assert "No data" not in said(shown)


@pytest.mark.parametrize("page", OF_A_MODEL)
def test_no_model_is_shown_as_no_model_not_as_an_outage(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(Answer(200, EMPTY)) as url:
        monkeypatch.setenv("BELVEDERE_PROMETHEUS_URL", url)
        shown = opened(page)
    assert not shown.exception
    assert "No models" in said(shown)
    assert not shown.error


def test_the_page_recovers_when_prometheus_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = Answer(503, b'{"status":"error","error":"starting up"}')
    monkeypatch.setattr("console.adapters.query_cache.FAILED_AGE_SECONDS", 0.0)
    with answering(answer) as url:
        monkeypatch.setenv("BELVEDERE_PROMETHEUS_URL", url)
        shown = opened("overview")
        assert "503: starting up" in shown.error[0].value
        answer.status, answer.body = 200, EMPTY
        shown.run()
    assert not shown.error
    assert "No models" in said(shown)


def test_an_invalid_setting_is_shown_in_place_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELVEDERE_QUERY_TIMEOUT_SECONDS", "soon")
    shown = AppTest.from_file(str(VIEWS.parent / "app.py"), default_timeout=20).run()
    assert not shown.exception
    assert "Invalid settings" in shown.error[0].value
    assert "query_timeout_seconds" in shown.error[0].value


def test_the_window_of_a_rate_is_one_step_and_at_least_four_scrapes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def window(seconds: float) -> str:
        text = wiring.build_request(traffic.REQUEST_RATE, {}, span_until(1e9, seconds)).text
        return text.partition("[")[2].partition("]")[0]

    assert (window(900), window(604_800)) == ("60s", "1512s")
    monkeypatch.setenv("BELVEDERE_SHORTEST_WINDOW_SECONDS", "240")
    st.cache_resource.clear()
    assert window(900) == "240s"


def test_an_invalid_query_shows_the_error_of_prometheus() -> None:
    with ExitStack() as stack:
        real = stack.enter_context(servers.prometheus())
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BELVEDERE_PROMETHEUS_URL", real.url)
            shown = opened("explore")
            shown.text_area[0].set_value("sum(").run()
            assert "parse error" in shown.warning[0].value
            shown.text_area[0].set_value("nothing_of_this_name").run()
            assert any("No data" in info.value for info in shown.info)
            assert not shown.error
            shown.text_area[0].set_value("  ").run()
            assert any("Write a query" in info.value for info in shown.info)


def test_an_invalid_models_file_is_reported_and_every_page_still_opens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "models.toml").write_text("[[models]\n")
    with answering(Answer(200, EMPTY)) as url:
        monkeypatch.setenv("BELVEDERE_PROMETHEUS_URL", url)
        shown = AppTest.from_file(str(VIEWS.parent / "app.py"), default_timeout=20).run()
    assert not shown.exception
    assert "Invalid models file" in said(shown)
    assert "No models" in said(shown)


def test_a_model_of_the_file_is_listed_without_model_info(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "models.toml").write_text(
        '[[models]]\nname = "shop"\ntask = "regression"\nmatchers = { job = "shop" }\n'
    )
    with answering(Answer(200, EMPTY)) as url:
        monkeypatch.setenv("BELVEDERE_PROMETHEUS_URL", url)
        shown = opened("traffic")
    assert not shown.exception
    assert shown.selectbox[0].options == ["shop"]
    assert "No query for requests" in said(shown)


@pytest.fixture
def empty_sources(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Prometheus and an Alertmanager that answer and have nothing."""
    with answering(Answer(200, NOTHING)) as prometheus, answering(Answer(200, b"[]")) as alerts:
        monkeypatch.setenv("BELVEDERE_PROMETHEUS_URL", prometheus)
        monkeypatch.setenv("BELVEDERE_ALERTMANAGER_URL", alerts)
        yield


@pytest.mark.usefixtures("empty_sources")
@pytest.mark.parametrize(
    ("page", "parameters", "text"),
    EMPTY_STATES,
    ids=("rules", "history", "silences", "machines", "targets"),
)
def test_an_empty_page_shows_its_state_and_what_to_do(
    page: str, parameters: dict[str, str], text: str
) -> None:
    shown = opened(page, **parameters)
    assert not shown.exception
    assert not shown.error
    assert text in said(shown)


@pytest.mark.usefixtures("empty_sources")
def test_a_silence_needs_matchers_and_a_comment() -> None:
    shown = opened("alerts", alerts_view="Silences")
    shown.text_input(key="matchers").set_value("job")
    shown.button[0].click().run()
    assert "`job` is not a matcher." in shown.warning[0].value
    shown.text_input(key="matchers").set_value("job=shop")
    shown.button[0].click().run()
    assert shown.warning[0].value == "Enter at least one matcher and a comment."
