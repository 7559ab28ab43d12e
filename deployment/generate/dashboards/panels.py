"""Panels of queries: title, unit and description come from the query."""

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    heatmap,
    stat,
    timeseries,
)
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import heatmap as heatmaps
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from deployment.generate.dashboards.targets import AnyQuery, range_target, source, target
from deployment.generate.dashboards.thresholds import PLAIN, Steps, map_nan, thresholds_config
from promql.query import Query

UNITS = {
    "requests/s": "reqps",
    "samples/s": "cps",
    "bytes/s": "Bps",
    "bytes": "bytes",
    "seconds": "s",
    "ratio": "percentunit",
    "percent": "percent",
    "target units": "none",
    "score": "none",
    "cores": "none",
    "": "none",
    "rows": "short",
    "series": "short",
    "evaluations": "short",
    "notifications": "short",
    "predictions": "short",
    "votes": "short",
    "users": "short",
}


def lines(
    matchers: str,
    *queries: tuple[AnyQuery, str],
    width: int = 12,
    title: str | None = None,
    steps: Steps = PLAIN,
    stacked: bool = False,
    signed: bool = False,
) -> timeseries.Panel:
    """Return a chart of queries over time, each with the legend of its series.

    A threshold is a dashed line. A ratio is drawn from 0 to 1, unless it is `signed`: a difference
    of two ratios.
    """
    first = queries[0][0]
    panel = (
        timeseries.Panel()
        .title(title or first.title)
        .description(first.description)
        .datasource(source(first))
        .unit(UNITS[first.unit])
        .span(width)
        .height(8)
        .line_width(1)
        .fill_opacity(60 if stacked else 8)
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(looks.LegendDisplayMode.LIST)
            .placement(looks.LegendPlacement.BOTTOM)
        )
        .tooltip(common.VizTooltipOptions().mode(looks.TooltipDisplayMode.MULTI))
        .thresholds(thresholds_config(steps))
    )
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(looks.StackingMode.NORMAL))
    if len(steps) > 1:
        mode = looks.GraphThresholdsStyleMode.DASHED
        panel = panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(mode))
    if signed:
        panel = panel.axis_centered_zero(True)
    elif first.unit == "ratio":
        panel = panel.min(0).max(1)
    elif first.unit != "target units":
        panel = panel.axis_soft_min(0)
    for index, (query, legend) in enumerate(queries):
        panel = panel.with_target(target(query, matchers, legend, index))
    return panel


def number(
    matchers: str,
    query: AnyQuery,
    *,
    width: int = 4,
    steps: Steps = PLAIN,
    texts: dict[str, tuple[str, str]] | None = None,
    legend: str = "",
) -> stat.Panel:
    """Return a panel with the last value; `texts` maps a value to its text and colour."""
    panel = (
        stat.Panel()
        .title(query.title)
        .description(query.description)
        .datasource(source(query))
        .unit(UNITS[query.unit])
        .span(width)
        .height(4)
        .graph_mode(looks.BigValueGraphMode.AREA)
        .color_mode(looks.BigValueColorMode.VALUE)
        .reduce_options(common.ReduceDataOptions().calcs(["last"]))
        .thresholds(thresholds_config(steps))
        .no_value("no data")
        .with_target(target(query, matchers, legend, 0))
    )
    mappings: list[models.ValueMapping] = [map_nan()]
    if texts:
        results = {
            value: models.ValueMappingResult(text=text, color=color)
            for value, (text, color) in texts.items()
        }
        mappings.append(models.ValueMap(results))
    return panel.mappings(mappings)


def bars(matchers: str, query: Query, legend: str, *, width: int = 12) -> bargauge.Panel:
    """Return a bar for the last value of each series."""
    return (
        bargauge.Panel()
        .title(query.title)
        .description(query.description)
        .datasource(source(query))
        .unit(UNITS[query.unit])
        .span(width)
        .height(10)
        .orientation(looks.VizOrientation.HORIZONTAL)
        .reduce_options(common.ReduceDataOptions().calcs(["last"]))
        .thresholds(thresholds_config(PLAIN))
        .mappings([map_nan()])
        .with_target(range_target(query, matchers, legend, 0))
    )


def heat(matchers: str, query: Query, unit: str, *, width: int = 12) -> heatmap.Panel:
    """Return a heat map of a histogram over time: buckets in `unit`, counts as colours."""
    return (
        heatmap.Panel()
        .title(query.title)
        .description(query.description)
        .datasource(source(query))
        .unit(UNITS[query.unit])
        .span(width)
        .height(8)
        .calculate(False)
        .y_axis(heatmap.YAxisConfig().unit(unit))
        .color(
            heatmap.HeatmapColorOptions()
            .mode(heatmaps.HeatmapColorMode.SCHEME)
            .scheme("Viridis")
            .steps(64)
        )
        .with_target(range_target(query, matchers, "{{le}}", 0).format(PromQueryFormat.HEATMAP))
    )
