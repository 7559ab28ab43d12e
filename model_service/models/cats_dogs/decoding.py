"""Decode an uploaded picture with bounded memory: to the square that the network sees.

The format is read from the content. The memory that decoding takes is computed from the header,
and a picture that takes too much is refused before it is decoded.
"""

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from model_service.errors import WrongFormat, WrongImage
from model_service.models.cats_dogs import jpeg
from model_service.models.cats_dogs.network import SIDE

FORMATS = ("JPEG", "PNG", "WEBP")
# of one request, the file included
MAX_MEMORY_BYTES = 40_000_000
# decoding takes time in proportion, even where it takes little memory
MAX_PIXELS = 64_000_000
# the side to which the network's pictures were scaled before the crop
SCALED_SIDE = 256
# a JPEG is decoded at 1/2, 1/4 or 1/8 of its size where that leaves this side
MIN_DRAFT_SIDE = 448
# bytes a pixel that Pillow takes to decode and scale a mode, measured
BYTES_PER_PIXEL = {"1": 1, "L": 1, "P": 9, "I;16": 5, "RGB": 4, "CMYK": 4}
OTHER_BYTES_PER_PIXEL = 8
# libwebp decodes to two canvases, which are copied to Pillow's image
WEBP_BYTES_PER_PIXEL = 12
# what a request takes apart from the file and its pixels
OTHER_MEMORY_BYTES = 2_000_000
UNREADABLE = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError,
    OverflowError, struct.error, zlib.error,
)  # fmt: skip
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

# compressed texts in a PNG: Pillow would hold 64 MB of them
PngImagePlugin.MAX_TEXT_MEMORY = 1_000_000


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
    if not content:
        raise WrongImage("The file is empty: send a JPEG, PNG or WebP picture.")
    image = _open(content)
    width, height = image.size
    try:
        if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
            raise WrongImage("The picture is animated: send a single frame as a still picture.")
        _check_pixels(image)
        orientation = _orientation(image)
        if isinstance(image, jpeg.JPEG_FILE):
            jpeg.check_scans(content)
            image.draft("RGB", (MIN_DRAFT_SIDE, MIN_DRAFT_SIDE))
        _check_memory(image, content, (width, height))
        square = _square(image)
    except UNREADABLE as error:
        raise WrongImage(
            f"The {_name(image)} can't be decoded ({error}): it is damaged or cut off. "
            "Send the whole file, or save the picture again."
        ) from error
    if orientation in TRANSPOSITIONS:
        square = square.transpose(TRANSPOSITIONS[orientation])
    if orientation in TURNED:
        width, height = height, width
    return Decoded(square, width, height)


def _open(content: bytes) -> Image.Image:
    """Read the header. Raises WrongFormat and WrongImage."""
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        if content.startswith(MAGIC):
            raise WrongImage("The picture's header is damaged or cut off: save it again.") from None
        raise WrongFormat(
            f"The file is not a JPEG, PNG or WebP picture{_looks_like(content)}: "
            "send one of these formats."
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise WrongImage(
            f"The picture has more than the limit of {MAX_PIXELS / 1e6:.0f} megapixels: "
            "send a smaller one."
        ) from None
    except UNREADABLE as error:
        raise WrongImage(f"The picture's header can't be read ({error}): save it again.") from error


# how the content of the three formats starts
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF")
SIGNATURES = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"%PDF", "a PDF"),
    (b"II*\x00", "a TIFF"),
    (b"MM\x00*", "a TIFF"),
    (b"PK", "a zip archive"),
)


def _looks_like(content: bytes) -> str:
    """Return what the content seems to be, as the end of a phrase, or nothing."""
    start = content[:512]
    kind = next((name for magic, name in SIGNATURES if start.startswith(magic)), None)
    if kind is None and start[4:8] == b"ftyp":
        kind = "an AVIF" if start[8:11] == b"avi" else "a HEIC or a video"
    if kind is None and b"<svg" in start:
        kind = "an SVG"
    if kind is None and start.isascii() and start.decode("ascii").isprintable():
        kind = "text"
    return f" (it looks like {kind})" if kind else ""


def _name(image: Image.Image) -> str:
    if isinstance(image, jpeg.JPEG_FILE):
        return "JPEG"
    return "WebP" if image.format == "WEBP" else str(image.format)


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 if there is none that can be read."""
    try:
        value = image.getexif().get(ORIENTATION_TAG, 1)
    except UNREADABLE:
        return 1
    return value if isinstance(value, int) else 1


def _check_pixels(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise WrongImage(
            f"The picture has {width:,} x {height:,} pixels, {width * height / 1e6:.0f} "
            f"megapixels: send at most {MAX_PIXELS / 1e6:.0f}."
        )


def _check_memory(image: Image.Image, content: bytes, size: tuple[int, int]) -> None:
    """Raise WrongImage if decoding takes more memory than a request may."""
    mode = "P" if "transparency" in image.info else image.mode
    pixels = size[0] * size[1]
    # a JPEG may be decoded at reduced size
    share = image.width * image.height / pixels
    per_pixel = share * BYTES_PER_PIXEL.get(mode, OTHER_BYTES_PER_PIXEL)
    fixed, advice = len(content) + OTHER_MEMORY_BYTES, "or a JPEG"
    if image.format == "WEBP":
        per_pixel += WEBP_BYTES_PER_PIXEL
        fixed += 2 * len(content)
    elif isinstance(image, jpeg.JPEG_FILE):
        per_pixel += jpeg.buffered_bytes_per_pixel(image, content)
        advice = "or save it as a JPEG that is not progressive"
    needed = fixed + per_pixel * pixels
    if needed > MAX_MEMORY_BYTES:
        most = max(0.0, (MAX_MEMORY_BYTES - fixed) / per_pixel / 1e6)
        raise WrongImage(
            f"The {_name(image)} has {size[0]:,} x {size[1]:,} pixels: decoding it takes "
            f"{needed / 1e6:.0f} MB of memory, and the limit is {MAX_MEMORY_BYTES / 1e6:.0f} MB. "
            f"Send at most {most:.1f} megapixels, {advice}."
        )


def _square(image: Image.Image) -> Image.Image:
    """Decode, then scale the central square to 224 x 224 pixels of RGB."""
    image.load()
    width, height = image.size
    side = min(width, height) * SIDE / SCALED_SIDE
    left, top = (width - side) / 2, (height - side) / 2
    plain = _without_palette(image)
    scaled = plain.resize(
        (SIDE, SIDE), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side)
    )
    if "A" in scaled.getbands():
        scaled = scaled.convert("RGBA")
        white = Image.new("RGBA", scaled.size, "white")
        scaled = Image.alpha_composite(white, scaled)
    return scaled.convert("RGB")


def _without_palette(image: Image.Image) -> Image.Image:
    """Return the image in a mode that can be scaled, with its transparency as a band."""
    if image.mode.startswith("I"):
        # 16 bits: Pillow's own conversion clips all but the darkest to white
        numbers = np.asarray(image)
        return Image.fromarray((numbers >> 8).astype(np.uint8))
    if "transparency" in image.info and image.mode in ("1", "L", "P", "RGB"):
        return image.convert("RGBA")
    if image.mode == "P":
        return image.convert("RGB")
    return image.convert("L") if image.mode == "1" else image
