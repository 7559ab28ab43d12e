"""The request of an evaluation by the console: which rows, compared with which."""

import msgspec

from evaluation.inputs.schema import Schema


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where rows come from: an upload (with the name of its file), a path on the console's
    machine, or a table or a SELECT of a database that the settings name."""

    upload: str | None = None
    file_name: str = ""
    path: str | None = None
    database: str | None = None
    table: str | None = None
    query: str | None = None

    def words(self) -> str:
        """Describe the origin for a person, without secrets."""
        if self.upload is not None:
            return self.file_name or "an upload"
        if self.path is not None:
            return self.path
        if self.query is not None:
            return f"a query of {self.database}: {' '.join(self.query.split())}"[:500]
        return f"{self.database}: {self.table}"


class EvaluationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A request as it is stored with its evaluation, so that it can be run again."""

    reference: Origin
    current: Origin
    # stored under the name that earlier versions gave it
    schema: Schema = msgspec.field(name="roles")
    name: str = ""
    tags: tuple[str, ...] = ()
