"""From the series and the metadata of a job to the families that it exposes. Pure."""

from collections.abc import Iterable, Mapping

from console.mapping.propose import Family

SUFFIXES = ("_bucket", "_count", "_sum")
NOT_TOLD = ("", "unknown", "untyped")
NO_LABELS = {"__name__", "job", "instance", "le", "quantile"}


def group_families(
    series: Iterable[Mapping[str, str]], types: Mapping[str, tuple[str, str]]
) -> list[Family]:
    """Families of label sets (each with `__name__`), by (type, help) under the names that the
    service gave; where it gave none, the type is read from the series themselves. `_created` series
    are left out."""
    labels: dict[str, set[str]] = {}
    quantiles: dict[str, set[str]] = {}
    for labelled in series:
        name = labelled["__name__"]
        labels.setdefault(name, set()).update(labelled)
        if "quantile" in labelled:
            quantiles.setdefault(name, set()).add(labelled["quantile"])
    found: dict[str, Family] = {}
    for name in labels:
        base, kind, text = _family(name, labels, types)
        if base is None:
            continue
        before = found.get(base)
        of_all = frozenset(labels[name] - NO_LABELS) | (before.labels if before else frozenset())
        found[base] = Family(base, kind, of_all, text, frozenset(quantiles.get(base, ())))
    return [found[name] for name in sorted(found)]


def _family(
    name: str, there: Mapping[str, object], types: Mapping[str, tuple[str, str]]
) -> tuple[str | None, str, str]:
    """Base name, type and help of a series' name."""
    for suffix in SUFFIXES:
        base = name.removesuffix(suffix)
        if base == name:
            continue
        kind, text = types.get(base, ("", ""))
        if kind in ("histogram", "summary"):
            return base, kind, text
        if kind in NOT_TOLD and name not in types and f"{base}_count" in there:
            if f"{base}_bucket" in there:
                return base, "histogram", text
            if f"{base}_sum" in there:
                return base, "summary", text
    # OpenMetrics gives a counter's metadata under the name without _total
    kind, text = types.get(name) or types.get(name.removesuffix("_total")) or ("", "")
    if name.endswith("_created") and (name not in types or types[name][0] == "gauge"):
        return None, "", ""
    if kind in NOT_TOLD:
        kind = "counter" if name.endswith("_total") else "gauge"
    return name, kind, text
