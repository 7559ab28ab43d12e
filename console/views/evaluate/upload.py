"""A file of rows: chosen, looked over before it is sent, kept at the service once."""

import hashlib
from dataclasses import dataclass

import streamlit as st

from console.adapters.model_service import CONTENT_TYPES, ModelService
from console.errors import ConsoleError
from console.formatting import display
from console.views.evaluate import upload_check

SHOWN_ROWS = 5
MARKS = {"error": ":red[:material/error:]", "warning": ":orange[:material/warning:]"}


@dataclass(frozen=True)
class Chosen:
    """A file of this person's machine; `kept` sends it when it is needed."""

    service: ModelService
    name: str
    content: bytes

    def kept(self) -> str:
        """Its id at the service, which is sent the same content once a session."""
        digest = hashlib.sha256(self.content).hexdigest()
        slot = f"kept:{self.service.url}:{digest}"
        if slot not in st.session_state:
            st.session_state[slot] = self.service.keep(self.name, self.content)
        return str(st.session_state[slot])


def choose(service: ModelService, label: str, key: str) -> Chosen | None:
    """A CSV or Parquet file, with its first rows and what stands in the way."""
    upload = st.file_uploader(label, type=list(CONTENT_TYPES), key=key)
    if upload is None:
        return None
    content = upload.getvalue()
    _preview(service, upload.name, content, key)
    return Chosen(service, upload.name, content)


def _preview(service: ModelService, name: str, content: bytes, key: str) -> None:
    try:
        frame = upload_check.read(name, content)
        about = service.about()
    except ConsoleError as error:
        st.warning(f"No preview: {error}")
        return
    findings = upload_check.check(frame, about["features"], about["truth"])
    st.caption(
        f"{display.count(len(frame))} rows, {len(frame.columns)} columns. First {SHOWN_ROWS} rows:"
    )
    st.dataframe(frame.head(SHOWN_ROWS), hide_index=True, key=f"preview:{key}")
    if not findings:
        st.markdown(":green[:material/check_circle:] All fields are present and in range.")
    for item in findings:
        st.markdown(f"{MARKS[item.level]} **{item.column}** {item.text}.")
