"""Every alert: what a person sees, the value and the model, how urgent, and whose it is."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "none"]
Team = Literal["platform", "data-science"]
RUNBOOK = "deployment/runbook.md"


@dataclass(frozen=True)
class Alert:
    """One alerting rule. Critical wakes a person, a warning waits for the morning; `hold` is how
    long the condition must last, `console` the console's page that shows it, `format` one of
    Prometheus's template functions for the value."""

    name: str
    expression: str
    severity: Severity
    team: Team
    summary: str
    description: str
    hold: str = ""
    console: str = "/"
    format: str = "humanize"

    def rule(self) -> dict[str, object]:
        """As it stands in a rule file; {value} in the description is the formatted value."""
        value = "{{ $value | " + self.format + " }}"
        return {
            "alert": self.name,
            "expr": self.expression,
            **({"for": self.hold} if self.hold else {}),
            "labels": {"severity": self.severity, "team": self.team},
            "annotations": {
                "summary": self.summary,
                "description": self.description.replace("{value}", value),
                "value": value,
                "runbook_url": f"{RUNBOOK}#{self.name.lower()}",
                "console_path": self.console,
            },
        }
