"""Evaluate a folder or a zip of pictures: reports as files, and the scores in lines."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from evaluation import Evaluation, evaluate
from evaluation.jobs.job import Description, JobRows, Report, complete
from model_service.errors import NotFound, StartError
from model_service.evaluations.images.archive import archive_files
from model_service.evaluations.images.files import ImageFile, ImageLimits, folder_files
from model_service.evaluations.images.rows import ImageRows, read_images
from model_service.models.base import MonitoredModel
from model_service.models.image import ImageModel
from model_service.models.outputs import with_predictions, without_empty_truth

SCORES = ("accuracy", "precision", "recall", "f1", "roc_auc", "log_loss")


@dataclass(frozen=True)
class ImageReport:
    """The evaluation of pictures, and the paths of its reports and of its rows."""

    evaluation: Evaluation
    html: Path
    json: Path
    rows: Path

    @property
    def line(self) -> str:
        """The paths and the decision in one line, for scripts."""
        evaluation = self.evaluation
        accuracy = evaluation.quality.accuracy if evaluation.quality else None
        return (
            f"report_html={self.html} report_json={self.json} rows={self.rows} "
            f"accuracy={'unknown' if accuracy is None else f'{accuracy:.4f}'} "
            f"decision={evaluation.decision}"
        )

    @property
    def lines(self) -> list[str]:
        """The scores, each class, the verdict, the decision and the warnings, in sentences."""
        evaluation = self.evaluation
        lines = [f"{evaluation.rows.current:,} pictures of {evaluation.source}."]
        if evaluation.quality is not None:
            values = [(name, getattr(evaluation.quality, name)) for name in SCORES]
            known = ", ".join(f"{name} {value:.4f}" for name, value in values if value is not None)
            lines.append(f"Scores of {evaluation.rows.with_target:,} with ground truth: {known}.")
        if evaluation.multiclass is not None:
            classes, confusion = evaluation.multiclass.classes, evaluation.multiclass.confusion
            for name, counts in zip(classes, confusion, strict=True):
                predicted = ", ".join(f"{n:,} {p}" for n, p in zip(counts, classes, strict=True))
                if any(counts):
                    lines.append(f"{name}: {sum(counts):,} pictures, predicted as {predicted}.")
        lines.append(f"Verdict: {evaluation.verdict}. {evaluation.rule}")
        lines.append(f"Decision: {evaluation.decision}. {evaluation.decision_reason}")
        return [*lines, *evaluation.warnings]


def evaluate_images(
    model: MonitoredModel,
    source: Path,
    limits: ImageLimits,
    folder: Path,
    reference: str | None,
    report: Report,
) -> ImageReport:
    """Evaluate the pictures of a folder or zip (m) against the training data or a window (n).

    The reports are named after the source. Raises ServiceError, EvaluationError, and OSError if
    a file can't be read or written.
    """
    if not isinstance(model, ImageModel):
        raise StartError(f"{model.name} takes records, not pictures: use python -m evaluation.")
    reference_rows = _reference(model, reference)
    with ExitStack() as stack:
        files: list[ImageFile] = (
            list(folder_files(source, limits.file_bytes))
            if source.is_dir()
            else stack.enter_context(archive_files(source, limits))
        )
        images = read_images(files, model, report)
    folder.mkdir(parents=True, exist_ok=True)
    name = source.resolve().stem
    html, json, rows = (folder / f"{name}.{suffix}" for suffix in ("html", "json", "parquet"))
    job = _job(model, images, reference_rows, source, reference)
    job.save(rows)
    assert isinstance(job.reference, pd.DataFrame) and isinstance(job.current, pd.DataFrame)
    evaluation = evaluate(
        job.reference, job.current, job.schema,
        name=name, importance=job.importance, html_path=html, json_path=json, progress=report,
        complete=lambda evaluation: complete(evaluation, "", job),
    )  # fmt: skip
    return ImageReport(evaluation, html, json, rows)


def _job(
    model: ImageModel,
    images: ImageRows,
    reference_rows: pd.DataFrame,
    source: Path,
    reference: str | None,
) -> JobRows:
    saved = pd.concat([images.files, images.frame], axis=1)
    target = str(model.schema.target)
    return JobRows(
        reference=without_empty_truth(reference_rows, target),
        current=without_empty_truth(images.frame, target),
        schema=model.schema,
        description=Description(
            name=source.resolve().stem,
            model=model.name,
            model_version=model.version,
            source=str(source),
            reference_source="training data" if reference is None else f"window {reference}",
        ),
        save=lambda path: saved.to_parquet(path, index=False, compression="zstd"),
        importance=model.importance,
        warnings=images.warnings,
        training_rows=model.training_rows(images.frame),
    )


def _reference(model: MonitoredModel, window: str | None) -> pd.DataFrame:
    if window is None:
        return model.reference()
    try:
        return with_predictions(model.window(window), model)
    except KeyError:
        names = ", ".join(each.name for each in model.windows())
        raise NotFound(f"There is no window {window!r}. There are: {names}.") from None
