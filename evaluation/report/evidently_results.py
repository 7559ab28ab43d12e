"""Reading of Evidently's results, which needs no import of Evidently. Pure."""

from typing import Any

from evaluation.result import (
    EvidentlyDrift,
    Quality,
    number,
)


def read_metrics(
    results: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, EvidentlyDrift], dict[str, Any]]:
    """Return scores by name, drift by column, and count and share of drifted columns."""
    failed_columns = {
        test["metric_config"]["params"].get("column")
        for test in results["tests"]
        if test["id"] == "drift" and getattr(test["status"], "value", test["status"]) == "FAIL"
    }
    values, drift, counts = {}, {}, {}
    for metric in results["metrics"]:
        config = metric["config"]
        kind = config["type"].rsplit(":", 1)[-1]
        if kind == "ValueDrift":
            column = config["column"]
            drift[column] = EvidentlyDrift(
                number(metric["value"]),
                config["method"],
                float(config["threshold"]),
                column in failed_columns,
            )
        elif kind == "DriftedColumnsCount":
            counts = metric["value"]
        else:
            values[kind] = metric["value"]
    return values, drift, counts


def read_quality(values: dict[str, Any]) -> Quality:
    return Quality(
        rmse=number(values["RMSE"]),
        mae=number(values["MAE"]["mean"]),
        r2=number(values["R2Score"]),
        mape=number(values["MAPE"]["mean"]),
    )
