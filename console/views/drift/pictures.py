"""Shows the drift of pictures in words, and the current pictures that are most unlike."""

import streamlit as st

from console import wiring
from console.components.source_state import explain_errors
from console.errors import RequestRejected
from console.formatting import display, locale_numbers, sentences
from console.models.discovery import Model
from console.views.drift.unlike_rows import UnlikeRow, find_most_unlike
from console.wiring import predictions
from evaluation.result import Evaluation

MAX_SHOWN, MAX_ASKED = 6, 24
TILE_WIDTH = 150
NOT_KEPT = (
    "The service keeps no thumbnails of these pictures. Set BELVEDERE_KEEP_IMAGES to keep "
    "those of new predictions."
)
METHOD = (
    "Distance: the root mean square of all numerical features' deviations from the reference's "
    "mean, in its standard deviations (each at most 6)."
)


def show_words(result: Evaluation) -> None:
    """Say in words how the pictures changed; nothing for data without pictures."""
    lines = sentences.pictures(result)
    if lines:
        st.markdown("\n".join(f"- {line}" for line in lines))


def show_most_unlike(result: Evaluation, model: Model) -> None:
    """Show the thumbnails of the current pictures that are most unlike the reference."""
    if not sentences.pictures(result):
        return
    st.markdown("**Most unlike pictures**")
    with explain_errors():
        rows = _find(result, model)
        if rows is None:
            st.caption("The rows of this evaluation are no longer stored.")
            return
        if not rows:
            st.caption("The rows of this evaluation are not from the prediction log.")
            return
        url = wiring.service_address(model)
        thumbnails = (
            (row, content)
            for row in rows
            if (content := predictions.thumbnail(url, row.prediction_id)) is not None
        )
        shown = [pair for pair, _ in zip(thumbnails, range(MAX_SHOWN), strict=False)]
        if not shown:
            st.caption(NOT_KEPT)
            return
        with st.container(horizontal=True, gap="small"):
            for row, content in shown:
                with st.container(width=TILE_WIDTH, gap="xsmall"):
                    st.image(
                        content, width=TILE_WIDTH, alt=f"Picture predicted as {row.prediction}"
                    )
                    st.caption(_describe(row))
        st.caption(METHOD)


def _find(result: Evaluation, model: Model) -> list[UnlikeRow] | None:
    """Return the most unlike rows; None if the file of the rows is gone."""
    url = wiring.service_address(model)
    try:
        rows = predictions.scored_rows(url, str(result.evaluation_id))
    except RequestRejected:
        return None
    prediction = result.prediction_drift.name if result.prediction_drift is not None else ""
    return find_most_unlike(rows, result.features, prediction, MAX_ASKED)


def _describe(row: UnlikeRow) -> str:
    deviation = locale_numbers.fixed(row.deviation, 1, signed=True)
    predicted = f"**{row.prediction}**, " if row.prediction else ""
    return f"{predicted}distance {display.number(row.distance)}; {row.feature} {deviation} std"
