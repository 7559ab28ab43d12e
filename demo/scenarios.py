"""What the pictures of a traffic scenario look like, and how its users vote."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL import Image

BRIGHTNESS = 0.08
BLUR_PIXELS = 6.0
JPEG_QUALITY = 85

Votes = Literal["truthful", "negative", "none"]


def darken(picture: bytes) -> bytes:
    """Return the picture as JPEG at a small part of its brightness."""
    from PIL import Image, ImageEnhance  # not above: the usual traffic needs no image library

    with Image.open(io.BytesIO(picture)) as image:
        return _jpeg(ImageEnhance.Brightness(image.convert("RGB")).enhance(BRIGHTNESS))


def blur(picture: bytes) -> bytes:
    """Return the picture as JPEG, blurred as by a lens that is out of focus."""
    from PIL import Image, ImageFilter

    with Image.open(io.BytesIO(picture)) as image:
        return _jpeg(image.convert("RGB").filter(ImageFilter.GaussianBlur(BLUR_PIXELS)))


@dataclass(frozen=True)
class Scenario:
    """A kind of traffic: which pictures, how they are changed, how users vote."""

    meaning: str
    per_second: float = 3.0
    votes: Votes = "truthful"
    change: Callable[[bytes], bytes] | None = None
    other_species: bool = False


SCENARIOS = {
    "usual": Scenario("cats and dogs as they are", per_second=1.0),
    "dark": Scenario("cats and dogs in the dark", votes="none", change=darken),
    "blur": Scenario("cats and dogs out of focus", votes="none", change=blur),
    "other-species": Scenario("animals that are neither cats nor dogs", other_species=True),
    "negative-feedback": Scenario("users who disagree with each answer", votes="negative"),
}


def _jpeg(image: "Image.Image") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
