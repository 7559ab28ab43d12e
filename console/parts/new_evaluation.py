"""The form of a new evaluation: which rows, what they look like, and the button."""

from datetime import timedelta

import streamlit as st

from console import preview, wiring, words
from console.adapters.model_service import CONTENT_TYPES, ModelService
from console.errors import ConsoleError
from console.promql import catalogue
from console.widgets import latest, show_state

SOURCES = ("Known period", "Prediction log", "Upload")
SHOWN_ROWS = 5
MARKS = {"error": ":red[:material/error:]", "warning": ":orange[:material/warning:]"}


def show(service: ModelService, model: wiring.Model) -> str | None:
    """The id of an evaluation that was just started."""
    with st.container(border=True):
        source = st.segmented_control(
            "What to compare with the training data", SOURCES, default=SOURCES[0],
            key="source_of_rows", required=True, bind="query-params",
        )  # fmt: skip
        asked: dict[str, object] | None = None
        upload = None
        if source == SOURCES[0]:
            asked = _window(service)
        elif source == SOURCES[1]:
            asked = _log(model)
        else:
            upload = st.file_uploader(
                "A CSV or Parquet file with the model's fields, and the truth if it is known",
                type=list(CONTENT_TYPES), key="upload",
            )  # fmt: skip
            if upload is not None:
                _preview(service, upload.name, upload.getvalue())
        with st.container(horizontal=True, vertical_alignment="center"):
            ready = asked is not None or upload is not None
            pressed = st.button("Evaluate", type="primary", disabled=not ready)
            publish = st.toggle(
                "Publish to the gauges", key="publish",
                help="Prometheus, Grafana and the alerts see a published evaluation.",
            )  # fmt: skip
    if not pressed:
        return None
    if upload is not None:
        return service.upload(upload.name, upload.getvalue(), publish=publish)
    return service.start({**(asked or {}), "publish": publish})


def _window(service: ModelService) -> dict[str, object] | None:
    windows = latest("windows", service.windows)
    show_state(windows)
    known = {item["name"]: item for item in windows.value or []}
    name = st.selectbox(
        "Period", list(known), key="window", bind="query-params",
        format_func=lambda key: f"{known[key]['title']} ({known[key]['rows']:,} rows)",
    )  # fmt: skip
    if not name:
        return None
    chosen = known[name]
    st.caption(f"{chosen['start']} to {chosen['end']}, {chosen['rows']:,} rows with their truth.")
    return {"window": name}


def _log(model: wiring.Model) -> dict[str, object]:
    hours = st.number_input(
        "Hours of predictions, up to now", 0.05, 8784.0, 1.0, key="hours", width=260,
        bind="query-params",
    )  # fmt: skip
    window = f"{round(timedelta(hours=hours).total_seconds())}s"
    asked = [
        wiring.question(query, model.labels, window=window)
        for query in (catalogue.PREDICTIONS_MADE, catalogue.TRUTHS_KNOWN)
    ]
    futures = wiring.ask(asked)
    made, known = (futures[question].result() for question in asked)
    if made.known and made.series:
        truths = words.number(known.series[0].last if known.series else 0.0)
        st.caption(
            f"About {words.number(made.series[0].last)} predictions in this time by the counters, "
            f"and {truths} truths."
        )
    return {"last_hours": hours}


def _preview(service: ModelService, name: str, content: bytes) -> None:
    """The first rows and what stands in the way, before anything is sent."""
    try:
        frame = preview.read(name, content)
        about = service.about()
    except ConsoleError as error:
        st.warning(f"No preview: {error}")
        return
    findings = preview.check(frame, about["features"], about["truth"])
    st.caption(f"{len(frame):,} rows, {len(frame.columns)} columns. The first {SHOWN_ROWS}:")
    st.dataframe(frame.head(SHOWN_ROWS), hide_index=True, key="preview")
    if not findings:
        st.markdown(":green[:material/check_circle:] Every field is there and in its range.")
    for item in findings:
        st.markdown(f"{MARKS[item.level]} **{item.column}** {item.text}.")
