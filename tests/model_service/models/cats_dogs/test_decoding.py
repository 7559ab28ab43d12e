import random
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from model_service.errors import WrongFormat, WrongImage
from model_service.models.cats_dogs import decoding
from tests.model_service.models.cats_dogs.picture_files import (
    gradient,
    photo,
    png_bomb,
    png_of_texts,
    sample,
    saved,
    webp_bomb,
)

Content = Callable[[], bytes]

ORIENTATION = 0x0112


def pixels(content: bytes) -> "np.ndarray[tuple[int, ...], np.dtype[np.int16]]":
    return np.asarray(decoding.decode(content).square).astype(np.int16)


def with_orientation(image: Image.Image, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return saved(image, "JPEG", quality=95, exif=exif.tobytes())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: saved(photo(), "JPEG", quality=95), id="jpeg"),
        pytest.param(
            lambda: saved(photo(), "JPEG", quality=95, progressive=True), id="progressive"
        ),
        pytest.param(lambda: saved(photo("CMYK"), "JPEG", quality=95), id="cmyk"),
        pytest.param(lambda: saved(photo(), "WEBP", quality=95), id="webp"),
        pytest.param(lambda: saved(photo().quantize(256), "PNG"), id="palette"),
        pytest.param(lambda: saved(photo("RGBA"), "PNG"), id="alpha"),
        pytest.param(lambda: saved(photo(size=(1280, 960)), "JPEG", quality=95), id="large"),
    ],
)
def test_a_picture_looks_alike_in_every_format(content: Content) -> None:
    difference = pixels(content()) - pixels(saved(photo(), "PNG"))
    assert np.abs(difference).mean() < 8


def test_a_picture_of_16_bits_is_not_clipped_to_white() -> None:
    grey = np.asarray(photo("L")).astype(np.uint16)
    difference = pixels(saved(Image.fromarray(grey * 257), "PNG")) - pixels(
        saved(photo("L"), "PNG")
    )
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_becomes_white(mode: str) -> None:
    image = photo(mode)
    image.putalpha(0)
    assert (pixels(saved(image, "PNG")) == 255).all()
    assert (pixels(saved(image, "WEBP", lossless=True)) == 255).all()


def test_a_transparent_colour_of_a_palette_becomes_white() -> None:
    image = Image.new("P", (60, 40), 0)
    assert (pixels(saved(image, "PNG", transparency=0)) == 255).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_exif_data_say(orientation: int) -> None:
    upright = photo()
    undo = decoding.TRANSPOSITIONS.get(orientation)
    back = {Image.Transpose.ROTATE_90: Image.Transpose.ROTATE_270}
    back |= {there: here for here, there in back.items()}
    stored = upright if undo is None else upright.transpose(back.get(undo, undo))
    decoded = decoding.decode(with_orientation(stored, orientation))
    assert (decoded.width, decoded.height) == upright.size
    difference = np.asarray(decoded.square).astype(np.int16) - pixels(saved(upright, "PNG"))
    assert np.abs(difference).mean() < 3


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_data_do_not_matter() -> None:
    content = saved(photo(), "JPEG", exif=b"Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff")
    assert decoding.decode(content).width == 320


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(
            lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "it looks like an SVG", id="svg"
        ),
        pytest.param(lambda: b"this is not a picture", "it looks like text", id="text"),
        pytest.param(lambda: saved(photo("P"), "GIF"), "it looks like a GIF", id="gif"),
        pytest.param(lambda: saved(photo(), "TIFF"), "it looks like a TIFF", id="tiff"),
        pytest.param(lambda: b"\x00\x00\x00\x18ftypheic", "a HEIC or a video", id="heic"),
        pytest.param(lambda: bytes(range(256)), "not a JPEG, PNG or WebP picture:", id="bytes"),
    ],
)
def test_another_format_is_refused_by_its_content(content: Content, reason: str) -> None:
    with pytest.raises(WrongFormat, match=reason):
        decoding.decode(content())


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_an_animation_is_refused(kind: str) -> None:
    frames = [photo(), photo().rotate(90)]
    content = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    with pytest.raises(WrongImage, match="animated: send a single frame"):
        decoding.decode(content)


def test_the_first_picture_of_a_phones_multi_picture_file_is_taken() -> None:
    content = saved(photo(), "MPO", save_all=True, append_images=[photo().rotate(180)])
    difference = pixels(content) - pixels(saved(photo(), "JPEG"))
    assert np.abs(difference).mean() < 3


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(WrongImage, match="The file is empty"):
        decoding.decode(b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_a_truncated_file_is_refused(kind: str, share: float) -> None:
    content = saved(gradient(640, 480), kind)
    with pytest.raises(WrongImage, match="cut off"):
        decoding.decode(content[: int(share * len(content))])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(lambda: png_bomb(12_000, 12_000), "limit is 64 megapixels", id="png-144-MP"),
        pytest.param(lambda: png_bomb(19_000, 19_000), "limit is 64 megapixels", id="png-361-MP"),
        pytest.param(lambda: png_bomb(7_900, 7_900), "takes 127 MB of memory", id="png-62-MP"),
        pytest.param(lambda: webp_bomb(), "limit is 64 megapixels", id="webp-268-MP"),
        pytest.param(lambda: png_of_texts(60), "can't be decoded", id="png-texts"),
    ],
)
def test_a_decompression_bomb_is_refused(content: Content, reason: str) -> None:
    with pytest.raises(WrongImage, match=reason):
        decoding.decode(content())


def test_a_jpeg_of_very_many_scans_is_refused() -> None:
    content = saved(photo(), "JPEG", progressive=True)
    scan = content.rindex(b"\xff\xda")
    with pytest.raises(WrongImage, match="more than 100 scans"):
        decoding.decode(content[:scan] + 200 * content[scan:-2] + content[-2:])


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_flipped_bytes_give_an_answer_or_a_clear_error() -> None:
    chance = random.Random(0)
    files = [sample(), *(saved(photo(), kind) for kind in ("PNG", "WEBP"))]
    for content in files:
        for _ in range(60):
            damaged = bytearray(content)
            for _ in range(chance.randint(1, 20)):
                damaged[chance.randrange(min(len(damaged), 2_000))] = chance.randrange(256)
            try:
                decoding.decode(bytes(damaged))
            except (WrongFormat, WrongImage) as error:
                assert str(error).endswith(".")


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (3000, 2)])
def test_a_tiny_or_narrow_picture_is_decoded(size: tuple[int, int]) -> None:
    decoded = decoding.decode(saved(Image.new("RGB", size, "red"), "PNG"))
    assert (decoded.width, decoded.height) == size
    assert np.asarray(decoded.square).reshape(-1, 3).mean(axis=0).tolist() == [255, 0, 0]


def test_the_network_sees_the_central_square_of_7_8() -> None:
    image = Image.new("RGB", (512, 256), "red")
    image.paste("blue", (512 // 2 - 112, 16, 512 // 2 + 112, 240))
    assert (pixels(saved(image, "PNG")).reshape(-1, 3).mean(axis=0) == [0, 0, 255]).all()
