"""Board: the panels saved from Explore, shared by all users of this console."""

import streamlit as st

from console import wiring
from console.adapters.saved_queries import Kept
from console.components.chart_panels import Panel, show_panels
from console.components.controls import Look, explain_errors, head, keep_fresh


def render() -> None:
    look = head("Board")
    with explain_errors():
        saved_panels = wiring.shelf().all("panel")
        if not saved_panels:
            st.info("**The board is empty.** Write a query in Explore and add it to the board.")
            st.page_link("views/explore/page.py", label="Explore", icon=":material/search:")
            return
        keep_fresh(lambda: _show_panels(saved_panels, look), look.refresh)
        with st.expander("Remove panels"):
            for item in saved_panels:
                st.button(
                    item.title, key=f"drop:{item.id}", icon=":material/delete:",
                    on_click=wiring.shelf().drop, args=(item.id,),
                )  # fmt: skip


def _show_panels(saved_panels: list[Kept], look: Look) -> None:
    def build_panel(saved: Kept) -> Panel:
        question = wiring.question(saved.query, {}, look.span)
        return Panel(
            saved.title, "", "Saved from Explore.", [("", question)], key=f"board:{saved.id}"
        )

    show_panels([build_panel(saved) for saved in saved_panels], look)


render()
