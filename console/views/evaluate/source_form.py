"""The choice of a row source for the console's own evaluations: upload, path or database."""

import hashlib

import streamlit as st

from console import wiring
from console.evaluations.local import LocalEvaluations
from console.evaluations.request import Origin
from console.evaluations.sample_rows import files_in
from console.wiring import evaluations

UPLOAD, PATH, DATABASE = "Upload", "File or folder", "Database"
TABLE, SQL = "Table", "SQL"


def choose(service: LocalEvaluations, label: str, key: str) -> Origin | None:
    """Show the choice of a source and return it; None while it is incomplete."""
    kind = st.segmented_control(
        label, (UPLOAD, PATH, DATABASE), default=UPLOAD, key=f"{key}_from", required=True,
        bind="query-params",
    )  # fmt: skip
    if kind == PATH:
        return _choose_path(key)
    if kind == DATABASE:
        return _choose_database(key)
    upload = st.file_uploader(
        f"{label} (CSV or Parquet)", type=["csv", "gz", "parquet"], key=f"{key}_upload"
    )
    if upload is None:
        return None
    content = upload.getvalue()
    slot = f"kept:{service.url}:{hashlib.sha256(content).hexdigest()}"
    if slot not in st.session_state:
        st.session_state[slot] = service.upload(upload.name, content)
    return Origin(upload=st.session_state[slot], file_name=upload.name)


def _choose_path(key: str) -> Origin | None:
    folders = wiring.settings().data_folders
    if not folders:
        st.info(
            "**No data folders.** Set BELVEDERE_DATA_FOLDERS, for example to "
            "`'[\"/srv/rows\"]'`, or `data_folders` in console.toml. Then restart the console."
        )
        return None
    path = st.selectbox(
        "Path on the console's machine", files_in(folders), index=None, key=f"{key}_path",
        accept_new_options=True, bind="query-params",
        placeholder=f"in {', '.join(str(folder) for folder in folders)}",
        help="A .csv, .csv.gz or .parquet file, or a folder of files of one kind.",
    )  # fmt: skip
    return Origin(path=path) if path else None


def _choose_database(key: str) -> Origin | None:
    databases = evaluations.row_sources().databases
    if not databases:
        st.info(
            "**No databases.** Add one to console.toml and restart the console:"
            '\n```toml\n[databases.warehouse]\nurl = "postgresql://reader@127.0.0.1/ml"\n'
            'password_variable = "WAREHOUSE_PASSWORD"\n```\n'
            "`sqlite:///FILE` and `duckdb:///FILE` need no password."
        )
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Database", list(databases), key=f"{key}_database", bind="query-params", width=220
        )
        form = st.segmented_control(
            "Read", (TABLE, SQL), default=TABLE, key=f"{key}_by", required=True, bind="query-params"
        )
    if form == TABLE:
        table = st.text_input("Table", key=f"{key}_table", bind="query-params",
                              placeholder="predictions, or schema.predictions")  # fmt: skip
        return Origin(database=name, table=table.strip()) if table and table.strip() else None
    query = st.text_area(
        "SELECT statement, in the SQL of this database", key=f"{key}_query", bind="query-params",
        placeholder="select * from predictions where made_at > '2026-01-01'",
    )  # fmt: skip
    return Origin(database=name, query=query.strip()) if query and query.strip() else None
