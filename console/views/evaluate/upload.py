"""The choice of a file of rows, with a preview before it is sent to the service."""

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


def choose(service: ModelService, label: str, key: str) -> Upload | None:
    """Show the choice of a CSV or Parquet file with its preview. Return the file, or None."""
    file = st.file_uploader(label, type=list(CONTENT_TYPES), key=key)
    if file is None:
        return None
    content = file.getvalue()
    _show_preview(service, file.name, content, key)
    return Upload(service, file.name, content)


def _show_preview(service: ModelService, name: str, content: bytes, key: str) -> None:
    try:
        frame = upload_check.read(name, content)
        about = service.describe()
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
    for finding in findings:
        st.markdown(f"{MARKS[finding.level]} **{finding.column}** {finding.text}.")
