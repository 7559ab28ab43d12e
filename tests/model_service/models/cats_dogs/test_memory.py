"""The peak memory of decoding, measured in a process of its own for each picture."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.model_service.models.cats_dogs.picture_files import (
    gradient,
    png_bomb,
    png_of_texts,
    saved,
    webp_bomb,
)

MAX_MB = 40
# a fork of a process that has decoded every format before: what it adds is the picture's
MEASURE = """
import os, sys
from pathlib import Path
from model_service.errors import ServiceError
from model_service.models.cats_dogs import data, decoding

def memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024

folder = Path(sys.argv[1])
for path in sorted(folder.glob("warm-*")):
    decoding.decode(path.read_bytes())
for path in sorted(folder.glob("measured-*")):
    sys.stdout.flush()
    if os.fork():
        os.wait()
        continue
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    content = path.read_bytes()
    try:
        decoding.decode(content)
        outcome = "decoded"
    except ServiceError:
        outcome = "refused"
    # the service has the body of the form besides
    print(path.name[9:], outcome, (memory("VmHWM") - before + len(content)) / 1e6)
    sys.stdout.flush()
    os._exit(0)
"""
ALLOWED: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: saved(gradient(8000, 6000), "JPEG", quality=75),
    "jpeg-narrow": lambda: saved(gradient(700, 12_000), "JPEG", quality=75),
    "jpeg-progressive": lambda: saved(gradient(3800, 2850), "JPEG", progressive=True),
    "png": lambda: saved(gradient(2700, 2700), "PNG"),
    "png-alpha": lambda: saved(gradient(2000, 2000, "RGBA"), "PNG"),
    "png-palette": lambda: saved(gradient(2600, 2600).quantize(64), "PNG"),
    "png-bits": lambda: saved(gradient(4200, 4200, "1"), "PNG"),
    "webp": lambda: saved(gradient(1920, 1080), "WEBP", method=0),
}
REFUSED: dict[str, Callable[[], bytes]] = {
    "jpeg-progressive-large": lambda: saved(gradient(4000, 3000), "JPEG", progressive=True),
    "jpeg-444-progressive": lambda: saved(
        gradient(3000, 3000), "JPEG", progressive=True, subsampling=0
    ),
    "png-large": lambda: saved(gradient(3600, 3600), "PNG", compress_level=1),
    "png-bomb": lambda: png_bomb(12_000, 12_000),
    "png-texts": lambda: png_of_texts(60),
    "webp-large": lambda: saved(gradient(2000, 2000), "WEBP", method=0),
    "webp-bomb": lambda: webp_bomb(),
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, float]]:
    """Return for each picture whether it was decoded, and the peak memory in MB."""
    folder = tmp_path_factory.mktemp("pictures")
    for kind in ("JPEG", "PNG", "WEBP"):
        (folder / f"warm-{kind}").write_bytes(saved(Image.new("RGB", (64, 64)), kind))
    for name, content in (ALLOWED | REFUSED).items():
        (folder / f"measured-{name}").write_bytes(content())
    root = Path(__file__).parents[4]
    lines = subprocess.run(
        [sys.executable, "-c", MEASURE, str(folder)],
        check=True, capture_output=True, text=True, cwd=root, env=os.environ,
    ).stdout.splitlines()  # fmt: skip
    rows = (line.split() for line in lines)
    return {name: (outcome, float(memory)) for name, outcome, memory in rows}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_picture_at_the_limit_is_decoded_in_40_mb(
    name: str, measured: dict[str, tuple[str, float]]
) -> None:
    outcome, memory = measured[name]
    assert outcome == "decoded"
    assert memory < MAX_MB


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_that_would_take_more_is_refused_before_it_does(
    name: str, measured: dict[str, tuple[str, float]]
) -> None:
    outcome, memory = measured[name]
    assert outcome == "refused"
    assert memory < MAX_MB / 2


def test_the_estimate_is_not_far_too_careful(measured: dict[str, tuple[str, float]]) -> None:
    # a JPEG line by line takes little memory at any size that is allowed
    memory = [measured[name][1] for name in ALLOWED if name != "jpeg"]
    assert min(memory) > MAX_MB / 2


def test_a_jpeg_whose_components_come_in_separate_scans_counts_as_buffered() -> None:
    from model_service.models.cats_dogs import jpeg

    content = saved(gradient(64, 64), "JPEG", subsampling=0)
    scan = content.index(b"\xff\xda")
    one = content[: scan + 4] + b"\x01" + content[scan + 5 :]
    with Image.open(io.BytesIO(content)) as image:
        assert jpeg.buffered_bytes_per_pixel(image, content) == 0
        assert jpeg.buffered_bytes_per_pixel(image, one) == 6
