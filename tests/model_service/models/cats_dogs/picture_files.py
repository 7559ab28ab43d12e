"""Pictures as files in memory, for the tests of decoding."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

from model_service.models.cats_dogs import data


def sample() -> bytes:
    return data.pictures()[0].path.read_bytes()


def photo(mode: str = "RGB", size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Return the first picture of the data set, scaled."""
    with Image.open(data.pictures()[0].path) as image:
        return image.resize(size).convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def gradient(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Return a smooth picture, which takes little time to encode."""
    return Image.linear_gradient("L").resize((width, height)).convert(mode)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png_bomb(width: int, height: int) -> bytes:
    """Return a black PNG of one bit a pixel: 17 KiB for 144 megapixels."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = bytes(1 + (width + 7) // 8)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    chunks = (png_chunk(b"IHDR", header), png_chunk(b"IDAT", rows), png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def png_of_texts(texts: int) -> bytes:
    """Return a small PNG with compressed texts of a million characters each."""
    plain = saved(photo(), "PNG")
    text = b"comment\x00\x00" + zlib.compress(b"x" * 1_000_000, 9)
    header_end = 8 + 25
    return plain[:header_end] + texts * png_chunk(b"zTXt", text) + plain[header_end:]


def webp_bomb() -> bytes:
    """Return the header of a lossless WebP of 16,384 x 16,384 pixels, and nothing of its data."""
    side = 16_384 - 1
    stream = b"\x2f" + struct.pack("<I", side | side << 14) + bytes(64)
    chunk = b"VP8L" + struct.pack("<I", len(stream)) + stream + bytes(len(stream) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk
