"""Thresholds, colours and texts for the values of a panel."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import dashboard as models

from promql import objectives

Steps = Sequence[tuple[float | None, str]]
PLAIN: Steps = ((None, "green"),)
UP_OR_DOWN = {"0": ("down", "red"), "1": ("up", "green")}
VERDICT = {"0": ("no drift", "green"), "1": ("drift", "red")}
MANY_ERRORS = 0.05
ERROR_STEPS: Steps = ((None, "green"), (objectives.ERROR_BUDGET, "orange"), (MANY_ERRORS, "red"))
YES_NO: Steps = ((None, "red"), (1, "green"))


def warn_above(limit: float, color: str = "red") -> Steps:
    """Return green below the limit, `color` above it."""
    return ((None, "green"), (limit, color))


def warn_then_alarm(warning: float, limit: float) -> Steps:
    """Return green, orange above the warning, red above the limit."""
    return ((None, "green"), (warning, "orange"), (limit, "red"))


def thresholds_config(steps: Steps) -> builders.ThresholdsConfig:
    """Return the thresholds of a panel, in the unit of its values."""
    thresholds = [models.Threshold(value=value, color=color) for value, color in steps]
    return builders.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(thresholds)


def map_nan() -> models.ValueMapping:
    """Return the text for NaN, the value of a gauge that was never set."""
    return models.SpecialValueMap(
        models.DashboardSpecialValueMapOptions(
            match=models.SpecialValueMatch.NA_N,
            result=models.ValueMappingResult(text="not yet", color="text"),
        )
    )
