"""The entry of the console: page configuration and navigation, nothing else."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
LOGO = str(HERE / "static" / "belvedere.svg")
PAGES = (
    "Traffic", "Quality", "Drift", "Evaluate", "Reports", "Alerts", "Infrastructure", "Explore",
    "Board",
)  # fmt: skip

st.set_page_config(page_title="Belvedere", page_icon=LOGO, layout="wide")
st.logo(LOGO, size="large")
# the default leaves a tenth of the screen empty above every title
st.html(
    "<style>.stMainBlockContainer{padding-top:3.6rem;padding-bottom:3rem}"
    # a button beside the title of a chart takes no more room than the title
    ".stMainBlockContainer [data-testid=stPopoverButton][kind=tertiary]"
    "{min-height:1.5rem;padding-block:0}</style>"
)
overview = st.Page(HERE / "views" / "overview.py", title="Overview", default=True)
others = [
    st.Page(HERE / "views" / f"{title.lower()}.py", title=title, url_path=title.lower())
    for title in PAGES
]
st.navigation([overview, *others], position="top").run()
