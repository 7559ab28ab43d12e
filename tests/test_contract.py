"""The contract between the rooms: every query names only metrics and labels that exist."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "deployment" / "prometheus" / "rules"
MADE_BY_PROMETHEUS = {
    "up": {"job", "instance"},
    "ALERTS": {"alertname", "alertstate", "severity", "team", "model", "job", "instance"},
    "ALERTS_FOR_STATE": {"alertname", "severity", "team", "model", "job", "instance"},
    "scrape_duration_seconds": {"job", "instance"},
}
