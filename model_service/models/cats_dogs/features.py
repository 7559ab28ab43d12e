"""The properties of a picture's central square, as the network sees it. Pure."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from model_service.models.cats_dogs.decoding import Decoded

MIN_VARIANCE = 1e-8

Pixels = npt.NDArray[np.floating[Any]]


def network_input(square: Image.Image) -> Pixels:
    """Return a square as the network takes it: (3, 224, 224), (x - 127) / 128."""
    planes = np.asarray(square).transpose(2, 0, 1).astype(np.float32)
    planes -= 127
    planes /= 128
    return planes


def properties(decoded: Decoded) -> dict[str, float]:
    """Return brightness, contrast, sharpness, saturation, megapixels and aspect."""
    # by ITU-R BT.601
    luminance = np.asarray(decoded.square.convert("L"), dtype=np.float32) / 255
    return {
        "brightness": float(luminance.mean()),
        "contrast": float(luminance.std()),
        "sharpness": math.log(float(_laplacian(luminance).var()) + MIN_VARIANCE),
        "saturation": _saturation(np.asarray(decoded.square)),
        "megapixels": decoded.width * decoded.height / 1e6,
        "aspect": decoded.width / decoded.height,
    }


def _saturation(pixels: npt.NDArray[np.uint8]) -> float:
    """Return the mean saturation as in HSV; Pillow's conversion takes five times as long."""
    red, green, blue = pixels[:, :, 0], pixels[:, :, 1], pixels[:, :, 2]
    high = np.maximum(np.maximum(red, green), blue)
    low = np.minimum(np.minimum(red, green), blue)
    return float(((high - low) / np.maximum(high, 1, dtype=np.float32)).mean())


def _laplacian(luminance: Pixels) -> Pixels:
    """Return the sum of the four neighbours minus four times the pixel (222, 222)."""
    neighbours = (
        luminance[:-2, 1:-1] + luminance[2:, 1:-1] + luminance[1:-1, :-2] + luminance[1:-1, 2:]
    )
    return np.asarray(neighbours - 4 * luminance[1:-1, 1:-1])
