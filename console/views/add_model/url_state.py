"""Choices that the address keeps where a widget is another one for each subject (a job)."""

from collections.abc import Sequence

import streamlit as st

EMPTY = "-"


def first(name: str, default: str) -> str:
    """What a widget begins with: the address goes before the default."""
    found = st.query_params.get(name, default)
    return "" if found == EMPTY else found


def first_of(name: str, options: Sequence[str], default: Sequence[str]) -> list[str]:
    """The same of several, of those that there are."""
    given = st.query_params.get_all(name)
    return [item for item in given if item in options] if given else list(default)


def keep(name: str, value: str | Sequence[str], default: str | Sequence[str]) -> None:
    """Write a choice into the address; the default needs no word there."""
    given = [value] if isinstance(value, str) else list(value)
    usual = [default] if isinstance(default, str) else list(default)
    given = [item or EMPTY for item in given] or [EMPTY]
    if given == [item or EMPTY for item in usual] or (given == [EMPTY] and not usual):
        st.query_params.pop(name, None)
    elif st.query_params.get_all(name) != given:
        st.query_params[name] = given
