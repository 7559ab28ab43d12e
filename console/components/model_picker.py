"""Chooses the model that a page shows; explains if there is none."""

import streamlit as st

from console import wiring
from console.adapters.query_cache import QueryResult
from console.components.refresh import retry_until_available
from console.components.source_state import show_query_errors
from console.models.discovery import Model


def select_model() -> Model | None:
    """Show the choice of models and return the chosen one; None, with a reason, if there is none.

    The page is drawn again as soon as a model appears.
    """
    models, result = wiring.models()
    explain_missing_models(models, result)
    return select_from(models) if models else None


def select_from(models: list[Model]) -> Model:
    """Show the choice of these models and return the chosen one.

    The URL always names it, because the first model today may be another one tomorrow.
    """
    names = list(dict.fromkeys(model.name for model in models))
    requested = st.query_params.get("model") or st.session_state.get("chosen_model")
    index = names.index(requested) if requested in names else 0
    name = st.selectbox(
        "Model", names, index, key=f"pick_model:{requested}", width=180,
        label_visibility="collapsed",
    )  # fmt: skip
    st.session_state["chosen_model"] = name
    if st.query_params.get("model", name) != name:
        # the evaluation in the URL is one of the previous model
        st.query_params.pop("evaluation", None)
    st.query_params["model"] = name
    return next(model for model in models if model.name == name)


def explain_missing_models(models: list[Model], result: QueryResult) -> None:
    """Show why the list of models is empty or old, and wait for one if it is empty."""
    show_query_errors(result)
    if not models:
        if result.error is None:
            explain_no_models()
        retry_until_available(lambda: bool(wiring.models()[0]))


def explain_no_models() -> None:
    """Say that Prometheus knows no model, and how to add one."""
    st.info(
        "**No models.** Prometheus is running, but no service that it scrapes exposes "
        "`model_info`. Start a service (`make`), add its address to Prometheus's targets, or map "
        "the metrics of another service on the page [Add a model](/add-model)."
    )
