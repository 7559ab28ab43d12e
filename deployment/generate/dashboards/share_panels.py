"""Panels of a whole and its parts: pie charts; and tables of rows from the database."""

from collections.abc import Mapping

from grafana_foundation_sdk.builders import common, piechart, table
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import piechart as pies

from deployment.generate.dashboards.panels import UNITS
from deployment.generate.dashboards.sql import SqlQuery
from deployment.generate.dashboards.targets import source, target, total_target
from deployment.generate.dashboards.thresholds import PLAIN, thresholds_config
from promql.query import Query


def pie(
    matchers: str, query: Query, label: str, colors: Mapping[str, str], *, width: int = 8
) -> piechart.Panel:
    """Return a pie chart of counts over the time range: a slice for each value of `label`."""
    panel = (
        piechart.Panel()
        .title(query.title)
        .description(query.description.replace("window", "time range"))
        .datasource(source(query))
        .unit(UNITS[query.unit])
        .decimals(0)
        .span(width)
        .height(8)
        .pie_type(pies.PieChartType.PIE)
        .display_labels([pies.PieChartLabels.PERCENT])
        .legend(
            piechart.PieChartLegendOptions()
            .show_legend(True)
            .display_mode(looks.LegendDisplayMode.TABLE)
            .placement(looks.LegendPlacement.RIGHT)
            .values([pies.PieChartLegendValues.VALUE, pies.PieChartLegendValues.PERCENT])
        )
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .thresholds(thresholds_config(PLAIN))
        .with_target(total_target(query, matchers, f"{{{{{label}}}}}", 0))
    )
    for value, color in colors.items():
        fixed = models.DynamicConfigValue(
            id_val="color", value={"mode": "fixed", "fixedColor": color}
        )
        panel = panel.override_by_name(value, [fixed])
    return panel


def rows(
    query: SqlQuery, *, width: int = 24, units: Mapping[str, str] | None = None
) -> table.Panel:
    """Return a table of the rows of an SQL query; `units` are the units of its columns."""
    panel = (
        table.Panel()
        .title(query.title)
        .description(query.description)
        .datasource(source(query))
        .unit(UNITS[query.unit])
        .span(width)
        .height(8)
        .no_value("none")
        .thresholds(thresholds_config(PLAIN))
        .with_target(target(query, "", "", 0))
    )
    for column, unit in (units or {}).items():
        value = models.DynamicConfigValue(id_val="unit", value=UNITS[unit])
        panel = panel.override_by_name(column, [value])
    return panel
