"""Finds the models to show: those that Prometheus scrapes, and those of models.toml. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from console.models.models_file import ExternalModel
from console.series import Labels, Series
from promql.versions import MODEL_INFO

# when each was last seen: after a deploy two versions are known, and the newer one serves
_SEEN = f"timestamp({MODEL_INFO})"
# what was there for less than a step of the subquery is known by the last part alone
MODELS_QUERY = f"{_SEEN} or max_over_time({_SEEN}[1h:30s]) or 0 * last_over_time({MODEL_INFO}[1h])"


@dataclass(frozen=True)
class Model:
    """A model that the console found, and where Prometheus scrapes it."""

    name: str
    version: str
    task: str
    job: str
    instance: str
    instances: tuple[str, ...] = ()
    # of models.toml: others serve it, and its own queries show it
    external: ExternalModel | None = field(default=None, hash=False)

    @property
    def labels(self) -> dict[str, str | tuple[str, ...]]:
        """Its series: those of its job, or of its instances where the job has other models too."""
        if self.external is not None:
            return dict(self.external.matchers)
        if self.instances:
            return {"job": self.job, "instance": self.instances}
        return {"job": self.job}


def discover(
    series: Sequence[Series], urls: Mapping[str, str], added: Iterable[ExternalModel]
) -> list[Model]:
    """List the models by name: of the series of MODELS_QUERY, of the settings' addresses by name,
    and those added in models.toml. A service that names itself goes before an added model."""
    scraped = [_model(one.labels) for one in sorted(series, key=lambda one: one.last)]
    by_job: dict[str, set[str]] = {}
    for model in scraped:
        by_job.setdefault(model.job, set()).add(model.name)
    newest: dict[tuple[str, str], Model] = {}
    for model in scraped:
        alone = len(by_job[model.job]) == 1
        same = [other.instance for other in scraped if _key(other) == _key(model)]
        instances = () if alone else tuple(sorted(set(same)))
        newest[_key(model)] = Model(
            model.name, model.version, model.task, model.job, model.instance, instances
        )
    for name, url in urls.items():
        if not any(model.name == name for model in newest.values()):
            newest[name, ""] = Model(name, "", "", "", url.partition("://")[2])
    names = {model.name for model in scraped}
    mapped = [
        Model(item.name, "", item.task, item.matchers.get("job", ""), "", external=item)
        for item in added
        if item.name not in names
    ]
    return sorted([*newest.values(), *mapped], key=_key)


def _model(labels: Labels) -> Model:
    name, version, task, job, instance = (
        labels.get(part, "") for part in ("model", "version", "task", "job", "instance")
    )
    return Model(name, version, task, job, instance)


def _key(model: Model) -> tuple[str, str]:
    return model.name, model.job
