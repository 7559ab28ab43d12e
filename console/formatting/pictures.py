"""Small upright copies of pictures, for pages. Pure."""

import io

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
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            picture.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((side, side))
            output = io.BytesIO()
            upright.convert("RGB").save(output, "JPEG", quality=85)
            return output.getvalue()
    except (OSError, ValueError, SyntaxError, *BOMBS):
        return None
