"""Every alert: what a person sees, the value and the model, how urgent, and whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["critical", "warning", "none"]
Team = Literal["platform", "data-science"]
RUNBOOK = "deployment/runbook.md"
# `increase` carries on to the ends of its window, so that 3 events are 3.008
COUNT = 'printf "%.0f"'


@dataclass(frozen=True)
class Alert:
    """One alerting rule. Critical wakes a person, a warning waits for the morning; `hold` is how
    long the condition must last, `console` the console's page that shows it, `format` one of
    Prometheus's template functions for the value, `labels` are more than severity and team. What
    reads the samples of hours or days (`over_days`) is evaluated once a minute."""

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
        """As it stands in a rule file; {value} in the description is the formatted value."""
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
