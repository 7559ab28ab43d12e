"""Panels from catalogue queries: title, unit and description come with the query."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    heatmap,
    prometheus,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import heatmap as heatmaps
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from deployment.generate.dashboards.page import SOURCE
from promql import objectives
from promql.query import Query

WINDOW = "$__rate_interval"
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
}
Steps = Sequence[tuple[float | None, str]]
PLAIN: Steps = ((None, "green"),)
UP_OR_DOWN = {"0": ("down", "red"), "1": ("up", "green")}
VERDICT = {"0": ("no drift", "green"), "1": ("drift", "red")}
MANY_ERRORS = 0.05
ERROR_STEPS: Steps = ((None, "green"), (objectives.ERROR_BUDGET, "orange"), (MANY_ERRORS, "red"))
YES_NO: Steps = ((None, "red"), (1, "green"))


def past(limit: float, color: str = "red") -> Steps:
    """Green below the limit."""
    return ((None, "green"), (limit, color))


def lines(
    matchers: str,
    *queries: tuple[Query, str],
    width: int = 12,
    title: str | None = None,
    steps: Steps = PLAIN,
    stacked: bool = False,
    signed: bool = False,
) -> timeseries.Panel:
    """Queries over time, each with the legend of its series; a threshold is a dashed line.

    A ratio is drawn from 0 to 1 unless it is `signed`: a difference of two of them.
    """
    first = queries[0][0]
    panel = (
        timeseries.Panel()
        .title(title or first.title)
        .description(first.description)
        .datasource(SOURCE)
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
        .thresholds(_thresholds(steps))
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
        panel = panel.with_target(_range(query, matchers, legend, index))
    return panel


def number(
    matchers: str,
    query: Query,
    *,
    width: int = 4,
    steps: Steps = PLAIN,
    words: dict[str, tuple[str, str]] | None = None,
    legend: str = "",
) -> stat.Panel:
    """The last value, large; `words` maps a value to its text and colour."""
    panel = (
        stat.Panel()
        .title(query.title)
        .description(query.description)
        .datasource(SOURCE)
        .unit(UNITS[query.unit])
        .span(width)
        .height(4)
        .graph_mode(looks.BigValueGraphMode.AREA)
        .color_mode(looks.BigValueColorMode.VALUE)
        .reduce_options(common.ReduceDataOptions().calcs(["last"]))
        .thresholds(_thresholds(steps))
        .no_value("none yet")
        .with_target(_range(query, matchers, legend, 0))
    )
    mappings: list[models.ValueMapping] = [_nan()]
    if words:
        results = {
            value: models.ValueMappingResult(text=text, color=color)
            for value, (text, color) in words.items()
        }
        mappings.append(models.ValueMap(results))
    return panel.mappings(mappings)


def bars(matchers: str, query: Query, legend: str, *, width: int = 12) -> bargauge.Panel:
    """The last value of each series as a bar."""
    return (
        bargauge.Panel()
        .title(query.title)
        .description(query.description)
        .datasource(SOURCE)
        .unit(UNITS[query.unit])
        .span(width)
        .height(10)
        .orientation(looks.VizOrientation.HORIZONTAL)
        .reduce_options(common.ReduceDataOptions().calcs(["last"]))
        .thresholds(_thresholds(PLAIN))
        .mappings([_nan()])
        .with_target(_range(query, matchers, legend, 0))
    )


def heat(matchers: str, query: Query, unit: str, *, width: int = 12) -> heatmap.Panel:
    """A histogram over time: buckets upwards in their unit, colour for how many."""
    return (
        heatmap.Panel()
        .title(query.title)
        .description(query.description)
        .datasource(SOURCE)
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
        .with_target(_range(query, matchers, "{{le}}", 0).format(PromQueryFormat.HEATMAP))
    )


def rows(title: str, description: str, columns: Sequence[tuple[Query, Steps]]) -> table.Panel:
    """A line a model, a column a query; the queries share their labels."""
    panel = (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .unit("none")
        .span(24)
        .height(10)
        .thresholds(_thresholds(PLAIN))
        .mappings([_nan()])
    )
    names = {"Time": "", "job": "Job", "instance": "Instance", "model": "Model"}
    for index, (query, steps) in enumerate(columns):
        ref = chr(ord("A") + index)
        target = prometheus.Dataquery().expr(query.matching(window=WINDOW)).ref_id(ref)
        panel = panel.with_target(target.instant().format(PromQueryFormat.TABLE).datasource(SOURCE))
        names[f"Value #{ref}"] = query.title.removesuffix(" by model")
        panel = panel.override_by_name(
            names[f"Value #{ref}"],
            [
                models.DynamicConfigValue(id_val="unit", value=UNITS[query.unit]),
                models.DynamicConfigValue(id_val="thresholds", value=_thresholds(steps).build()),
                models.DynamicConfigValue(
                    id_val="custom.cellOptions", value={"type": "color-text"}
                ),
            ],
        )
    hidden = {"Time": True, "__name__": True}
    shown = {old: new for old, new in names.items() if new}
    return panel.with_transformation(
        models.DataTransformerConfig(id_val="merge", options={})
    ).with_transformation(
        models.DataTransformerConfig(
            id_val="organize", options={"excludeByName": hidden, "renameByName": shown}
        )
    )


def _range(query: Query, matchers: str, legend: str, index: int) -> prometheus.Dataquery:
    return (
        prometheus.Dataquery()
        .expr(query.matching(matchers, WINDOW))
        .legend_format(legend or query.title)
        .ref_id(chr(ord("A") + index))
        .range()
        .datasource(SOURCE)
    )


def _thresholds(steps: Steps) -> builders.ThresholdsConfig:
    made = [models.Threshold(value=value, color=color) for value, color in steps]
    return builders.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(made)


def _nan() -> models.ValueMapping:
    """NaN is how a gauge says that it was never set: words instead."""
    return models.SpecialValueMap(
        models.DashboardSpecialValueMapOptions(
            match=models.SpecialValueMatch.NA_N,
            result=models.ValueMappingResult(text="not yet", color="text"),
        )
    )
