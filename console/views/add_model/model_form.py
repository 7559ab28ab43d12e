"""What a model that is added is called, where it lies, and the button that keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import streamlit as st

from console import wiring
from console.components.controls import explain_errors, latest, show_state, try_again
from console.models import models_file
from console.models.cache import free_name
from console.models.models_file import MappedQuery, ServedModel, Task
from console.views.add_model import added_models, url_state, validation

TASKS: tuple[Task, ...] = get_args(Task)
WATCHERS = ("prometheus", "alertmanager", "node")


@dataclass(frozen=True)
class About:
    """The fields as they were written."""

    name: str
    task: Task
    url: str
    matchers: str


def source_and_job() -> tuple[str, str]:
    """The Prometheus and the job; "" while none is chosen."""
    sources = [source.name for source in wiring.settings().prometheuses]
    with st.container(horizontal=True):
        if len(sources) > 1:
            st.selectbox("Prometheus", sources, key="source", width=220, bind="query-params",
                         on_change=added_models.forget)  # fmt: skip
        source = wiring.source()
        found = latest(f"jobs:{source}", lambda: wiring.prometheus_of(source).jobs())
        if found.value is not None:
            known = _jobs_on_the_console()
            listed = sorted(found.value, key=lambda job: (job in known, job in WATCHERS, job))
            wanted = st.query_params.get("job")
            # a change of a model in between begins anew
            number = st.session_state.get("changes", 0)
            job = st.selectbox(
                "Job", listed, listed.index(wanted) if wanted in listed else None,
                key=f"job:{source}:{number}", width=380,
                placeholder="Choose a Prometheus job", on_change=added_models.forget,
                format_func=lambda job: f"{job} (already added)" if job in known else job,
            )  # fmt: skip
            if job is not None:
                st.query_params["job"] = job
            elif wanted is not None and wanted not in listed:
                st.caption(
                    f"Prometheus has no series of job {wanted!r} yet. Waiting for its first scrape."
                )
                try_again(lambda: wanted in wiring.prometheus_of(source).jobs())
            else:
                st.query_params.pop("job", None)
    show_state(found)
    if found.error is not None:
        try_again(lambda: wiring.prometheus_of(source).jobs())
    if not found.value:
        if found.error is None:
            st.info("**No jobs.** Prometheus is running but scrapes no targets. Add the service to "
                    "its scrape configuration.")  # fmt: skip
        return source, ""
    return source, job or ""


def _jobs_on_the_console() -> set[str]:
    return {model.job for model in wiring.models()[0] if model.job}


def about(job: str, changed: ServedModel | None) -> About:
    """Name, task, address and matchers; the name of a model that is changed stays."""
    taken = [model.name for model in wiring.models()[0]]
    first = (
        About(free_name(job, taken), "regression", "", validation.text_of({"job": job}))
        if changed is None
        else About(
            changed.name, changed.task, changed.url or "", validation.text_of(changed.matchers)
        )
    )
    of = subject(job, changed)
    with st.container(horizontal=True):
        name = st.text_input(
            "Name", url_state.first("name", first.name), key=f"name:{of}", width=220,
            disabled=changed is not None,
            help=None if changed is None else "Its evaluations are stored under this name.",
        )  # fmt: skip
        task = st.selectbox(
            "Task", TASKS, TASKS.index(_task(url_state.first("task", first.task))),
            key=f"task:{of}", width=160,
        )  # fmt: skip
        matchers = st.text_input(
            "Matchers", url_state.first("matchers", first.matchers),
            key=f"matchers:{of}", width=300,
            help="Labels that select its series. If a job has several models, add a second label.",
        )  # fmt: skip
        url = st.text_input(
            "Service URL (optional)", url_state.first("url", first.url), key=f"url:{of}",
            placeholder="http://127.0.0.1:8080", width=280,
            help="Only for services with /evaluations. The console evaluates other models itself.",
        )  # fmt: skip
    given = About((name or "").strip(), task, (url or "").strip(), matchers or "")
    for param in ("name", "task", "url", "matchers"):
        url_state.keep(param, getattr(given, param), getattr(first, param))
    return given


def subject(job: str, changed: ServedModel | None) -> str:
    """Tells the widgets of one job, or of one change of a model, from those of another."""
    number = st.session_state.get("changes", 0)
    return f"job:{job}" if changed is None else f"change:{changed.name}:{number}"


def _task(text: str) -> Task:
    return next((task for task in TASKS if task == text), TASKS[0])


def save(
    given: About, matchers: dict[str, str], queries: Sequence[MappedQuery], source: str,
    changed: ServedModel | None,
) -> None:  # fmt: skip
    """The button; why it can't be pressed; and on to the Overview."""
    taken = [] if changed is not None else [model.name for model in wiring.models()[0]]
    troubles = [validation.name_trouble(given.name, taken), validation.url_trouble(given.url)]
    troubles += [models_file.query_trouble(item.query) for item in queries]
    found = [trouble for trouble in troubles if trouble is not None]
    for trouble in found[:1]:
        st.warning(trouble)
    label = "Add to the console" if changed is None else "Save changes"
    if not st.button(label, type="primary", disabled=bool(found), key="keep_model"):
        return
    first = wiring.settings().prometheuses[0].name
    model = ServedModel(
        name=given.name,
        task=given.task,
        matchers=matchers,
        url=given.url or None,
        prometheus=None if source == first else source,
        queries=tuple(queries),
    )
    path = wiring.served().path
    with explain_errors():
        (models_file.add if changed is None else models_file.replace)(path, model)
        st.toast(f"{given.name} was saved.")
        st.switch_page("views/overview/page.py", query_params={"model": given.name})
