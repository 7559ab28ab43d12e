"""Decode an uploaded picture with bounded memory: to the square that the network sees.

The format is read from the content. The memory that decoding takes is computed from the header,
and a picture that takes too much is refused before it is decoded.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from model_service.models.cats_dogs import jpeg
from model_service.models.cats_dogs.data import SIDE
from model_service.models.cats_dogs.limits import check_memory, has_transparent_colour
from model_service.models.cats_dogs.picture_format import UNREADABLE, damaged, name_of, open_picture

# the side to which the network's pictures were scaled before the crop
SCALED_SIDE = 256
# a JPEG is decoded at 1/2, 1/4 or 1/8 of its size where that leaves this side
MIN_DRAFT_SIDE = 448
# EXIF orientation to the transposition that undoes it
ORIENTATION_TAG = 0x0112
TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
TURNED = (5, 6, 7, 8)


@dataclass(frozen=True)
class Decoded:
    """The central square of a picture, 224 x 224 in RGB, and the size as it is shown."""

    square: Image.Image
    width: int
    height: int


def decode(content: bytes) -> Decoded:
    """Decode a JPEG, PNG or WebP, turned as its EXIF data say; transparency becomes white.

    Raises WrongFormat for other content; WrongImage for a picture that is empty, animated, damaged
    or too large.
    """
    image = open_picture(content)
    width, height = image.size
    try:
        if isinstance(image, JpegImageFile):
            jpeg.check_scans(content)
            image.draft("RGB", (MIN_DRAFT_SIDE, MIN_DRAFT_SIDE))
        check_memory(image, content, (width, height))
        square = _square(image)
        orientation = _orientation(image)
    except UNREADABLE as error:
        raise damaged(name_of(image), error) from error
    if orientation in TRANSPOSITIONS:
        square = square.transpose(TRANSPOSITIONS[orientation])
    if orientation in TURNED:
        width, height = height, width
    return Decoded(square, width, height)


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation of a decoded image, 1 if there is none that can be read."""
    try:
        value = image.getexif().get(ORIENTATION_TAG, 1)
    except UNREADABLE:
        return 1
    return value if isinstance(value, int) else 1


def _square(image: Image.Image) -> Image.Image:
    """Decode, then scale the central square to 224 x 224 pixels of RGB."""
    image.load()
    width, height = image.size
    side = min(width, height) * SIDE / SCALED_SIDE
    left, top = (width - side) / 2, (height - side) / 2
    square = _without_palette(image).resize(
        (SIDE, SIDE), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side)
    )
    if square.mode.startswith("I"):
        # 16 bits: Pillow's own conversion clips all but the darkest to white
        square = Image.fromarray((np.asarray(square) >> 8).astype(np.uint8))
    if "A" in square.getbands():
        white = Image.new("RGBA", square.size, "white")
        square = Image.alpha_composite(white, square.convert("RGBA"))
    return square.convert("RGB")


def _without_palette(image: Image.Image) -> Image.Image:
    """Return the image in a mode that can be scaled, with its transparency as a band."""
    if has_transparent_colour(image):
        return image.convert("RGBA")
    if image.mode in ("1", "P"):
        return image.convert("RGB" if image.mode == "P" else "L")
    return image
