"""Feature rows of image files: one for each picture, with the reasons for those left out."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pandas as pd

from evaluation.messages import ENGLISH
from evaluation.result import Message, message
from model_service.errors import InvalidImages, WrongFormat, WrongImage
from model_service.evaluations.images.files import ImageFile, LeftOut, Reason
from model_service.models.image import ImageModel

# a document does not hold thousands of names in a sentence
MAX_NAMES, MAX_NAME_LENGTH = 10, 200
REPORT_EVERY = 10
FILE = "file"

Report = Callable[[str, float], None]


@dataclass(frozen=True)
class ImageRows:
    """Inputs, ground truth and prediction of each picture, and beside it the name of its file."""

    frame: pd.DataFrame
    files: pd.DataFrame
    warnings: list[Message] = field(default_factory=list)


def read_images(
    files: Iterable[ImageFile], model: ImageModel, report: Report, *, need_truth: bool = False
) -> ImageRows:
    """Predict for each file, of which one is in memory at a time; its folder is the ground truth.

    Files that are not pictures are left out, and named in the warnings. Raises InvalidImages
    without any picture, and with `need_truth` for a picture in no folder of a class.
    """
    files = list(files)
    names: list[str] = []
    rows: list[tuple[object, ...]] = []
    left_out: dict[Reason, list[str]] = defaultdict(list)
    for number, file in enumerate(files):
        if number % REPORT_EVERY == 0:
            report(f"reading pictures ({number:,} of {len(files):,})", number / len(files))
        try:
            values, prediction = _predict(file, model)
        except LeftOut as error:
            left_out[error.reason].append(_short(file.name, error.detail))
            continue
        names.append(file.name)
        rows.append((*values, prediction, file.label(model.classes)))
    warnings = [_left_out(reason, left_out[reason]) for reason in left_out]
    if not rows:
        reasons = [ENGLISH.sentence(warning) for warning in warnings] or ["There is no file."]
        raise InvalidImages(" ".join(["There is no picture to evaluate.", *reasons]))
    target = str(model.schema.target)
    columns = [*(item.name for item in model.inputs), model.output, target]
    frame = pd.DataFrame(rows, columns=columns)
    without_class = [_short(name) for name, row in zip(names, rows, strict=True) if row[-1] is None]
    if without_class:
        warning = _without_class(without_class, model)
        if need_truth:
            raise InvalidImages(ENGLISH.sentence(warning))
        warnings.append(warning)
    return ImageRows(frame, pd.DataFrame({FILE: names}), warnings)


def _predict(file: ImageFile, model: ImageModel) -> tuple[tuple[object, ...], str]:
    """Return the feature row and the prediction. Raises LeftOut."""
    try:
        image = model.predict_image(file.read())
    except WrongFormat as error:
        raise LeftOut("image.format") from error
    except WrongImage as error:
        raise LeftOut("image.unreadable", str(error).rstrip(".")) from error
    return image.values, image.prediction


def _short(name: str, detail: str = "") -> str:
    if len(name) > MAX_NAME_LENGTH:
        name = f"...{name[3 - MAX_NAME_LENGTH :]}"
    return f"{name} ({detail})" if detail else name


def _left_out(reason: Reason, names: list[str]) -> Message:
    if len(names) <= MAX_NAMES:
        return message("images.left_out", files=len(names), reason=reason, names=names)
    return message(
        "images.left_out_among", files=len(names), reason=reason, names=names[:MAX_NAMES]
    )


def _without_class(names: list[str], model: ImageModel) -> Message:
    return message(
        "images.without_class",
        images=len(names), classes=list(model.classes), names=names[:MAX_NAMES],
    )  # fmt: skip
