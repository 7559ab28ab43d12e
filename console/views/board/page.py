"""Board: the panels that were kept from Explore, for everybody who opens this console."""

import streamlit as st

from console import wiring
from console.adapters.saved_queries import Kept
from console.components.chart_panels import Panel, show_panels
from console.components.controls import Look, explain_errors, head, keep_fresh


def render() -> None:
    look = head("Board")
    with explain_errors():
        kept = wiring.shelf().all("panel")
        if not kept:
            st.info("**The board is empty.** Write a query in Explore and add it to the board.")
            st.page_link("views/explore/page.py", label="Explore", icon=":material/search:")
            return
        keep_fresh(lambda: _panels(kept, look), look.refresh)
        with st.expander("Remove panels"):
            for item in kept:
                st.button(
                    item.title, key=f"drop:{item.id}", icon=":material/delete:",
                    on_click=wiring.shelf().drop, args=(item.id,),
                )  # fmt: skip


def _panels(kept: list[Kept], look: Look) -> None:
    def item(one: Kept) -> Panel:
        question = wiring.question(one.query, {}, look.span)
        return Panel(one.title, "", "Saved from Explore.", [("", question)], key=f"board:{one.id}")

    show_panels([item(one) for one in kept], look)


render()
