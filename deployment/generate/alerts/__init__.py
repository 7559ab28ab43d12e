"""Alert rules: the symptom, its value, the model or service, severity and team."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["critical", "warning", "none"]
Team = Literal["platform", "data-science"]
RUNBOOK = "deployment/runbook.md"
# `increase` extrapolates to the ends of its window: 3 events are 3.008
COUNT = 'printf "%.0f"'


@dataclass(frozen=True)
class Alert:
    """An alerting rule.

    Severity `critical` pages someone, `warning` waits for working hours. `hold` is how long the
    condition must last, `console` the console page that shows the problem, `format` a Prometheus
    template function for the value, `labels` are additional labels. Rules that read the samples of
    hours or days (`over_days`) are evaluated once a minute.
    """

    name: str
    expression: str
    severity: Severity
    team: Team
    summary: str
    description: str
    hold: str = ""
    console: str = "/"
    format: str = "humanize"
    labels: Mapping[str, str] = field(default_factory=dict)
    over_days: bool = False

    def rule(self) -> dict[str, object]:
        """Return the rule as in a rule file; {value} in the description is the formatted value."""
        value = "{{ $value | " + self.format + " }}"
        return {
            "alert": self.name,
            "expr": self.expression,
            **({"for": self.hold} if self.hold else {}),
            "labels": {"severity": self.severity, "team": self.team, **self.labels},
            "annotations": {
                "summary": self.summary,
                "description": self.description.replace("{value}", value),
                "value": value,
                "runbook_url": f"{RUNBOOK}#{self.name.lower()}",
                "console_path": self.console,
            },
        }
