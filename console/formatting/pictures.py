"""Small upright copies of pictures, for pages. Pure."""

import io
from collections.abc import Callable

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# decoding more takes over 100 MB
MAX_PIXELS = 25_000_000
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def shrink(content: bytes, side: int) -> bytes | None:
    """Return a JPEG of a picture with sides of at most `side` pixels.

    Returns None for what is not a picture, is damaged or has too many pixels; the size is checked
    before it is decoded.
    """
    return _convert(content, side, lambda picture: picture.thumbnail((side, side)))


def square(content: bytes, side: int) -> bytes | None:
    """Return a JPEG of the central square of a picture, or None as `shrink` does."""
    return _convert(content, side, lambda picture: ImageOps.fit(picture, (side, side)))


def _convert(
    content: bytes, side: int, resize: Callable[[Image.Image], Image.Image | None]
) -> bytes | None:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            # a JPEG is decoded at about the size that is needed
            picture.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(picture)
            small = resize(upright) or upright
            output = io.BytesIO()
            small.convert("RGB").save(output, "JPEG", quality=85)
            return output.getvalue()
    except (OSError, ValueError, SyntaxError, *BOMBS):
        return None
