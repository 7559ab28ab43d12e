"""Defines what all charts share: colours, size, units and local times. Pure."""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

Floats = npt.NDArray[np.float64]

# the palette of Okabe and Ito, for colour-blind readers
REFERENCE, CURRENT = "#7F8C9B", "#D55E00"
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6A6A6A"]
GREY = "rgba(127,140,155,0.75)"
# text on the colours of a heat map
MARK = "#000000"
# replacements on a dark background: light blue for blue, yellow for light blue
ON_DARK = {
    "#0072B2": "#58A9E3", "#56B4E9": "#F0E442", "#6A6A6A": "#A9B1BA", "#7F8C9B": "#A9B4C0",
    MARK: "#FFFFFF",
}  # fmt: skip
# after the last colour, lines start again at the first colour with the next dash
DASHES = ("solid", "dash", "dot", "dashdot")
# one colour from faint to full; visible on a light and on a dark background
SHADES = [[0, "rgba(48,138,206,0.2)"], [1, "rgba(48,138,206,1)"]]
HEIGHT = 240
BYTES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def figure(height: int = HEIGHT) -> go.Figure:
    """Create an empty chart with the shared layout."""
    chart = go.Figure()
    chart.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        colorway=COLOURS,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "title": {"text": ""}},
    )
    return chart


def scale(unit: str, values: Iterable[Floats]) -> tuple[float, str]:
    """Return the factor and the unit to display values in: percent, milliseconds, megabytes."""
    finite = [array[np.isfinite(array)] for array in values]
    most = max((float(np.abs(array).max()) for array in finite if array.size), default=math.nan)
    if unit == "ratio":
        return 100.0, "%"
    if unit == "seconds":
        return (1.0, "s") if most >= 10 else (1000.0, "ms")
    if unit.startswith("bytes"):
        rest = unit.removeprefix("bytes")
        size, name = next(((s, n) for s, n in BYTES if most >= s), (1.0, "B"))
        return 1 / size, name + rest
    return 1.0, unit


def adapt_to_dark(chart: go.Figure) -> go.Figure:
    """Change the colours of a chart for a dark background; return the same chart."""
    for trace in chart.data:
        for part in ("line", "marker"):
            colour = trace[part].color if part in trace else None
            if isinstance(colour, str):
                trace[part].color = ON_DARK.get(colour, colour)
        if trace.type == "heatmap" and trace.textfont.color == MARK:
            trace.textfont.color = ON_DARK[MARK]
    return chart


def local(times: Floats, zone: str) -> pd.DatetimeIndex:
    """Convert epoch seconds to local times without a zone: Plotly shows times as they are."""
    return pd.to_datetime(times, unit="s", utc=True).tz_convert(zone).tz_localize(None)
