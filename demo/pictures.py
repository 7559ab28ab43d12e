"""Where the pictures of the traffic come from, and how a scenario changes them."""

import io
import random
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo.case import Answer
from demo.client import ServiceClient

if TYPE_CHECKING:
    from PIL import Image

OTHER_SPECIES = Path(__file__).parent / "data/other_species"
NEITHER = "neither"
JPEG_QUALITY = 85
LARGE_SIDE = 2000
# near a brightness and a blur at which the model doubts some pictures
DARK_DEGREE, BLUR_DEGREE = 15.0, 6.0
FIRST_STEP, MIN_STEP = 2.0, 0.1
OF_EACH = 6

Change = Callable[[bytes, float], bytes]


class Source:
    """A picture that can be sent many times, and what it shows."""

    def __init__(self, name: str, label: str, content: Callable[[], bytes]) -> None:
        self.name = name
        self.label = label
        self.content = content

    def learn(self, answer: Answer) -> None:
        """Take notice of the answer to this picture."""


class DoubtedSource(Source):
    """A picture that is changed more or less until the model recognises it with low confidence.

    A picture that is much too dark is confidently called neither cat nor dog, so that no single
    brightness makes most answers doubtful. The degree of the change follows a staircase: a step up
    after a confident answer, down after a wrong one, and half as far after each turn.
    """

    def __init__(self, source: Source, change: Change, degree: float) -> None:
        super().__init__(source.name, source.label, self._changed)
        self._original = source
        self._change = change
        self._degree = degree
        self._step = FIRST_STEP

    def learn(self, answer: Answer) -> None:
        recognised = answer["prediction"] == self.label
        if recognised and answer["low_confidence"]:
            return
        if recognised != (self._step > 0):
            half = max(abs(self._step) / 2, MIN_STEP)
            self._step = half if recognised else -half
        self._degree += self._step

    def _changed(self) -> bytes:
        return self._change(self._original.content(), self._degree)


def samples(api: ServiceClient) -> list[Source]:
    """Return the sample pictures of the service; each is fetched once, when it is needed.

    Raises Unreachable and Rejected.
    """
    return [_sample(api, item) for item in api.get("/samples")["samples"]]


def _sample(api: ServiceClient, item: dict[str, Any]) -> Source:
    return Source(item["name"], item["label"], cache(lambda: api.get_bytes(item["url"])))


def dark_samples(api: ServiceClient) -> list[Source]:
    """Return a few cats and dogs, so dark that the model doubts what they are."""
    return [DoubtedSource(source, darken, DARK_DEGREE) for source in _some(samples(api), OF_EACH)]


def blurred_samples(api: ServiceClient) -> list[Source]:
    """Return a few cats and dogs, so blurred that the model doubts what they are."""
    return [DoubtedSource(source, blur, BLUR_DEGREE) for source in _some(samples(api), OF_EACH)]


def large_samples(api: ServiceClient) -> list[Source]:
    """Return a cat and a dog as pictures of 4 megapixels."""

    def large(source: Source) -> Source:
        content = cache(lambda: enlarge(source.content()))
        return Source(source.name, source.label, content)

    return [large(source) for source in _some(samples(api), 1)]


def other_species() -> list[Source]:
    """Return photographs of animals that are neither cats nor dogs."""
    return [
        Source(path.stem, NEITHER, path.read_bytes) for path in sorted(OTHER_SPECIES.glob("*.jpg"))
    ]


def _some(sources: list[Source], of_each: int) -> list[Source]:
    """Return a random choice of so many pictures of each label."""
    by_label = defaultdict(list)
    for source in sources:
        by_label[source.label].append(source)
    generator = random.Random(0)
    return [
        source
        for alike in by_label.values()
        for source in generator.sample(alike, min(of_each, len(alike)))
    ]


def darken(picture: bytes, degree: float) -> bytes:
    """Return the picture as JPEG; each degree takes 15 % of its brightness."""
    from PIL import ImageEnhance  # not above: the usual traffic needs no image library

    return _jpeg(ImageEnhance.Brightness(_opened(picture)).enhance(0.85**degree))


def blur(picture: bytes, degree: float) -> bytes:
    """Return the picture as JPEG, blurred by a radius of 0.4 pixels for each degree."""
    from PIL import ImageFilter

    return _jpeg(_opened(picture).filter(ImageFilter.GaussianBlur(0.4 * max(degree, 0))))


def enlarge(picture: bytes) -> bytes:
    """Return the picture as PNG of 4 megapixels, which takes eight times as long to classify."""
    buffer = io.BytesIO()
    large = _opened(picture).resize((LARGE_SIDE, LARGE_SIDE))
    large.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _opened(picture: bytes) -> "Image.Image":
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        return image.convert("RGB")


def _jpeg(image: "Image.Image") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
