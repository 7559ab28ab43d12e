"""Lists the models to show: those that Prometheus scrapes, and those of models.toml. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from console.models.external import ExternalModel
from console.series import Labels, Series
from promql.versions import MODEL_INFO

# the value is the time of the last sample: after a deployment the series of two versions exist,
# and the newer one is in service
_LAST_SAMPLE = f"timestamp({MODEL_INFO})"
# the last part finds series that existed for less than a step of the subquery
MODELS_QUERY = (
    f"{_LAST_SAMPLE} or max_over_time({_LAST_SAMPLE}[1h:30s]) "
    f"or 0 * last_over_time({MODEL_INFO}[1h])"
)


@dataclass(frozen=True)
class Model:
    """A model, and where Prometheus scrapes it; `external` is its entry in models.toml."""

    name: str
    version: str
    task: str
    job: str
    instance: str
    instances: tuple[str, ...] = ()
    external: ExternalModel | None = field(default=None, hash=False)

    @property
    def labels(self) -> dict[str, str | tuple[str, ...]]:
        """The matchers of its series: its job, and its instances if the job has other models."""
        if self.external is not None:
            return dict(self.external.matchers)
        if self.instances:
            return {"job": self.job, "instance": self.instances}
        return {"job": self.job}


def discover(
    series: Sequence[Series], urls: Mapping[str, str], external: Iterable[ExternalModel]
) -> list[Model]:
    """Return the models by name.

    They come from the series of MODELS_QUERY, from `urls` (the service URLs of the settings by
    model) and from models.toml. A scraped model overrides an external one of the same name.
    """
    scraped = [_parse_labels(item.labels) for item in sorted(series, key=lambda item: item.last)]
    models_by_job: dict[str, set[str]] = {}
    for model in scraped:
        models_by_job.setdefault(model.job, set()).add(model.name)
    newest: dict[tuple[str, str], Model] = {}
    for model in scraped:
        instances: tuple[str, ...] = ()
        if len(models_by_job[model.job]) > 1:
            same_model = [other.instance for other in scraped if _key(other) == _key(model)]
            instances = tuple(sorted(set(same_model)))
        newest[_key(model)] = Model(
            model.name, model.version, model.task, model.job, model.instance, instances
        )
    for name, url in urls.items():
        if not any(model.name == name for model in newest.values()):
            newest[name, ""] = Model(name, "", "", "", url.partition("://")[2])
    scraped_names = {model.name for model in scraped}
    added = [
        Model(item.name, "", item.task, item.matchers.get("job", ""), "", external=item)
        for item in external
        if item.name not in scraped_names
    ]
    return sorted([*newest.values(), *added], key=_key)


def source_name(model: ExternalModel, sources: Sequence[str]) -> str:
    """Return the Prometheus of a model, by name or address; by default the first of `sources`."""
    return model.prometheus or sources[0]


def models_of_source(
    models: Iterable[ExternalModel], source: str, sources: Sequence[str]
) -> list[ExternalModel]:
    """Return the models of a source, and the models of sources that the settings do not name."""
    return [
        model
        for model in models
        if source_name(model, sources) == source or source_name(model, sources) not in sources
    ]


def service_url(model: Model, urls: Mapping[str, str]) -> str | None:
    """Return the URL of a model's service: that of the settings, of models.toml, or its instance.

    Returns None if none of them names one.
    """
    if model.name in urls:
        return urls[model.name]
    if model.external is not None and model.external.url is not None:
        return model.external.url
    return f"http://{model.instance}" if model.instance else None


def _parse_labels(labels: Labels) -> Model:
    name, version, task, job, instance = (
        labels.get(part, "") for part in ("model", "version", "task", "job", "instance")
    )
    return Model(name, version, task, job, instance)


def _key(model: Model) -> tuple[str, str]:
    return model.name, model.job
