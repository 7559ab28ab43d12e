"""Stream a large request body to a file, so that the worker parses it and not this process."""

import os
import tempfile
from pathlib import Path

from fastapi import Request

from model_service.errors import BodyNotStored, TooLarge
from model_service.settings import Settings


async def to_file(request: Request, settings: Settings, folder: Path) -> Path:
    """Stream the body to a new file in `folder`. Raises TooLarge and
    BodyNotStored, with nothing left behind."""
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
    size = 0
    try:
        with os.fdopen(handle, "wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise too_large
                file.write(chunk)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise BodyNotStored(error) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
