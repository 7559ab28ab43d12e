"""Shows the answer to the last request: the prediction and its probabilities, or the failure."""

import streamlit as st

from console.charts import probabilities
from console.components.chart_figure import show_figure
from console.components.view_state import time_zone
from console.formatting import display
from console.openapi.prediction import Prediction
from console.views.try_it import failures
from console.views.try_it.attempts import Attempt

MAX_OTHERS = 4


def show(attempt: Attempt, slot: str) -> None:
    """Show what was sent, and the answer or why there is none."""
    if attempt.call.preview is not None:
        st.image(attempt.call.preview, alt=f"Sent picture: {attempt.call.picture_name}")
    if attempt.error is not None:
        failures.show(attempt.error, attempt.moment)
    elif attempt.prediction is not None:
        _show_prediction(attempt, attempt.prediction, slot)


def _show_prediction(attempt: Attempt, prediction: Prediction, slot: str) -> None:
    with st.container(horizontal=True, gap="medium"):
        for label, value in _metrics(attempt, prediction):
            st.metric(label, value, width="content")
    if prediction.low_confidence:
        st.warning(f"**Low confidence.** {_describe_confidence(attempt, prediction)}")
    if prediction.probabilities:
        texts = ", ".join(
            f"{name} {display.percent(value)}" for name, value in prediction.probabilities.items()
        )
        st.markdown("**Probabilities**")
        show_figure(
            probabilities.bars(prediction.probabilities), "Probabilities",
            key=f"{slot}:probabilities", alt=f"Probabilities: {texts}",
        )  # fmt: skip
    parts = [f"Answered at {display.moment(attempt.moment, time_zone())}"]
    if prediction.inference_seconds is not None:
        parts.append(f"inference {display.duration(prediction.inference_seconds)}")
    if prediction.model_version is not None:
        parts.append(f"model {prediction.model_version}")
    if prediction.prediction_id is not None:
        parts.append(f"prediction_id `{prediction.prediction_id}`")
    st.caption(" · ".join(parts))
    with st.expander("Answer as JSON"):
        st.json(dict(prediction.body))


def _metrics(attempt: Attempt, prediction: Prediction) -> list[tuple[str, str]]:
    others = [
        (name, value) for name, value in prediction.others.items()
        if isinstance(value, str | int | float)
    ]  # fmt: skip
    metrics = [("Prediction", _write(prediction.outcome))] if prediction.outcome is not None else []
    metrics += [(name, _write(value)) for name, value in others[:MAX_OTHERS]]
    if prediction.confidence is not None:
        metrics.append(("Confidence", display.percent(prediction.confidence)))
    metrics.append(("Latency", display.duration(attempt.seconds)))
    return metrics


def _describe_confidence(attempt: Attempt, prediction: Prediction) -> str:
    if attempt.low_confidence is None or prediction.confidence is None:
        return "The service marks this prediction as uncertain."
    confidence, threshold = map(display.percent, (prediction.confidence, attempt.low_confidence))
    return f"{confidence} is below the service's threshold of {threshold}."


def _write(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return display.number(value, 4)
