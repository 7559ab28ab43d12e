"""Shows the added models, with the buttons that change or remove one."""

import streamlit as st

from console import wiring
from console.errors import ConsoleError
from console.models import models_file
from console.models.external import ExternalModel
from console.views.add_model import validation

QUERY_PARAMETERS = (
    "name", "task", "url", "matchers", "requests_from", "errors_from", "latency_from",
    "quality_from", "drift_from",
)  # fmt: skip


def show() -> None:
    """List the added models, if there are any."""
    models = wiring.external_models().models()
    if not models:
        return
    with st.expander(f"Added models ({len(models)})", expanded="job" not in st.query_params):
        for model in models:
            _show_model(model)
        st.caption(
            f"Stored in {wiring.external_models().path}. You can also edit this file by hand."
        )


def _show_model(model: ExternalModel) -> None:
    path = wiring.external_models().path
    with st.container(horizontal=True, vertical_alignment="center"):
        roles = ", ".join(dict.fromkeys(query.role for query in model.queries)) or "nothing"
        matchers = validation.write_matchers(model.matchers)
        st.markdown(
            f"**{model.name}** · {model.task} · `{matchers}` · shows {roles}",
            width="stretch",
        )
        if models_file.is_handwritten(path, model.name):
            st.caption("Written by hand: edit it in the file.")
            return
        st.button(
            "Change", key=f"change:{model.name}", icon=":material/edit:", on_click=_start_change,
            args=(model,),
        )  # fmt: skip
        with st.popover("Remove", icon=":material/delete:"):
            st.markdown(f"This removes **{model.name}** from the console. Its service and its "
                        "metrics do not change.")  # fmt: skip
            st.button(
                f"Remove {model.name}", key=f"remove:{model.name}", type="primary",
                on_click=_remove, args=(model.name,),
            )  # fmt: skip


def clear_choices() -> None:
    """Remove the choices of the form from the URL."""
    for name in QUERY_PARAMETERS:
        st.query_params.pop(name, None)


def _start_change(model: ExternalModel) -> None:
    clear_choices()
    st.query_params.pop("job", None)
    st.session_state["changes"] = st.session_state.get("changes", 0) + 1
    st.query_params["change"] = model.name


def end_change() -> None:
    """Leave the form that changes a model."""
    clear_choices()
    st.query_params.pop("change", None)


def _remove(name: str) -> None:
    try:
        models_file.remove(wiring.external_models().path, name)
    except ConsoleError as error:
        st.toast(str(error), icon=":material/error:")
        return
    if st.query_params.get("change") == name:
        end_change()
    st.toast(f"{name} was removed.")
