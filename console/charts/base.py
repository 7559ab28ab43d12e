"""What all figures share: colours, size, and units as a person reads them."""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

Floats = npt.NDArray[np.float64]

# Okabe and Ito: told apart by the colour-blind
REFERENCE, CURRENT = "#7F8C9B", "#D55E00"
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6A6A6A"]
GREY = "rgba(127,140,155,0.75)"
# what is written on the colours of a heat map
MARK = "#000000"
# the light blue of the palette stands for its blue there, and its yellow for the light blue
ON_DARK = {
    "#0072B2": "#58A9E3", "#56B4E9": "#F0E442", "#6A6A6A": "#A9B1BA", "#7F8C9B": "#A9B4C0",
    MARK: "#FFFFFF",
}  # fmt: skip
# past the last colour the lines begin anew with the next kind of stroke
DASHES = ("solid", "dash", "dot", "dashdot")
# from faint to full of one colour that reads on light and on dark ground
SHADES = [[0, "rgba(48,138,206,0.2)"], [1, "rgba(48,138,206,1)"]]
HEIGHT = 240
BYTES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def figure(height: int = HEIGHT) -> go.Figure:
    made = go.Figure()
    made.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        colorway=COLOURS,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "title": {"text": ""}},
    )
    return made


def scale(unit: str, values: Iterable[Floats]) -> tuple[float, str]:
    """What to multiply by, and the unit then: percent, milliseconds, megabytes."""
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


def adapt_to_dark(made: go.Figure) -> go.Figure:
    """The same figure for a dark ground: what is dim there becomes lighter."""
    for trace in made.data:
        for part in ("line", "marker"):
            colour = trace[part].color if part in trace else None
            if isinstance(colour, str):
                trace[part].color = ON_DARK.get(colour, colour)
        if trace.type == "heatmap" and trace.textfont.color == MARK:
            trace.textfont.color = ON_DARK[MARK]
    return made


def local(times: Floats, zone: str) -> pd.DatetimeIndex:
    """Epoch seconds as the reader's clock shows them: plotly draws what it is given."""
    return pd.to_datetime(times, unit="s", utc=True).tz_convert(zone).tz_localize(None)
