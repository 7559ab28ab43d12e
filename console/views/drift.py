"""Drift: evaluate a window, the log or a file; read what changed and whether it matters."""

import streamlit as st

from console import evaluation_view, wiring
from console.adapters.model_service import CONTENT_TYPES, ModelService, Status
from console.errors import ConsoleError, RequestRejected
from console.widgets import explain_errors, latest, pick_model, show_state

SOURCES = ("Known period", "Prediction log", "Upload")
POLL_SECONDS = 0.7
RECENT = 25


def render() -> None:
    title, picker = st.columns([3, 2], vertical_alignment="bottom")
    title.title("Drift")
    with picker:
        model = pick_model()
    if model is None:
        return
    with explain_errors():
        service = wiring.service(model)
        _form(service)
        recent = latest(f"recent:{model.name}", lambda: service.recent(RECENT))
        show_state(recent)
        shown = st.query_params.get("evaluation") or _newest(recent.value or [])
        if shown is not None:
            _evaluation(service, shown, recent.value or [])
        elif recent.error is None:
            st.info(
                "**Never evaluated.** Choose a period above and press Evaluate: it is compared "
                "with the data that the model was trained on."
            )


def _form(service: ModelService) -> None:
    with st.container(border=True):
        source = st.segmented_control(
            "What to compare with the training data", SOURCES, default=SOURCES[0],
            key="source", required=True,
        )  # fmt: skip
        asked: dict[str, object] | None = None
        upload = None
        if source == SOURCES[0]:
            windows = latest("windows", service.windows)
            show_state(windows)
            known = {item["name"]: item for item in windows.value or []}
            name = st.selectbox(
                "Period",
                list(known),
                key="window",
                format_func=lambda key: f"{known[key]['title']} ({known[key]['rows']} rows)",
            )
            asked = {"window": name} if name else None
        elif source == SOURCES[1]:
            hours = st.number_input(
                "Hours of predictions, up to now", 0.05, 8784.0, 1.0, key="hours", width=260
            )
            asked = {"last_hours": hours}
        else:
            upload = st.file_uploader(
                "A CSV or Parquet file with the model's fields, and the truth if it is known",
                type=list(CONTENT_TYPES), key="upload",
            )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.button(
                "Evaluate", type="primary", disabled=asked is None and upload is None
            )
            publish = st.toggle(
                "Publish to the gauges", key="publish",
                help="Prometheus, Grafana and the alerts see a published evaluation.",
            )  # fmt: skip
    if not pressed:
        return
    if upload is not None:
        started = service.upload(upload.name, upload.getvalue(), publish=publish)
    else:
        started = service.start({**(asked or {}), "publish": publish})
    st.query_params["evaluation"] = started
    st.rerun()


def _newest(recent: list[Status]) -> str | None:
    return next((item.evaluation_id for item in recent if item.state == "succeeded"), None)


def _evaluation(service: ModelService, evaluation_id: str, recent: list[Status]) -> None:
    try:
        status = service.status(evaluation_id)
    except RequestRejected as error:
        st.warning(f"{error} It may have been removed: choose another or evaluate again.")
        st.query_params.pop("evaluation", None)
        return
    evaluation_view.choose(status, recent)
    if status.running:
        st.fragment(lambda: _progress(service, evaluation_id), run_every=POLL_SECONDS)()
    elif status.result is not None:
        evaluation_view.show(service, status.result)
    else:
        words = (status.error or {}).get("message", "no reason was given")
        st.error(f"**This evaluation {status.state}.** {words}")


def _progress(service: ModelService, evaluation_id: str) -> None:
    try:
        status = service.status(evaluation_id)
    except ConsoleError as error:
        st.error(f"**Could not ask.** {error} The evaluation goes on; this page tries again.")
        return
    if not status.running:
        st.rerun(scope="app")
    waiting = f"waiting behind {status.ahead}" if status.state == "queued" else status.stage
    st.progress(status.progress, text=f"Evaluating: {waiting}")
    if st.button("Cancel", key="cancel"):
        service.cancel(evaluation_id)
        st.rerun(scope="app")


render()
