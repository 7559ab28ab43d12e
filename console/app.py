"""Starts the console: page configuration and navigation."""

from pathlib import Path

import streamlit as st

from console.components.source_state import stop_on_invalid_settings, warn_about_models_file
from console.formatting import locale_numbers
from console.wiring import evaluations

HERE = Path(__file__).parent
VIEWS = HERE / "views"
LOGO = str(HERE / "static" / "belvedere.svg")
PAGES = (
    "Traffic", "Quality", "Drift", "Versions", "Try it", "Evaluate", "Reports", "Alerts",
    "Infrastructure", "Explore", "Board",
)  # fmt: skip

st.set_page_config(page_title="Belvedere", page_icon=LOGO, layout="wide")
st.logo(LOGO, size="large")
st.html(HERE / "static" / "console.css")
locale_numbers.set_locale_source(lambda: st.context.locale)
stop_on_invalid_settings()
warn_about_models_file()
evaluations.begin()
overview = st.Page(VIEWS / "overview" / "page.py", title="Overview", default=True)
others = [
    st.Page(
        VIEWS / title.lower().replace(" ", "_") / "page.py",
        title=title,
        url_path=title.lower().replace(" ", "-"),
    )
    for title in PAGES
]
add_model = st.Page(VIEWS / "add_model" / "page.py", title="Add a model", url_path="add-model")
st.navigation([overview, *others, add_model], position="top").run()
