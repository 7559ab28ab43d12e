"""Grafana dashboards as classic (v1) JSON, which Grafana 10 and later read."""

import json

from deployment.generate.dashboards import (
    api,
    cats_dogs,
    churn,
    classifier,
    fleet,
    infrastructure,
    model,
)
from deployment.generate.dashboards.page import Page

PAGES: dict[str, Page] = {
    "api_performance": api.PAGE,
    "model_performance": model.PAGE,
    "classifier_performance": classifier.PAGE,
    "infrastructure_overview": infrastructure.PAGE,
    "fleet": fleet.PAGE,
    "churn": churn.PAGE,
    "cats_dogs": cats_dogs.PAGE,
}


def text(name: str) -> str:
    """Return the JSON of one dashboard; the same source gives the same text."""
    return json.dumps(PAGES[name].content(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
