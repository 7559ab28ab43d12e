"""The form of an added model: its job, its details, and the button that saves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import streamlit as st

from console import wiring
from console.components.refresh import retry_until_available
from console.components.source_state import explain_errors, fetch_with_fallback, show_fetch_error
from console.models import models_file
from console.models.cache import free_name
from console.models.external import ExternalModel, MappedQuery, Task, template_error
from console.views.add_model import added_models, url_state, validation

TASKS: tuple[Task, ...] = get_args(Task)
MONITORING_JOBS = ("prometheus", "alertmanager", "node")


@dataclass(frozen=True)
class ModelDetails:
    """The fields of the form, as entered."""

    name: str
    task: Task
    url: str
    matchers: str


def choose_source_and_job() -> tuple[str, str]:
    """Show the choice of a Prometheus and a job. Return both; the job is "" if none is chosen."""
    sources = [source.name for source in wiring.settings().prometheus_sources]
    with st.container(horizontal=True):
        if len(sources) > 1:
            st.selectbox("Prometheus", sources, key="source", width=220, bind="query-params",
                         on_change=added_models.clear_choices)  # fmt: skip
        source = wiring.selected_source()
        jobs = fetch_with_fallback(f"jobs:{source}", lambda: wiring.prometheus_named(source).jobs())
        job = None if jobs.value is None else _choose_job(source, jobs.value)
    show_fetch_error(jobs)
    if jobs.error is not None:
        retry_until_available(lambda: wiring.prometheus_named(source).jobs())
    elif not jobs.value:
        st.info("**No jobs.** Prometheus is running but scrapes no targets. Add the service to its "
                "scrape configuration.")  # fmt: skip
    return source, job or ""


def _choose_job(source: str, jobs: list[str]) -> str | None:
    """Show the choice of a job, which the URL keeps, and return it."""
    monitored = _list_monitored_jobs()
    names = sorted(jobs, key=lambda job: (job in monitored, job in MONITORING_JOBS, job))
    requested = st.query_params.get("job")
    # editing a model in between resets the choice
    changes = st.session_state.get("changes", 0)
    job = st.selectbox(
        "Job", names, names.index(requested) if requested in names else None,
        key=f"job:{source}:{changes}", width=380,
        placeholder="Choose a Prometheus job", on_change=added_models.clear_choices,
        format_func=lambda job: f"{job} (already added)" if job in monitored else job,
    )  # fmt: skip
    if job is not None:
        st.query_params["job"] = job
    elif requested is not None and requested not in names:
        st.caption(f"Prometheus has no series of job {requested!r}. Waiting for its first scrape.")
        retry_until_available(lambda: requested in wiring.prometheus_named(source).jobs())
    else:
        st.query_params.pop("job", None)
    return job


def _list_monitored_jobs() -> set[str]:
    return {model.job for model in wiring.models()[0] if model.job}


def edit_details(job: str, edited_model: ExternalModel | None) -> ModelDetails:
    """Show the fields and return them as entered. The name of an existing model can't change."""
    initial = _get_initial_details(job, edited_model)
    key = build_widget_key(job, edited_model)
    with st.container(horizontal=True):
        name = st.text_input(
            "Name", url_state.read("name", initial.name), key=f"name:{key}", width=220,
            disabled=edited_model is not None,
            help=None if edited_model is None else "Its evaluations are stored under this name.",
        )  # fmt: skip
        task = st.selectbox(
            "Task", TASKS, TASKS.index(_parse_task(url_state.read("task", initial.task))),
            key=f"task:{key}", width=160,
        )  # fmt: skip
        matchers = st.text_input(
            "Matchers", url_state.read("matchers", initial.matchers),
            key=f"matchers:{key}", width=300,
            help="Labels that select its series. If a job has several models, add a second label.",
        )  # fmt: skip
        url = st.text_input(
            "Service URL (optional)", url_state.read("url", initial.url), key=f"url:{key}",
            placeholder="http://127.0.0.1:8080", width=280,
            help="Only for services with /evaluations. The console evaluates other models itself.",
        )  # fmt: skip
    details = ModelDetails((name or "").strip(), task, (url or "").strip(), matchers or "")
    for param in ("name", "task", "url", "matchers"):
        url_state.write(param, getattr(details, param), getattr(initial, param))
    return details


def _get_initial_details(job: str, edited_model: ExternalModel | None) -> ModelDetails:
    if edited_model is None:
        name = free_name(job, [model.name for model in wiring.models()[0]])
        return ModelDetails(name, "regression", "", validation.write_matchers({"job": job}))
    matchers = validation.write_matchers(edited_model.matchers)
    return ModelDetails(edited_model.name, edited_model.task, edited_model.url or "", matchers)


def build_widget_key(job: str, edited_model: ExternalModel | None) -> str:
    """Return a key that separates the widgets of a job, or of one edit of a model, from others."""
    changes = st.session_state.get("changes", 0)
    return f"job:{job}" if edited_model is None else f"change:{edited_model.name}:{changes}"


def _parse_task(text: str) -> Task:
    return next((task for task in TASKS if task == text), TASKS[0])


def save(
    details: ModelDetails, matchers: dict[str, str], queries: Sequence[MappedQuery], source: str,
    edited_model: ExternalModel | None,
) -> None:  # fmt: skip
    """Show the button that saves the model, or why it is disabled; then open the Overview."""
    used_names = [] if edited_model is not None else [model.name for model in wiring.models()[0]]
    checks = [validation.check_name(details.name, used_names), validation.check_url(details.url)]
    checks += [template_error(item.query) for item in queries]
    problems = [problem for problem in checks if problem is not None]
    for problem in problems[:1]:
        st.warning(problem)
    label = "Add to the console" if edited_model is None else "Save changes"
    if not st.button(label, type="primary", disabled=bool(problems), key="keep_model"):
        return
    default_source = wiring.settings().prometheus_sources[0].name
    model = ExternalModel(
        name=details.name,
        task=details.task,
        matchers=matchers,
        url=details.url or None,
        predict_url=edited_model.predict_url if edited_model is not None else None,
        prometheus=None if source == default_source else source,
        queries=tuple(queries),
    )
    path = wiring.external_models().path
    with explain_errors():
        (models_file.add if edited_model is None else models_file.replace)(path, model)
        st.toast(f"{details.name} was saved.")
        st.switch_page("views/overview/page.py", query_params={"model": details.name})
