"""Targets that Prometheus scrapes."""

from promql.query import Query

UP = Query(
    "Up",
    "",
    "1 if the last scrape of the target succeeded, else 0.",
    "up{${selector}}",
)
DOWN = Query(
    "Targets that are down",
    "",
    "For each target that is down: the number of targets of its job that are up.",
    "(up{${selector}} == 0) + on (job) group_left sum by (job) (up{${selector}})",
)
ABSENT = Query("No target", "", "1 if no target matches.", "absent(up{${selector}})")
CHANGES = Query(
    "State changes of a target",
    "changes",
    "How often a target went up or down in the window.",
    "changes(up{${selector}}[${window}])",
)
SCRAPE_DURATION = Query(
    "Scrape duration",
    "seconds",
    "How long the scrape of each target takes.",
    "max by (job) (scrape_duration_seconds{${selector}})",
)
