"""What a JPEG's header says about the memory and the time that decoding takes."""

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from model_service.errors import WrongImage

START_OF_SCAN = 0xDA
# a progressive JPEG has about 10; each costs a pass over all blocks
MAX_SCANS = 100
BYTES_PER_COEFFICIENT = 2


def check_scans(content: bytes) -> None:
    """Raise WrongImage for a JPEG with very many scans, each of which takes time."""
    if content.count(bytes([0xFF, START_OF_SCAN])) > MAX_SCANS:
        raise WrongImage(f"The JPEG has more than {MAX_SCANS} scans: save the picture again.")


def buffered_bytes_per_pixel(image: Image.Image, content: bytes) -> float:
    """Return the bytes a pixel (of the full size) that libjpeg holds while it decodes.

    A JPEG whose first scan has all components is decoded line by line. Others, such as progressive
    ones, are held as coefficients of 16 bits, for each component at its own resolution.
    """
    assert isinstance(image, JpegImageFile)
    components = [(across, down) for _id, across, down, _table in image.layer]
    is_progressive = bool(image.info.get("progressive"))
    if not is_progressive and _components_of_first_scan(content) == len(components):
        return 0.0
    widest = max(across for across, _ in components)
    tallest = max(down for _, down in components)
    shares = [across * down / (widest * tallest) for across, down in components]
    return BYTES_PER_COEFFICIENT * sum(shares)


def _components_of_first_scan(content: bytes) -> int:
    """Return how many components the first scan has; 0 if there is no scan."""
    place = 2
    while place + 4 < len(content):
        if content[place] != 0xFF:
            return 0
        marker = content[place + 1]
        if marker == 0xFF:
            # a fill byte
            place += 1
        elif marker == START_OF_SCAN:
            return content[place + 4]
        else:
            place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return 0
