"""The entry of the console: page configuration and navigation, nothing else."""

from pathlib import Path

import streamlit as st

from console.components.controls import say_models_file, stop_without_settings
from console.evaluations import wiring
from console.formatting import locale_numbers

HERE = Path(__file__).parent
LOGO = str(HERE / "static" / "belvedere.svg")
PAGES = (
    "Traffic", "Quality", "Drift", "Versions", "Evaluate", "Reports", "Alerts", "Infrastructure",
    "Explore", "Board",
)  # fmt: skip

st.set_page_config(page_title="Belvedere", page_icon=LOGO, layout="wide")
st.logo(LOGO, size="large")
st.html(HERE / "static" / "console.css")
locale_numbers.ask_reader(lambda: st.context.locale)
stop_without_settings()
say_models_file()
wiring.begin()
overview = st.Page(HERE / "views" / "overview.py", title="Overview", default=True)
others = [
    st.Page(HERE / "views" / f"{title.lower()}.py", title=title, url_path=title.lower())
    for title in PAGES
]
others.append(st.Page(HERE / "views" / "add_model.py", title="Add a model", url_path="add-model"))
st.navigation([overview, *others], position="top").run()
