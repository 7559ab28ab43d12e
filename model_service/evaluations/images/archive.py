"""The image files of a zip, with limits that are checked before anything is decompressed."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from model_service.errors import BadRequest, TooLarge
from model_service.evaluations.images.files import (
    ImageFile,
    ImageLimits,
    LeftOut,
    check_name,
)

# pictures are compressed already: a zip saves a few percent
MAX_RATIO = 100
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
# of one member in the directory of the archive: its name, and its times
MEMBER_BYTES = 512
END, END_64 = b"PK\x05\x06", b"PK\x06\x06"
END_64_BYTES, LOCATOR_BYTES = 56, 20
MAX_END_BYTES = 65_557 + END_64_BYTES + LOCATOR_BYTES
WRONG_ZIP = (
    zipfile.BadZipFile, NotImplementedError, EOFError, UnicodeDecodeError, struct.error, ValueError,
)  # fmt: skip


@contextmanager
def archive_files(path: Path, limits: ImageLimits) -> Iterator[list[ImageFile]]:
    """Open a zip and return its files, which are read while it is open; folders are not files.

    Raises BadRequest for another file, and TooLarge past the limits.
    """
    with path.open("rb") as file:
        _check_directory(file, limits)
        try:
            archive = zipfile.ZipFile(file)
        except WRONG_ZIP as error:
            raise BadRequest(f"The file is not a zip that can be read: {error}.") from None
        with archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check(members, limits)
            yield [_file(archive, member, limits) for member in members]


def _check_directory(file: BinaryIO, limits: ImageLimits) -> None:
    """Check the size of the archive's directory, which zipfile reads into memory as a whole."""
    size = file.seek(0, 2)
    file.seek(max(0, size - MAX_END_BYTES))
    tail = file.read()
    end = tail.rfind(END)
    if end < 0 or len(tail) < end + 16:
        raise BadRequest("The file is not a zip: post a zip of pictures by class folder.")
    (directory_bytes,) = struct.unpack_from("<I", tail, end + 12)
    end_64 = end - LOCATOR_BYTES - END_64_BYTES
    if end_64 >= 0 and tail[end_64 : end_64 + 4] == END_64:
        directory_bytes = max(directory_bytes, *struct.unpack_from("<Q", tail, end_64 + 40))
    if directory_bytes > MEMBER_BYTES * limits.files:
        raise _too_many(limits)


def _check(members: list[zipfile.ZipInfo], limits: ImageLimits) -> None:
    if len(members) > limits.files:
        raise _too_many(limits)
    total = sum(member.file_size for member in members)
    if total > limits.total_bytes:
        raise TooLarge(
            f"The zip holds {total:,} bytes uncompressed; the limit is {limits.total_bytes:,} "
            "(BELVEDERE_MAX_ARCHIVE_BYTES). Send it in parts."
        )


def _too_many(limits: ImageLimits) -> TooLarge:
    return TooLarge(
        f"The zip has more than {limits.files:,} files (BELVEDERE_MAX_ARCHIVE_FILES): send it in "
        "parts."
    )


def _file(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: ImageLimits) -> ImageFile:
    return ImageFile(member.filename, lambda: _read(archive, member, limits.file_bytes))


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    check_name(member.filename)
    if member.flag_bits & ENCRYPTED:
        raise LeftOut("image.encrypted")
    if member.file_size > limit:
        raise LeftOut("image.large")
    if member.file_size > MAX_RATIO * member.compress_size:
        raise LeftOut("image.ratio")
    if member.compress_type not in METHODS:
        raise LeftOut("image.damaged")
    try:
        # zipfile returns at most file_size bytes, and checks their sum
        return archive.read(member)
    except (*WRONG_ZIP, zlib.error, OSError) as error:
        raise LeftOut("image.damaged") from error
