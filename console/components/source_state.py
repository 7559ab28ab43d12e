"""Shows whether a source answered: current data, older data with its age, or an error."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tomllib import TOMLDecodeError
from typing import Any, Generic, TypeVar

import streamlit as st
from pydantic import ValidationError
from pydantic_settings import SettingsError

from console import wiring
from console.adapters.query_cache import QueryResult
from console.components import error_once
from console.errors import ConsoleError, QueryRejected, RequestRejected
from console.formatting import display

log = logging.getLogger(__name__)
T = TypeVar("T")

REPEATED_ERROR = "Request failed; see the error above."


@dataclass(frozen=True)
class FetchedValue(Generic[T]):
    """The newest value of a source, its age, and the error if the last request failed."""

    value: T | None
    age_seconds: float
    error: ConsoleError | None


def stop_on_invalid_settings() -> None:
    """Show what is wrong with the settings and stop, in place of a page that breaks."""
    try:
        wiring.settings()
    except (ValidationError, SettingsError, TOMLDecodeError) as error:
        st.error(f"**Invalid settings.** {error}")
        st.stop()


def warn_about_models_file() -> None:
    """Warn on every page if models.toml can't be read: its models may be missing."""
    error = wiring.external_models().error
    if error is not None:
        st.warning(f"**Invalid models file.** {error} Its models may be missing.")


def fetch_with_fallback(key: str, fetch: Callable[[], T]) -> FetchedValue[T]:
    """Fetch a value; if that fails, return the last value of this session with its age."""
    slot = f"latest:{key}"
    try:
        value = fetch()
    except ConsoleError as error:
        log.warning("%s: %s", key, error)
        if slot in st.session_state:
            value, moment = st.session_state[slot]
            return FetchedValue(value, time.time() - moment, error)
        return FetchedValue(None, 0.0, error)
    st.session_state[slot] = (value, time.time())
    return FetchedValue(value, 0.0, None)


def show_fetch_error(fetched: "FetchedValue[Any]") -> None:
    """Show why a source failed, and the age of the data that the page still shows."""
    if fetched.error is not None:
        _show_error(fetched.error, fetched.age_seconds if fetched.value is not None else None)


def show_query_errors(*results: QueryResult) -> None:
    """Show the first error among the results, and the age of the oldest data in them."""
    failed = [result for result in results if result.error is not None]
    if not failed:
        return
    times = [result.fetched_at for result in failed if result.available]
    error = failed[0].error
    if isinstance(error, QueryRejected):
        st.warning(f"**Query rejected.** {error}")
    elif error is not None:
        _show_error(error, time.time() - min(times) if times else None)


def _show_error(error: ConsoleError, age_seconds: float | None) -> None:
    older = ""
    if age_seconds is not None:
        older = f"The data below is {display.age(age_seconds)} old."
    if error_once.is_new(error):
        text = "\n\n".join(part for part in (str(error), older) if part)
        st.error(f"**Request failed.** {text}\n\nThis page retries automatically.")
    else:
        st.caption(f"{REPEATED_ERROR} {older}".strip())


@contextmanager
def explain_errors() -> Iterator[None]:
    """Show the console's own errors in place; any other exception is a bug and is not caught."""
    try:
        yield
    except (QueryRejected, RequestRejected) as error:
        st.warning(str(error))
    except ConsoleError as error:
        log.warning("%s", error)
        if error_once.is_new(error):
            st.error(f"**Request failed.** {error}")
        else:
            st.caption(REPEATED_ERROR)
