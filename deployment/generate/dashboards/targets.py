"""Targets of panels: a query in PromQL over the time range or at its end, or one in SQL."""

from typing import Any

from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.models.common import DataSourceRef

from deployment.generate.dashboards import page, sql
from deployment.generate.dashboards.sql import SqlQuery
from promql.query import Query

WINDOW = "$__rate_interval"
WHOLE_RANGE = "$__range"
AnyQuery = Query | SqlQuery


def source(query: AnyQuery) -> DataSourceRef:
    """Return the data source that answers the query."""
    return sql.SOURCE if isinstance(query, SqlQuery) else page.SOURCE


def target(query: AnyQuery, matchers: str, legend: str, index: int) -> Any:
    """Return the target of a query over time; `legend` names the series of a PromQL query."""
    if isinstance(query, SqlQuery):
        return sql.SqlTarget(query, index)
    return range_target(query, matchers, legend, index)


def range_target(query: Query, matchers: str, legend: str, index: int) -> prometheus.Dataquery:
    return _prometheus_target(query.matching(matchers, WINDOW), legend or query.title, index)


def total_target(query: Query, matchers: str, legend: str, index: int) -> prometheus.Dataquery:
    """Return the target of a query at the end of the time range, whose window is all of it."""
    return _prometheus_target(query.matching(matchers, WHOLE_RANGE), legend, index).instant()


def _prometheus_target(expression: str, legend: str, index: int) -> prometheus.Dataquery:
    return (
        prometheus.Dataquery()
        .expr(expression)
        .legend_format(legend)
        .ref_id(chr(ord("A") + index))
        .range()
        .datasource(page.SOURCE)
    )
