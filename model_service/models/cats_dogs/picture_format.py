"""Tell the format of an upload by its content, and read its header."""

import io
import struct
import zlib

from PIL import Image, PngImagePlugin, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from model_service.errors import WrongFormat, WrongImage

FORMATS = ("JPEG", "PNG", "WEBP")
# decoding takes time in proportion, even where it takes little memory
MAX_PIXELS = 64_000_000
# what Pillow raises for damaged pictures
UNREADABLE = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError,
    OverflowError, struct.error, zlib.error,
)  # fmt: skip
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
# compressed texts in a PNG: Pillow would hold 64 MB of them
PngImagePlugin.MAX_TEXT_MEMORY = 1_000_000


def open_picture(content: bytes) -> Image.Image:
    """Read the header, which decodes nothing.

    Raises WrongFormat for other content, and WrongImage for a picture that is empty, animated, or
    of more than 64 megapixels, and for a damaged header.
    """
    if not content:
        raise WrongImage("The file is empty: send a JPEG, PNG or WebP picture.")
    image = _open(content)
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(f"{width:,} x {height:,} pixels")
    if not isinstance(image, JpegImageFile) and getattr(image, "is_animated", False):
        raise WrongImage("The picture is animated: send a single frame as a still picture.")
    return image


def _too_many_pixels(size: str) -> WrongImage:
    limit = f"{MAX_PIXELS / 1e6:.0f} megapixels"
    return WrongImage(f"The picture has {size}; the limit is {limit}: send a smaller one.")


def _open(content: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        if content.startswith(MAGIC):
            raise damaged("picture", "its header can't be read") from None
        raise WrongFormat(
            f"The file is not a JPEG, PNG or WebP picture{_looks_like(content)}: "
            "send one of these formats."
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels("very many pixels") from None
    except UNREADABLE as error:
        raise damaged("picture", error) from error


def damaged(name: str, reason: object) -> WrongImage:
    """Return the error of a picture that can't be decoded."""
    return WrongImage(
        f"The {name} can't be decoded ({reason}): it is damaged or cut off. "
        "Send the whole file, or save the picture again."
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


def name_of(image: Image.Image) -> str:
    """Return the name of the format as people write it."""
    if isinstance(image, JpegImageFile):
        return "JPEG"
    return "WebP" if image.format == "WEBP" else str(image.format)
