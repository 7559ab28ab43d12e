"""Addresses of Grafana's dashboards for the model and the time that a page shows. Pure."""

from urllib.parse import urlencode

# the uids of the generated dashboards
DASHBOARDS = {
    "Overview": "belvedere-fleet",
    "Traffic": "belvedere-api",
    "Quality": "belvedere-model",
    "Drift": "belvedere-model",
    "Versions": "belvedere-model",
    "Infrastructure": "belvedere-infrastructure",
}
OF_CLASSIFIERS = dict.fromkeys(("Quality", "Drift", "Versions"), "belvedere-classifier")


def dashboard_url(
    base: str,
    page: str,
    model: str,
    job: str,
    seconds: float,
    zoom: tuple[float, float] | None,
    task: str = "regression",
) -> str | None:
    """The dashboard beside a page; None for a page without one. Times in epoch milliseconds, or
    relative where the page moves with the clock."""
    of_task = OF_CLASSIFIERS if task in ("binary", "multiclass") else {}
    uid = of_task.get(page, DASHBOARDS.get(page))
    if uid is None:
        return None
    ends = (f"now-{round(seconds)}s", "now")
    if zoom is not None:
        ends = (str(round(1000 * zoom[0])), str(round(1000 * zoom[1])))
    asked = {"var-model": model, "var-job": job, "from": ends[0], "to": ends[1]}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{base.rstrip('/')}/d/{uid}?{query}"
