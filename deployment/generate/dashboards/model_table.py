"""The table of all models on the fleet dashboard."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import prometheus, table
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from deployment.generate.dashboards.page import SOURCE
from deployment.generate.dashboards.panels import UNITS
from deployment.generate.dashboards.targets import WINDOW
from deployment.generate.dashboards.thresholds import PLAIN, Steps, map_nan, thresholds_config
from promql.query import Query


def model_table(
    title: str, description: str, columns: Sequence[tuple[Query, Steps]]
) -> table.Panel:
    """Return a table with a row per model and a column per query. Queries share labels."""
    panel = (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .unit("none")
        .span(24)
        .height(10)
        .thresholds(thresholds_config(PLAIN))
        .mappings([map_nan()])
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
                models.DynamicConfigValue(
                    id_val="thresholds", value=thresholds_config(steps).build()
                ),
                models.DynamicConfigValue(
                    id_val="custom.cellOptions", value={"type": "color-text"}
                ),
            ],
        )
    hidden = {"Time": True, "__name__": True}
    titles = {label: title for label, title in names.items() if title}
    return panel.with_transformation(
        models.DataTransformerConfig(id_val="merge", options={})
    ).with_transformation(
        models.DataTransformerConfig(
            id_val="organize", options={"excludeByName": hidden, "renameByName": titles}
        )
    )
