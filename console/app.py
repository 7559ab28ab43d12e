"""The entry of the console: page configuration and navigation, nothing else."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
LOGO = str(HERE / "static" / "belvedere.svg")

st.set_page_config(page_title="Belvedere", page_icon=LOGO, layout="wide")
st.logo(LOGO, size="large")
# the default leaves a tenth of the screen empty above every title
st.html("<style>.stMainBlockContainer{padding-top:3.6rem;padding-bottom:3rem}</style>")
st.navigation(
    [
        st.Page(HERE / "views" / "overview.py", title="Overview", default=True),
        st.Page(HERE / "views" / "drift.py", title="Drift", url_path="drift"),
        st.Page(HERE / "views" / "explore.py", title="Explore", url_path="explore"),
    ],
    position="top",
).run()
