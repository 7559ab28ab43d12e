"""The choice of a picture: an upload, or one of the service's samples."""

import re

import streamlit as st

from console.adapters.prediction_service import Picture, PredictionService
from console.components.source_state import explain_errors
from console.formatting import pictures
from console.openapi.service_api import Endpoint, ServiceApi
from console.views.try_it.attempts import Call
from console.wiring import predictions

PREVIEW, THUMBNAIL = 280, 208
# three beside each other on a phone
TILE_WIDTH = 104
MAX_SAMPLES = 12
NUMBER = re.compile(r"\s*\d+$")
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
    samples = predictions.samples(service, MAX_SAMPLES)
    if samples:
        st.markdown("**Sample pictures**")
    with st.container(horizontal=True, gap="small"):
        titles = _titles([sample.name for sample, _ in samples])
        for title, (sample, picture) in zip(titles, samples, strict=True):
            with st.container(width=TILE_WIDTH, gap="xsmall"):
                preview = pictures.square(picture.content, THUMBNAIL)
                if preview is not None:
                    st.image(preview, width=TILE_WIDTH, alt=f"Sample: {title}")
                if st.button(title, key=f"{slot}:sample:{sample.name}", width="stretch"):
                    chosen = picture
    return chosen


def _titles(names: list[str]) -> list[str]:
    """Return short titles: the name of each file, without its number where one name is enough."""
    stems = [name.rpartition("/")[2].rpartition(".")[0].replace("_", " ") for name in names]
    short = [NUMBER.sub("", stem) for stem in stems]
    return [
        brief if brief and short.count(brief) == 1 else stem or name
        for brief, stem, name in zip(short, stems, names, strict=True)
    ]
