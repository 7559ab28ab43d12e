"""Reads and writes choices in the URL, for widgets whose key changes with the job."""

from collections.abc import Sequence

import streamlit as st

EMPTY = "-"


def read(name: str, default: str) -> str:
    """Return the initial value of a widget: from the URL, else the default."""
    value = st.query_params.get(name, default)
    return "" if value == EMPTY else value


def read_all(name: str, options: Sequence[str], default: Sequence[str]) -> list[str]:
    """Return the initial values of a multiselect: from the URL where valid, else the default."""
    values = st.query_params.get_all(name)
    return [item for item in values if item in options] if values else list(default)


def write(name: str, value: str | Sequence[str], default: str | Sequence[str]) -> None:
    """Write a choice to the URL. The default is left out."""
    values = [value] if isinstance(value, str) else list(value)
    defaults = [default] if isinstance(default, str) else list(default)
    values = [item or EMPTY for item in values] or [EMPTY]
    if values == [item or EMPTY for item in defaults] or (values == [EMPTY] and not defaults):
        st.query_params.pop(name, None)
    elif st.query_params.get_all(name) != values:
        st.query_params[name] = values
