"""A zip of pictures: what is read, what is left out and why, and what is rejected."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from model_service.errors import BadRequest, TooLarge
from model_service.evaluations.images.archive import archive_files
from model_service.evaluations.images.files import ImageLimits, LeftOut, folder_files

LIMITS = ImageLimits(files=20, total_bytes=10 * 2**20, file_bytes=2**20)
CONTENT = bytes(range(256)) * 4


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def outcomes(path: Path, limits: ImageLimits = LIMITS) -> dict[str, str | int]:
    """Return for each file the number of its bytes, or the reason why it is left out."""
    results: dict[str, str | int] = {}
    with archive_files(path, limits) as files:
        for file in files:
            try:
                results[file.name] = len(file.read())
            except LeftOut as error:
                results[file.name] = error.reason
    return results


def test_every_file_is_read_or_has_a_reason(tmp_path: Path) -> None:
    members = {
        "pets/cat/a.jpg": CONTENT,
        "pets/empty.jpg": b"",
        "../../etc/passwd": CONTENT,
        "/absolute.jpg": CONTENT,
        "C:\\windows.jpg": CONTENT,
        "inner.zip": CONTENT,
        "__MACOSX/cat/._a.jpg": CONTENT,
        "cat/.DS_Store": CONTENT,
        "large.jpg": bytes(2**20 + 1),
    }
    path = zipped(tmp_path / "pets.zip", members)
    with zipfile.ZipFile(path, "a") as archive:
        archive.mkdir("a_folder")
    assert outcomes(path) == {
        "pets/cat/a.jpg": 1024,
        "pets/empty.jpg": 0,
        "../../etc/passwd": "image.path",
        "/absolute.jpg": "image.path",
        "C:\\windows.jpg": "image.path",
        "inner.zip": "image.archive",
        "__MACOSX/cat/._a.jpg": "image.system",
        "cat/.DS_Store": "image.system",
        "large.jpg": "image.large",
    }
    assert not (tmp_path.parent / "etc").exists()


def test_a_file_that_is_compressed_too_much_is_not_decompressed(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {"a.png": bytes(2**20)}, zipfile.ZIP_DEFLATED)
    assert outcomes(bomb) == {"a.png": "image.ratio"}


def _flag_encrypted(content: bytearray) -> None:
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(signature) + offset] |= 1


def _change_content(content: bytearray) -> None:
    content[content.index(CONTENT) + 9] ^= 0xFF


def _declare_less(content: bytearray) -> None:
    struct.pack_into("<I", content, content.index(b"PK\1\2") + 24, 10)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_flag_encrypted, "image.encrypted"),
        (_change_content, "image.damaged"),
        (_declare_less, "image.damaged"),
    ],
)
def test_an_encrypted_or_damaged_file_is_left_out_and_the_others_are_read(
    tmp_path: Path, damage: Callable[[bytearray], None], reason: str
) -> None:
    path = zipped(tmp_path / "pets.zip", {"a.jpg": CONTENT, "b.jpg": CONTENT})
    content = bytearray(path.read_bytes())
    damage(content)
    path.write_bytes(content)
    assert outcomes(path) == {"a.jpg": reason, "b.jpg": 1024}


def test_a_method_of_compression_that_can_take_any_memory_is_not_used(tmp_path: Path) -> None:
    path = zipped(tmp_path / "pets.zip", {"a.jpg": CONTENT}, zipfile.ZIP_LZMA)
    assert outcomes(path) == {"a.jpg": "image.damaged"}


def test_a_zip_past_the_limits_is_rejected_before_anything_is_read(tmp_path: Path) -> None:
    many = zipped(tmp_path / "many.zip", {f"{number}.jpg": b"" for number in range(21)})
    with pytest.raises(TooLarge, match="more than 20 files"):
        outcomes(many)
    large = zipped(tmp_path / "large.zip", {f"{n}.jpg": bytes(2**20) for n in range(11)})
    with pytest.raises(TooLarge, match="11,534,336 bytes uncompressed"):
        outcomes(large)


def test_the_directory_of_a_zip_is_measured_before_it_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "long.zip", {f"{'n' * 60_000}.jpg": b""})
    with pytest.raises(TooLarge, match="more than 20 files"):
        outcomes(path)
    # a record for large archives overrides the size in the ordinary one
    path = zipped(tmp_path / "zip64.zip", {"a.jpg": CONTENT})
    content = path.read_bytes()
    end = content.rindex(b"PK\5\6")
    record = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, 2**40, 0)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, end, 1)
    path.write_bytes(content[:end] + record + locator + content[end:])
    with pytest.raises(TooLarge, match="more than 20 files"):
        outcomes(path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\5\6", CONTENT, b"PK\5\6" + bytes(18)])
def test_a_file_that_is_not_a_zip_is_rejected_or_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    if len(content) == 22:
        assert outcomes(path) == {}
        return
    with pytest.raises(BadRequest, match="not a zip"):
        outcomes(path)


def test_a_truncated_zip_is_rejected(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.jpg", CONTENT)
    path = tmp_path / "a.zip"
    path.write_bytes(buffer.getvalue()[:-30])
    with pytest.raises(BadRequest, match="not a zip"):
        outcomes(path)


def test_the_nearest_folder_with_the_name_of_a_class_is_the_label(tmp_path: Path) -> None:
    names = {
        "pets/Cat/a.jpg": "cat",
        "dog/2026/b.jpg": "dog",
        "dog/cat/c.jpg": "cat",
        "cat\\d.jpg": "cat",
        "cat.jpg": None,
        "cats/e.jpg": None,
    }
    path = zipped(tmp_path / "pets.zip", dict.fromkeys(names, CONTENT))
    with archive_files(path, LIMITS) as files:
        assert {file.path: file.label(("cat", "dog")) for file in files} == names


def test_a_folder_is_read_like_a_zip_of_it(tmp_path: Path) -> None:
    for name in ("cat/b.jpg", "cat/a.jpg", "notes.zip", "dog/.hidden.jpg", "large.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(CONTENT)
    (tmp_path / "large.jpg").write_bytes(bytes(2001))
    results: dict[str, object] = {}
    for file in folder_files(tmp_path, file_bytes=2000):
        try:
            results[file.name] = len(file.read())
        except LeftOut as error:
            results[file.name] = error.reason
    assert list(results.items()) == [
        ("cat/a.jpg", 1024),
        ("cat/b.jpg", 1024),
        ("dog/.hidden.jpg", "image.system"),
        ("large.jpg", "image.large"),
        ("notes.zip", "image.archive"),
    ]
    with pytest.raises(BadRequest, match="is not a folder"):
        next(folder_files(tmp_path / "absent", 2000))
