"""A dashboard: rows and panels with ids, and the variables, links and annotations of all ours."""

import json
from dataclasses import dataclass
from typing import Any, Protocol, cast

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.common import DataSourceRef

from promql import alert_series, evaluations, processes

TAG = "belvedere"
SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
CONSOLE = "http://127.0.0.1:8501"
ALL = models.VariableOption(selected=True, text="All", value="$__all")


class PanelBuilder(Protocol):
    """The methods that every panel builder of the SDK has."""

    def id(self, id_val: int) -> Any: ...

    def build(self) -> models.Panel: ...


@dataclass(frozen=True)
class PanelLink:
    """A link of a panel, which is named by its title; without a URL to the panel `title`."""

    panel: str
    title: str
    url: str = ""


class Page:
    """Collect panels in reading order. The grid is 24 columns wide and fills from the left."""

    def __init__(self, uid: str, title: str, description: str, selector: str, console: str) -> None:
        self._count = 0
        self._selector = selector
        self._uid = uid
        self._links: list[PanelLink] = []
        self._dashboard = (
            builders.Dashboard(title)
            .uid(uid)
            .description(description)
            .tags([TAG, "generated"])
            .readonly()
            .tooltip(models.DashboardCursorSync.CROSSHAIR)
            .time("now-1h", "now")
            .refresh("10s")
            .timezone("browser")
            .with_variable(
                builders.DatasourceVariable("datasource").label("Data source").type("prometheus")
            )
            .with_variable(_console_address())
            .link(_other_dashboards())
            .link(_console(console))
        )

    def variable(self, name: str, label: str, query: str, *, several: bool = False) -> "Page":
        """Add a variable with values from Prometheus, reloaded when the time range changes."""
        variable = (
            builders.QueryVariable(name)
            .label(label)
            .datasource(SOURCE)
            .query(query)
            .definition(query)
            .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
            .sort(models.VariableSort.ALPHABETICAL_ASC)
        )
        if several:
            variable = variable.multi(True).include_all(True).all_value(".+").current(ALL)
        self._dashboard.with_variable(variable)
        return self

    def annotations(self, selector: str) -> "Page":
        """Add marks to every chart: starts of the service, evaluations, firing alerts."""
        for name, query, color, by_value in (
            ("Starts and deployments", processes.STARTED_AT, "blue", True),
            ("Evaluations", evaluations.EVALUATED_AT, "purple", True),
            ("Alerts", alert_series.FIRING, "red", False),
        ):
            # Grafana expects milliseconds
            expression = query.matching(selector) + (" * 1000" if by_value else "")
            annotation = (
                builders.AnnotationQuery()
                .name(name)
                .datasource(SOURCE)
                .enable(True)
                .icon_color(color)
                .expr(expression)
                .step("10s")
                .title_format(name if by_value else "{{alertname}}")
                .text_format("{{instance}}" if by_value else "{{severity}}, {{team}}")
                .use_value_for_time(by_value)
                .target(prometheus.Dataquery().expr(expression).ref_id("Anno"))
            )
            self._dashboard.annotation(annotation)
        return self

    def row(self, title: str) -> "Page":
        self._count += 1
        self._dashboard.with_row(builders.Row(title).id(self._count))
        return self

    def add(self, *panels: PanelBuilder) -> "Page":
        for panel in panels:
            self._count += 1
            panel.id(self._count)
            self._dashboard.with_panel(cast(Builder[models.Panel], panel))
        return self

    def connect(self, panel: str, other: str) -> "Page":
        """Link a panel, by its title, to another one of this page, which it opens enlarged."""
        self._links.append(PanelLink(panel, other))
        return self

    def connect_to_console(self, panel: str, title: str, path: str) -> "Page":
        """Link a panel to a page of the console for the same time range."""
        self._links.append(PanelLink(panel, f"Console: {title}", "${console}" + path))
        return self

    def content(self) -> dict[str, Any]:
        """Return the dashboard as Grafana's JSON."""
        encoded = JSONEncoder(sort_keys=True).encode(self._dashboard.build())
        loaded = json.loads(encoded)
        assert isinstance(loaded, dict)
        # the SDK's placement would hide them in a menu
        for item in loaded["links"] + loaded["annotations"]["list"]:
            del item["placement"]
        self._add_panel_links(loaded["panels"])
        return loaded

    def _url_of(self, panel_id: int) -> str:
        """Return the address of one panel of this page, with the values of its variables."""
        return f"/d/{self._uid}?viewPanel={panel_id}&${{__all_variables}}"

    def _add_panel_links(self, panels: list[dict[str, Any]]) -> None:
        by_title = {panel["title"]: panel for panel in panels if panel["type"] != "row"}
        for link in self._links:
            url = link.url or self._url_of(by_title[link.title]["id"])
            content = {
                "title": link.title,
                "url": f"{url}&${{__url_time_range}}",
                "targetBlank": bool(link.url),
            }
            by_title[link.panel].setdefault("links", []).append(content)


def _console_address() -> Builder[models.VariableModel]:
    return (
        builders.TextBoxVariable("console")
        .label("Console")
        .description("URL of the console, for the link to it")
        .default_value(CONSOLE)
        .hide(models.VariableHide.HIDE_VARIABLE)
    )


def _other_dashboards() -> Builder[models.DashboardLink]:
    return (
        builders.DashboardLink("Dashboards")
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)
        .keep_time(True)
        .include_vars(True)
    )


def _console(path: str) -> Builder[models.DashboardLink]:
    return (
        builders.DashboardLink("Console")
        .type(models.DashboardLinkType.LINK)
        .icon("external link")
        .tooltip("The same model in the console")
        .url("${console}" + path)
        .keep_time(True)
        .target_blank(True)
    )
