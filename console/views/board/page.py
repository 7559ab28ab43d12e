"""Board: the panels saved from Explore, shared by all users of this console."""

import streamlit as st

from console import wiring
from console.adapters.saved_queries import SavedItem
from console.components.chart_panels import Panel, show_panels
from console.components.page_header import show_header
from console.components.refresh import auto_refresh
from console.components.source_state import explain_errors
from console.components.view_state import ViewState


def render() -> None:
    view = show_header("Board")
    with explain_errors():
        saved_panels = wiring.saved_queries().items("panel")
        if not saved_panels:
            st.info("**The board is empty.** Write a query in Explore and add it to the board.")
            st.page_link("views/explore/page.py", label="Explore", icon=":material/search:")
            return
        auto_refresh(lambda: _show_panels(saved_panels, view), view.refresh_seconds)
        with st.expander("Remove panels"):
            for item in saved_panels:
                st.button(
                    item.title, key=f"drop:{item.id}", icon=":material/delete:",
                    on_click=wiring.saved_queries().delete, args=(item.id,),
                )  # fmt: skip


def _show_panels(saved_panels: list[SavedItem], view: ViewState) -> None:
    def build_panel(saved: SavedItem) -> Panel:
        request = wiring.build_request(saved.query, {}, view.span)
        return Panel(
            saved.title, "", "Saved from Explore.", [("", request)], key=f"board:{saved.id}"
        )

    show_panels([build_panel(saved) for saved in saved_panels], view)


render()
