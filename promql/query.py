"""The query template: title, unit, description and PromQL with placeholders."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from string import Template

from promql.selectors import selector

# routes that machines call on a schedule
NO_TRAFFIC = "/metrics|/health|/ready"
# evaluations take seconds and would hide the latency of /predict
LONG = f"{NO_TRAFFIC}|/evaluate|/trigger-drift"
EMPTY_SELECTOR = re.compile(r"\{\$\{selector\}\}|\$\{selector\},|,\$\{selector\}")


@dataclass(frozen=True)
class Query:
    """A PromQL template.

    Placeholders: ${selector} for label matchers, ${window} for the range of a rate, ${le} for the
    bound of a bucket, ${by} for the labels of an aggregation, ${no_traffic} and ${long} for routes
    to leave out. `labels` are the labels that ${by} keeps. `breakdowns` lists the labels that
    `by` may add: one question is one query, however many ways it is broken down.
    """

    title: str
    unit: str
    description: str
    template: str
    labels: tuple[str, ...] = ()
    breakdowns: tuple[tuple[str, ...], ...] = ()

    def by(self, *labels: str) -> "Query":
        """Return the same question with a series for each value of `labels`.

        Raises ValueError for labels that are not a breakdown of this query.
        """
        if labels not in self.breakdowns:
            raise ValueError(f"{self.title!r} has no breakdown by {labels}: use {self.breakdowns}.")
        words = " and ".join(label.replace("_", " ") for label in labels)
        return replace(self, title=f"{self.title} by {words}", labels=(*labels, *self.labels))

    def render(
        self,
        labels: Mapping[str, str | tuple[str, ...]],
        window: str = "1m",
        le: str = "0.25",
    ) -> str:
        """Return the PromQL text for series with these labels; `le` is the bound of a bucket."""
        return self.matching(selector(labels), window, le)

    def matching(self, matchers: str = "", window: str = "1m", le: str = "0.25") -> str:
        """Return the PromQL text for matchers such as `job=~"$job"` with a Grafana variable."""
        template = self.template if matchers else EMPTY_SELECTOR.sub("", self.template)
        return Template(template).substitute(
            selector=matchers,
            window=window,
            le=le,
            by=f" by ({', '.join(self.labels)}) " if self.labels else "",
            no_traffic=NO_TRAFFIC,
            long=LONG,
        )
