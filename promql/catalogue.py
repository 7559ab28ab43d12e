"""Every query by module and name, for the tests that check all of them."""

from types import ModuleType

from promql import (
    alert_series,
    by_model,
    cats_dogs,
    classifier,
    drift,
    evaluations,
    ground_truth,
    latency,
    machine,
    monitoring_stack,
    objectives,
    predictions,
    processes,
    quality,
    scrape_targets,
    traffic,
    versions,
)
from promql.query import Query

MODULES: tuple[ModuleType, ...] = (
    alert_series,
    by_model,
    cats_dogs,
    classifier,
    drift,
    evaluations,
    ground_truth,
    latency,
    machine,
    monitoring_stack,
    objectives,
    predictions,
    processes,
    quality,
    scrape_targets,
    traffic,
    versions,
)
QUERIES: dict[str, Query] = {
    f"{module.__name__.removeprefix('promql.')}.{name}": query
    for module in MODULES
    for name, query in vars(module).items()
    if isinstance(query, Query)
}


def with_breakdowns() -> dict[str, Query]:
    """Return every query, and every query broken down in each way that it allows."""
    return QUERIES | {
        f"{name} by {','.join(labels)}": query.by(*labels)
        for name, query in QUERIES.items()
        for labels in query.breakdowns
    }
