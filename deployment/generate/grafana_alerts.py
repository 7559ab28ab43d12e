"""Grafana's own alert rules: query, reduce, threshold, and the states for no data and errors."""

from dataclasses import dataclass
from typing import Any, Literal

from deployment.generate.alerts import RUNBOOK, Alert, cats_dogs, model
from deployment.generate.alerts.cats_dogs import Condition
from deployment.generate.dashboards import PAGES
from deployment.generate.prometheus_rules import ALERTS_OVER_DAYS, dump
from promql import by_model
from promql.query import Query

# an alert rule belongs to one data source and takes no variable
SOURCE = "prometheus"
EXPRESSION = "__expr__"
LOOK_BACK_SECONDS = 300
RMSE_ALERT, DRIFT_ALERT = "ModelErrorHigh", "ModelDataDrift"
# the panel that shows the value of each alert
CATS_DOGS_PANELS = {
    "CatsDogsSlowInference": "Inference time, mean",
    "CatsDogsNegativeFeedback": "Negative feedback, 10 minutes",
    "CatsDogsLowConfidence": "Low confidence, 10 minutes",
    "CatsDogsFewPredictions": "Requests an hour",
    "CatsDogsDatabaseUnreachable": "Database",
    "CatsDogsUnusualClassShare": "Share of each class",
}


@dataclass(frozen=True)
class GrafanaRule:
    """A rule of Grafana: an alert with its condition, and the panel that shows it.

    `no_data` is the state without any series, `value` the template of the value in its texts.
    """

    uid: str
    alert: Alert
    condition: Condition
    dashboard: str
    panel: str
    description: str
    value: str = "$$values.B.Value"
    no_data: Literal["NoData", "OK"] = "NoData"

    def content(self) -> dict[str, Any]:
        page = PAGES[self.dashboard].content()
        # the first with this title shows the last value
        panel_id = next(item["id"] for item in page["panels"] if item["title"] == self.panel)
        alert, condition = self.alert, self.condition
        threshold = {"type": condition.comparison, "params": [condition.limit]}
        return {
            "uid": self.uid,
            "title": alert.name,
            "condition": "C",
            "for": alert.hold,
            "noDataState": self.no_data,
            "execErrState": "Error",
            "dashboardUid": page["uid"],
            "panelId": panel_id,
            "labels": {"severity": alert.severity, "team": alert.team, **alert.labels},
            "annotations": {
                "summary": alert.summary,
                "description": self.description,
                "value": f"{{{{ {self.value} }}}}",
                "runbook_url": f"{RUNBOOK}#{alert.name.lower()}",
                "console_path": alert.console.replace("$labels", "$$labels"),
            },
            "data": [
                _step(
                    "A",
                    SOURCE,
                    {"expr": condition.guarded_value(), "instant": True, "range": False},
                ),
                _step("B", EXPRESSION, {"type": "reduce", "expression": "A", "reducer": "last"}),
                _step(
                    "C",
                    EXPRESSION,
                    {
                        "type": "threshold",
                        "expression": "B",
                        "conditions": [{"evaluator": threshold}],
                    },
                ),
            ],
        }


def alert_rules() -> str:
    """Return YAML for Grafana's file provisioning, where `$$` is a dollar."""
    groups = {
        ("model", "10s"): _model_rules(),
        ("cats and dogs", "10s"): [
            _cats_dogs_rule(alert) for alert in cats_dogs.ALERTS if not alert.over_days
        ],
        ("cats and dogs over days", ALERTS_OVER_DAYS): [
            _cats_dogs_rule(alert) for alert in cats_dogs.ALERTS if alert.over_days
        ],
    }
    contents = [
        {
            "orgId": 1,
            "name": name,
            "folder": "Belvedere",
            "interval": interval,
            "rules": [rule.content() for rule in rules],
        }
        for (name, interval), rules in groups.items()
    ]
    return dump({"apiVersion": 1, "groups": contents})


def _model_rules() -> list[GrafanaRule]:
    return [
        _model_rule("rmse", RMSE_ALERT, by_model.RMSE, by_model.RMSE_THRESHOLD, "RMSE"),
        _model_rule("drift", DRIFT_ALERT, by_model.DRIFT_DETECTED, 0.5, "Drift verdict"),
    ]


def _model_rule(uid: str, name: str, query: Query, limit: float, panel: str) -> GrafanaRule:
    (alert,) = (alert for alert in model.ALERTS if alert.name == name)
    # a model that was never evaluated is NaN and passes no threshold; without any series, or on an
    # error, the model is not monitored
    return GrafanaRule(
        f"belvedere-{uid}",
        alert,
        Condition(query.matching(), "gt", limit),
        "model_performance",
        panel,
        f"{query.title.removesuffix(' by model')} of {{{{ $$labels.model }}}} "
        "is {{ $$values.B.Value }}.",
    )


def _cats_dogs_rule(alert: Alert) -> GrafanaRule:
    condition = cats_dogs.CONDITIONS[alert.name]
    value = f"$$values.B.Value | {alert.format}"
    return GrafanaRule(
        f"belvedere-{alert.name.lower()}",
        alert,
        condition,
        "cats_dogs",
        CATS_DOGS_PANELS[alert.name],
        alert.description.replace("$labels", "$$labels").replace("{value}", f"{{{{ {value} }}}}"),
        value,
        # without enough votes or predictions, and while all instances have the database, the
        # query returns nothing; CatsDogsApiNotWatched fires if the service is not monitored
        "OK",
    )


def _step(ref: str, source: str, content: dict[str, Any]) -> dict[str, Any]:
    look_back = LOOK_BACK_SECONDS if source == SOURCE else 0
    return {
        "refId": ref,
        "datasourceUid": source,
        "relativeTimeRange": {"from": look_back, "to": 0},
        "model": {"refId": ref, **content},
    }
