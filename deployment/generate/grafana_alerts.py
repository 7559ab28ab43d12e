"""Grafana's own alert rules: query, reduce, threshold, and the states for no data and errors."""

from typing import Any

from deployment.generate.alerts import Alert, model
from deployment.generate.dashboards.model import PAGE
from deployment.generate.prometheus_rules import dump
from promql import by_model
from promql.query import Query

# an alert rule belongs to one data source and takes no variable
SOURCE = "prometheus"
EXPRESSION = "__expr__"
LOOK_BACK_SECONDS = 300
RMSE_ALERT, DRIFT_ALERT = "ModelErrorHigh", "ModelDataDrift"


def alert_rules() -> str:
    """Return YAML for Grafana's file provisioning, where `$$` is a dollar."""
    alerts = {alert.name: alert for alert in model.ALERTS}
    rules = [
        _rule("belvedere-rmse", alerts[RMSE_ALERT], by_model.RMSE, by_model.RMSE_THRESHOLD, "RMSE"),
        _rule(
            "belvedere-drift", alerts[DRIFT_ALERT], by_model.DRIFT_DETECTED, 0.5, "Drift verdict"
        ),
    ]
    group = {
        "orgId": 1,
        "name": "model",
        "folder": "Belvedere",
        "interval": "10s",
        "rules": rules,
    }
    return dump({"apiVersion": 1, "groups": [group]})


def _rule(uid: str, alert: Alert, query: Query, limit: float, panel: str) -> dict[str, Any]:
    page = PAGE.content()
    (panel_id,) = (
        item["id"] for item in page["panels"] if item["title"] == panel and item["type"] == "stat"
    )
    return {
        "uid": uid,
        "title": alert.name,
        "condition": "C",
        "for": alert.hold,
        # a model that was never evaluated is NaN and passes no threshold; without any series, or
        # on an error, the model is not monitored
        "noDataState": "NoData",
        "execErrState": "Error",
        "dashboardUid": page["uid"],
        "panelId": panel_id,
        "labels": {"severity": alert.severity, "team": alert.team},
        "annotations": {
            "summary": alert.summary,
            "description": f"{query.title.removesuffix(' by model')} of {{{{ $$labels.model }}}} "
            "is {{ $$values.B.Value }}.",
            "value": "{{ $$values.B.Value }}",
            "runbook_url": f"deployment/runbook.md#{alert.name.lower()}",
            "console_path": "/drift?model={{ $$labels.model }}",
        },
        "data": [
            _step("A", SOURCE, {"expr": query.matching(), "instant": True, "range": False}),
            _step("B", EXPRESSION, {"type": "reduce", "expression": "A", "reducer": "last"}),
            _step(
                "C",
                EXPRESSION,
                {
                    "type": "threshold",
                    "expression": "B",
                    "conditions": [{"evaluator": {"type": "gt", "params": [limit]}}],
                },
            ),
        ],
    }


def _step(ref: str, source: str, content: dict[str, Any]) -> dict[str, Any]:
    look_back = LOOK_BACK_SECONDS if source == SOURCE else 0
    return {
        "refId": ref,
        "datasourceUid": source,
        "relativeTimeRange": {"from": look_back, "to": 0},
        "model": {"refId": ref, **content},
    }
