"""Windows of the pictures, and real changes of them to test the alerts."""

import datetime
from collections.abc import Callable, Mapping

from PIL import Image, ImageEnhance, ImageFilter

from model_service.models.base import Window
from model_service.models.cats_dogs import data

# the pictures have no dates: this is the day on which the data set was presented
PUBLISHED = datetime.date(2012, 6, 16)
HALVES = {"pets_a": 0, "pets_b": 1}

DRIFT_KINDS: Mapping[str, str] = {
    "dark": "the pictures at a quarter of their brightness",
    "blur": "the pictures out of focus",
    "rotated": "the pictures turned by a quarter, as without EXIF data",
    "grey": "the pictures without colour",
}
CHANGES: Mapping[str, Callable[[Image.Image], Image.Image]] = {
    "dark": lambda square: ImageEnhance.Brightness(square).enhance(0.25),
    "blur": lambda square: square.filter(ImageFilter.GaussianBlur(3)),
    "rotated": lambda square: square.transpose(Image.Transpose.ROTATE_90),
    "grey": lambda square: square.convert("L").convert("RGB"),
}


def windows() -> list[Window]:
    """Return the two halves of the pictures."""
    names = [picture.name for picture in data.pictures()]
    return [
        Window(
            name,
            f"Half {name[-1].upper()} of the pictures (cross-validated)",
            PUBLISHED,
            PUBLISHED,
            sum(data.half_of(each) == half for each in names),
        )
        for name, half in HALVES.items()
    ]
