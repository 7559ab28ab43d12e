"""Groups the series of a job into metric families. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GAUGE_TYPES = ("gauge", "unknown", "untyped")
TIMED_TYPES = ("histogram", "summary")
SUFFIXES = ("_bucket", "_count", "_sum")
UNKNOWN_TYPES = ("", "unknown", "untyped")
# labels that every series has, or that only tell the parts of a family apart
COMMON_LABELS = {"__name__", "job", "instance", "le", "quantile"}


@dataclass(frozen=True)
class Family:
    """A metric family of a job.

    `name` is without _bucket, _sum and _count, but with the _total of a counter. `labels` are the
    names of its labels, `quantiles` the values of its label `quantile`.
    """

    name: str
    type: str
    labels: frozenset[str] = frozenset()
    help: str = ""
    quantiles: frozenset[str] = frozenset()


def group_families(
    series: Iterable[Mapping[str, str]], types: Mapping[str, tuple[str, str]]
) -> list[Family]:
    """Group label sets, each with `__name__`, into families by name.

    `types` has the type and help text of the families that the service describes. The type of the
    others follows from their series. Series ending in `_created` are left out.
    """
    labels: dict[str, set[str]] = {}
    quantiles: dict[str, set[str]] = {}
    for label_set in series:
        name = label_set["__name__"]
        labels.setdefault(name, set()).update(label_set)
        if "quantile" in label_set:
            quantiles.setdefault(name, set()).add(label_set["quantile"])
    families: dict[str, Family] = {}
    for name in labels:
        base, type_, text = _find_family(name, labels, types)
        if base is None:
            continue
        own_labels = frozenset(labels[name] - COMMON_LABELS)
        if base in families:
            own_labels |= families[base].labels
        families[base] = Family(base, type_, own_labels, text, frozenset(quantiles.get(base, ())))
    return [families[name] for name in sorted(families)]


def _find_family(
    name: str, names: Mapping[str, object], types: Mapping[str, tuple[str, str]]
) -> tuple[str | None, str, str]:
    """Return the family name, type and help of a series; the name is None for `_created`."""
    for suffix in SUFFIXES:
        base = name.removesuffix(suffix)
        if base == name:
            continue
        type_, text = types.get(base, ("", ""))
        if type_ in TIMED_TYPES:
            return base, type_, text
        if type_ in UNKNOWN_TYPES and name not in types and f"{base}_count" in names:
            if f"{base}_bucket" in names:
                return base, "histogram", text
            if f"{base}_sum" in names:
                return base, "summary", text
    # OpenMetrics describes a counter under its name without _total
    type_, text = types.get(name) or types.get(name.removesuffix("_total")) or ("", "")
    if name.endswith("_created") and (name not in types or types[name][0] == "gauge"):
        return None, "", ""
    if type_ in UNKNOWN_TYPES:
        type_ = "counter" if name.endswith("_total") else "gauge"
    return name, type_, text
