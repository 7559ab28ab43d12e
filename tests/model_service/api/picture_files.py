"""Picture files that users and attackers send, made with Pillow."""

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image

from model_service.models.cats_dogs import data

ORIENTATION = 0x0112
TURNED_LEFT = 8


def sample(number: int = 0, label: str = "cat") -> bytes:
    """Return the file of a cat or a dog (JPEG of about 15 KiB)."""
    pictures = [picture for picture in data.pictures() if picture.label == label]
    return pictures[number].path.read_bytes()


def opened(number: int = 0, label: str = "cat") -> Image.Image:
    return Image.open(BytesIO(sample(number, label))).convert("RGB")


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def bomb() -> bytes:
    """Return a PNG of 144 megapixels in 17 KiB."""
    return saved(Image.new("1", (12_000, 12_000)), "PNG")


def bomb_of_text() -> bytes:
    """Return a small PNG with a compressed comment that unpacks to 60 MB."""
    content = saved(Image.new("RGB", (64, 64)), "PNG")
    text = b"Comment\0\0" + zlib.compress(bytes(60_000_000), 9)
    checksum = struct.pack(">I", zlib.crc32(b"zTXt" + text))
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + checksum
    # after the signature and the header
    return content[:33] + chunk + content[33:]


def animated() -> bytes:
    frames = [opened(number).resize((200, 200)) for number in range(3)]
    return saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])


def cmyk() -> bytes:
    return saved(opened().convert("CMYK"), "JPEG")


def sixteen_bits() -> bytes:
    grey = np.asarray(opened().convert("L")).astype(np.uint16) * 257
    return saved(Image.fromarray(grey), "PNG")


def turned() -> bytes:
    """Return a cat that lies on its side in the file, with the EXIF orientation that turns it."""
    image = opened()
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_LEFT
    return saved(image.transpose(Image.Transpose.ROTATE_270), "JPEG", quality=95, exif=exif)


def noise(megapixels: float) -> bytes:
    """Return a PNG of random pixels, which takes 3 bytes a pixel and time to decode."""
    side = int((megapixels * 1e6) ** 0.5)
    pixels = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return saved(Image.fromarray(pixels), "PNG", compress_level=1)
