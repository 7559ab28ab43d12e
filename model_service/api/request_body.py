"""Stream a large request body to a file, so that the worker parses it and not this process."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fastapi import Request

from model_service.api import Service
from model_service.api.form_file import FORM, FormFile
from model_service.errors import BadRequest, BodyNotStored, TooLarge
from model_service.models.base import MonitoredModel
from model_service.models.image import ImageModel
from model_service.predictions.formats import CSV, JSON, PARQUET, ZIP
from model_service.settings import Settings

SUFFIXES = {".csv": CSV, ".parquet": PARQUET, ".zip": ZIP}
ALIASES = {"application/x-zip-compressed": ZIP, "application/x-zip": ZIP}


@dataclass(frozen=True)
class StoredBody:
    """A body, or the file of a form, in a file of this machine; `kind` is its content type."""

    path: Path
    kind: str


def file_kinds(model: MonitoredModel) -> tuple[str, ...]:
    """Return the content types of files with rows of a model; a zip is of pictures."""
    return (CSV, PARQUET, ZIP) if isinstance(model, ImageModel) else (CSV, PARQUET)


def kind_of(request: Request, default: str = "") -> str:
    """Return the content type of a request without its options."""
    kind = request.headers.get("content-type", default).partition(";")[0].strip().lower()
    return ALIASES.get(kind, kind)


async def receive(request: Request, service: Service, kinds: Sequence[str] | None) -> StoredBody:
    """Stream a body of one of these content types to a file; of a form, its part `file`.

    With None the body is JSON, whatever its content type. Raises BadRequest for another content
    type, and the errors of `to_file`; nothing is left behind.
    """
    if kinds is None:
        return StoredBody(await to_file(request, service.settings, service.incoming), JSON)
    kind = kind_of(request, JSON)
    if kind != FORM:
        check_kind(kind, kinds)
        return StoredBody(await to_file(request, service.settings, service.incoming), kind)
    form = FormFile(request.headers["content-type"])
    path = await to_file(request, service.settings, service.incoming, form)
    try:
        form.finish()
        kind = ALIASES.get(form.content_type, form.content_type)
        if kind not in kinds:
            # browsers and curl do not know every type
            kind = SUFFIXES.get(Path(form.filename).suffix.lower(), kind)
        check_kind(kind, [name for name in kinds if name != JSON])
    except BadRequest:
        path.unlink(missing_ok=True)
        raise
    return StoredBody(path, kind)


def check_kind(kind: str, kinds: Sequence[str]) -> None:
    """Raise BadRequest for a content type that is not one of these."""
    if kind not in kinds:
        raise BadRequest(
            f"The content type {kind!r} is not supported: send {', '.join(kinds[:-1])} or "
            f"{kinds[-1]}."
        )


async def to_file(
    request: Request, settings: Settings, folder: Path, form: FormFile | None = None
) -> Path:
    """Stream the body, or the file of a form, to a new file in `folder`.

    Raises TooLarge, BodyNotStored and BadRequest, with nothing left behind.
    """
    limit = settings.most_body_bytes
    too_large = TooLarge(
        f"The body is larger than the limit of {limit:,} bytes (BELVEDERE_MOST_BODY_BYTES); a "
        f"request may have {settings.most_rows:,} rows (BELVEDERE_MOST_ROWS). Send it in parts, "
        "or use python -m evaluation on files."
    )
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise too_large
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
    except OSError as error:
        raise BodyNotStored(error) from error
    path = Path(name).resolve()
    try:
        with os.fdopen(handle, "wb") as file:
            await _copy(request, file, form, limit, too_large)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise BodyNotStored(error) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


async def _copy(
    request: Request, file: BinaryIO, form: FormFile | None, limit: int, too_large: TooLarge
) -> None:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise too_large
        if form is None:
            file.write(chunk)
        else:
            form.write(chunk, file)
