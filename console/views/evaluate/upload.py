"""The choice of a file of rows or pictures, with a preview before it is sent to the service."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from console.adapters.model_service import CONTENT_TYPES, ModelService
from console.components.source_state import fetch_with_fallback
from console.errors import ConsoleError
from console.formatting import display
from console.views.evaluate import picture_archive, upload_check

SHOWN_ROWS = 5
# of a service that does not say what it takes
ROWS = (CONTENT_TYPES["csv"], CONTENT_TYPES["parquet"])
HINTS = {
    False: "CSV or Parquet with the model's fields and, if known, the ground truth",
    True: "zip of pictures in folders by class, or CSV or Parquet of feature rows",
}
MARKS = {"error": ":red[:material/error:]", "warning": ":orange[:material/warning:]"}


@dataclass(frozen=True)
class Upload:
    """A chosen file, which `send` uploads when it is needed."""

    service: ModelService
    name: str
    content: bytes

    def send(self) -> str:
        """Upload the content once per session. Return its id at the service."""
        digest = hashlib.sha256(self.content).hexdigest()
        slot = f"kept:{self.service.url}:{digest}"
        if slot not in st.session_state:
            st.session_state[slot] = self.service.upload(self.name, self.content)
        return str(st.session_state[slot])


def choose(service: ModelService, side: str, key: str) -> Upload | None:
    """Show the choice of a file with its preview. Return the file, or None."""
    about = fetch_with_fallback(f"about:{service.url}", service.describe).value or {}
    accepted = about.get("uploads") or ROWS
    types = [name for name, content_type in CONTENT_TYPES.items() if content_type in accepted]
    file = st.file_uploader(f"{side} ({HINTS['zip' in types]})", type=types, key=key)
    if file is None:
        return None
    content = file.getvalue()
    try:
        if file.name.lower().endswith(".zip"):
            _show_pictures(file.name, content, about)
        else:
            _show_rows(file.name, content, about, key)
    except ConsoleError as error:
        st.warning(f"No preview: {error}")
    return Upload(service, file.name, content)


def _show_pictures(name: str, content: bytes, about: Mapping[str, Any]) -> None:
    """Show how many files there are of each class."""
    counts = picture_archive.count_by_class(name, content, about.get("classes") or ())
    without = counts.pop(None)
    parts = [f"{label} {display.count(count)}" for label, count in counts.items()]
    files = display.count(sum(counts.values()) + without)
    st.caption(f"{files} files: {', '.join(parts)}.")
    if without:
        st.markdown(
            f"{MARKS['warning']} **{display.count(without)}** in no folder with the name of a "
            "class: without ground truth."
        )


def _show_rows(name: str, content: bytes, about: Mapping[str, Any], key: str) -> None:
    frame = upload_check.read(name, content)
    st.caption(
        f"{display.count(len(frame))} rows, {len(frame.columns)} columns. First {SHOWN_ROWS} rows:"
    )
    st.dataframe(frame.head(SHOWN_ROWS), hide_index=True, key=f"preview:{key}")
    if not about:
        st.caption("The fields were not checked: the service does not answer.")
        return
    findings = upload_check.check(
        frame, about["features"], about["truth"], about.get("other_fields") or ()
    )
    if not findings:
        st.markdown(":green[:material/check_circle:] All fields are present and in range.")
    for finding in findings:
        st.markdown(f"{MARKS[finding.level]} **{finding.column}** {finding.text}.")
