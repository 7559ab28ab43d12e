"""Builds links to Grafana dashboards for the model and time of a page. Pure."""

from urllib.parse import urlencode

# page to uid of a generated dashboard
DASHBOARDS = {
    "Overview": "belvedere-fleet",
    "Traffic": "belvedere-api",
    "Quality": "belvedere-model",
    "Drift": "belvedere-model",
    "Versions": "belvedere-model",
    "Infrastructure": "belvedere-infrastructure",
}
CLASSIFIER_DASHBOARDS = dict.fromkeys(("Quality", "Drift", "Versions"), "belvedere-classifier")


def dashboard_url(
    base: str,
    page: str,
    model: str,
    job: str,
    seconds: float,
    zoom: tuple[float, float] | None,
    task: str = "regression",
) -> str | None:
    """Return the URL of the dashboard for a page; None if the page has none.

    The times are epoch milliseconds for a `zoom`, else relative to now.
    """
    dashboards_of_task = CLASSIFIER_DASHBOARDS if task in ("binary", "multiclass") else {}
    uid = dashboards_of_task.get(page, DASHBOARDS.get(page))
    if uid is None:
        return None
    ends = (f"now-{round(seconds)}s", "now")
    if zoom is not None:
        ends = (str(round(1000 * zoom[0])), str(round(1000 * zoom[1])))
    parameters = {"var-model": model, "var-job": job, "from": ends[0], "to": ends[1]}
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"{base.rstrip('/')}/d/{uid}?{query}"
