"""Compute from the header what memory decoding takes, and refuse what takes too much."""

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from model_service.errors import WrongImage
from model_service.models.cats_dogs import jpeg
from model_service.models.cats_dogs.picture_format import name_of

# of one request, with the file twice: the body, and the picture in it
MAX_MEMORY_BYTES = 40_000_000
FILE_COPIES = 2
# bytes a pixel that Pillow takes to decode and scale a mode, measured
BYTES_PER_PIXEL = {"1": 2, "L": 1, "P": 5, "I;16": 2, "RGB": 4, "CMYK": 4, "RGBA": 8, "LA": 8}
MAX_BYTES_PER_PIXEL = 12
# libwebp decodes to two canvases, which are copied to Pillow's image
WEBP_BYTES_PER_PIXEL = 12
# what a request takes apart from the file and its pixels
OTHER_MEMORY_BYTES = 2_000_000


def check_memory(image: Image.Image, content: bytes, size: tuple[int, int]) -> None:
    """Raise WrongImage if decoding takes more memory than a request may."""
    bytes_of_mode = BYTES_PER_PIXEL.get(image.mode, MAX_BYTES_PER_PIXEL)
    if has_transparent_colour(image):
        bytes_of_mode = MAX_BYTES_PER_PIXEL
    pixels = size[0] * size[1]
    # a JPEG may be decoded at reduced size
    share = image.width * image.height / pixels
    per_pixel = share * bytes_of_mode
    fixed, advice = FILE_COPIES * len(content) + OTHER_MEMORY_BYTES, ", or a JPEG"
    if image.format == "WEBP":
        per_pixel += WEBP_BYTES_PER_PIXEL
        fixed += 2 * len(content)
    elif isinstance(image, JpegImageFile):
        buffered = jpeg.buffered_bytes_per_pixel(image, content)
        per_pixel += buffered
        advice = ", or a JPEG that is not progressive" if buffered else ""
    needed = fixed + per_pixel * pixels
    if needed > MAX_MEMORY_BYTES:
        most = max(0.0, (MAX_MEMORY_BYTES - fixed) / per_pixel / 1e6)
        raise WrongImage(
            f"The {name_of(image)} has {size[0]:,} x {size[1]:,} pixels: decoding it takes "
            f"{needed / 1e6:.0f} MB of memory, and the limit is {MAX_MEMORY_BYTES / 1e6:.0f} MB. "
            f"Send at most {most:.1f} megapixels{advice}."
        )


def has_transparent_colour(image: Image.Image) -> bool:
    """Return whether a colour of the palette, or a single colour or grey, is transparent."""
    return "transparency" in image.info and image.mode in ("1", "L", "P", "RGB")
