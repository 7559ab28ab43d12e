"""The choice of a picture: an upload, or one of the service's samples."""

import streamlit as st

from console.adapters.prediction_service import Picture, PredictionService
from console.components.source_state import explain_errors
from console.formatting import pictures
from console.openapi.service_api import Endpoint, ServiceApi
from console.views.try_it.attempts import Call
from console.wiring import predictions

PREVIEW, THUMBNAIL = 640, 240
TILE_WIDTH = 124
MAX_SAMPLES = 10
UNKNOWN_TYPE = "application/octet-stream"


def show(service: PredictionService, endpoint: Endpoint, api: ServiceApi, slot: str) -> Call | None:
    """Show the choice. Return the request for a picture that was chosen now, else None."""
    marker = f"{slot}:uploaded"

    def mark() -> None:
        st.session_state[marker] = True

    file = st.file_uploader(
        "Picture", key=f"{slot}:file", on_change=mark,
        help="The console sends it to the service once and does not store it.",
    )  # fmt: skip
    picture = None
    # set by an upload and cleared here: another run of this page does not send it again
    if st.session_state.pop(marker, False) and file is not None:
        picture = Picture(file.name, file.getvalue(), file.type or UNKNOWN_TYPE)
    if api.has_samples:
        with explain_errors():
            picture = _choose_sample(service, slot) or picture
    if picture is None:
        return None
    preview = pictures.shrink(picture.content, PREVIEW)
    chosen = picture
    return Call(lambda: service.predict_picture(endpoint, chosen), preview, picture.name)


def _choose_sample(service: PredictionService, slot: str) -> Picture | None:
    """Show the sample pictures of the service, each with a button that sends it."""
    chosen = None
    samples = predictions.samples(service.url, MAX_SAMPLES)
    if samples:
        st.markdown("**Sample pictures**")
    with st.container(horizontal=True, gap="small"):
        for sample, picture in samples:
            title = _title(sample.name)
            with st.container(width=TILE_WIDTH, gap="xsmall"):
                preview = pictures.shrink(picture.content, THUMBNAIL)
                if preview is not None:
                    st.image(preview, width=TILE_WIDTH, alt=f"Sample: {title}")
                if st.button(title, key=f"{slot}:sample:{sample.name}", width="stretch"):
                    chosen = picture
    return chosen


def _title(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0].replace("_", " ") or name
