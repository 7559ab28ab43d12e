"""An outage is told once on a page, and by whoever told it again when that part is drawn anew."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from console.components import error_once

    st.session_state.setdefault("runs", 0)
    st.session_state["runs"] += 1
    if st.session_state["runs"] == 1:
        error_once.reset()
        with error_once.reported_by("a"):
            st.write("a first", error_once.is_new("down"), "a again", error_once.is_new("down"))
        with error_once.reported_by("b"):
            st.write("b first", error_once.is_new("down"), "b other", error_once.is_new("slow"))
    elif st.session_state["runs"] == 2:
        # the parts draw themselves anew, b before a
        with error_once.reported_by("b"):
            st.write("b first", error_once.is_new("down"), "b other", error_once.is_new("slow"))
        with error_once.reported_by("a"):
            st.write("a first", error_once.is_new("down"))
    else:
        error_once.reset()
        st.write("page first", error_once.is_new("down"))


def test_a_part_shows_its_own_errors_again_but_not_those_of_others() -> None:
    shown = AppTest.from_function(page).run()
    assert [text.value for text in shown.markdown] == [
        "a first `True` a again `False`", "b first `False` b other `True`",
    ]  # fmt: skip
    shown.run()
    assert [text.value for text in shown.markdown] == [
        "b first `False` b other `True`", "a first `True`",
    ]  # fmt: skip
    shown.run()
    assert shown.markdown[0].value == "page first `True`"
