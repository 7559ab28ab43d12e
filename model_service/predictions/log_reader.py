"""Read the prediction log: time ranges as frames, facts about its truths, an export."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import sqlalchemy as sa

from model_service.models.base import MonitoredModel
from model_service.predictions.tables import engine_for, log_table

Clock = Literal["arrival", "event"]
ROWS_AT_ONCE = 50_000
LATEST_TRUTHS = 1_000
IDENTITY = ("prediction_id", "received_at", "event_at", "truth_at", "model_version")


@dataclass(frozen=True)
class Stretch:
    """A time range, start <= time < end (epoch seconds, None is open), by one of the two clocks.

    With `hours` it starts that long before its end. A range of event times ends at the newest
    event, as events may be of another year.
    """

    start: float | None = None
    end: float | None = None
    by: Clock = "arrival"
    hours: float | None = None


@dataclass(frozen=True)
class LogRows:
    """Rows of the log, oldest first: the inputs, prediction and truth under the model's names.

    `identity` has the columns of IDENTITY of the same rows. `start` is where their time range
    begins (epoch seconds). `more` is True if the range has older rows than the limit allows.
    """

    frame: pd.DataFrame
    identity: pd.DataFrame
    start: float | None
    more: bool


@dataclass(frozen=True)
class TruthFacts:
    """Predictions without truth, and the median delay of the latest 1,000 truths."""

    waiting: int
    lag_seconds: float | None


class LogReader:
    """Reads the prediction log of one model. Thread-safe; methods raise SQLAlchemyError."""

    def __init__(self, engine: sa.Engine, model: MonitoredModel) -> None:
        self.engine = engine
        self._model = model
        self._table = log_table(model)

    def read(self, stretch: Stretch, max_rows: int) -> LogRows:
        """Return the newest rows of a time range, at most `max_rows`; a missing truth is NaN."""
        table = self._table
        moment = _clock(table, stretch.by)
        with self.engine.connect() as connection:
            if stretch.hours is not None:
                stretch = self._last_hours(connection, stretch)
            query = (
                table.select()
                .where(*_limits(table, stretch))
                .order_by(moment.desc(), table.c.id.desc())
                .limit(max_rows + 1)
            )
            frame = _frame(connection.execute(query))
        more = len(frame) > max_rows
        frame = frame.iloc[:max_rows].iloc[::-1].reset_index(drop=True)
        start = stretch.start
        if start is None and not frame.empty:
            start = float(frame[moment.name].min())
        identity = frame[list(IDENTITY)]
        columns = [
            *(item.name for item in self._model.inputs),
            self._model.output,
            str(self._model.schema.target),
        ]
        return LogRows(self._named(frame)[columns], identity, start, more)

    def read_known(self, max_rows: int) -> pd.DataFrame:
        """Return the rows with the latest truths, oldest prediction first."""
        table = self._table
        columns = [table.c[item.name] for item in self._model.inputs]
        query = (
            sa.select(*columns, table.c.prediction, table.c.truth, table.c.received_at)
            .where(table.c.truth.is_not(None))
            .order_by(table.c.truth_at.desc())
            .limit(max_rows)
        )
        with self.engine.connect() as connection:
            frame = _frame(connection.execute(query))
        return self._named(frame.sort_values("received_at", ignore_index=True))

    def _named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows of the log with the model's names for the output, the truth and classes."""
        target = str(self._model.schema.target)
        renamed = frame.rename(columns={"prediction": self._model.output, "truth": target})
        if not self._model.classes:
            return renamed.astype({target: "float64"})
        classes = dict(enumerate(self._model.classes))
        columns = {
            name: renamed[name].astype("float64").map(classes)
            for name in (self._model.output, target)
        }
        return renamed.assign(**columns)

    def truth_facts(self) -> TruthFacts:
        """Return how many predictions have no truth yet, and how late truths arrive."""
        table = self._table
        waiting = sa.select(sa.func.count()).select_from(table).where(table.c.truth.is_(None))
        latest = (
            sa.select(table.c.truth_at - table.c.received_at)
            .where(table.c.truth.is_not(None), table.c.truth_at.is_not(None))
            .order_by(table.c.truth_at.desc())
            .limit(LATEST_TRUTHS)
        )
        with self.engine.connect() as connection:
            count = int(connection.execute(waiting).scalar_one())
            lags = sorted(max(0.0, float(lag)) for lag in connection.execute(latest).scalars())
        return TruthFacts(count, lags[len(lags) // 2] if lags else None)

    def export(self, stretch: Stretch, path: Path) -> int:
        """Write a time range of the log to a Parquet file; return the number of rows.

        The file is complete or does not exist. Columns are typed as in the log, times are
        timestamps in UTC; memory holds 50,000 rows at once. Raises OSError.
        """
        import pyarrow
        import pyarrow.parquet

        schema = pyarrow.schema(
            [(column.name, _arrow_type(column)) for column in self._table.columns]
        )
        draft = path.with_name(f".{path.name}.part")
        count = 0
        try:
            with pyarrow.parquet.ParquetWriter(draft, schema, compression="zstd") as writer:
                for rows in _batches(self.engine, self._table, stretch):
                    writer.write_table(pyarrow.Table.from_pylist(rows, schema))
                    count += len(rows)
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        return count

    def _last_hours(self, connection: sa.Connection, stretch: Stretch) -> Stretch:
        end = stretch.end
        if stretch.by == "event":
            newest = sa.select(sa.func.max(self._table.c.event_at))
            end = connection.execute(newest).scalar_one() or end
        assert end is not None and stretch.hours is not None
        return Stretch(float(end) - 3600 * stretch.hours, None, stretch.by)


def open_log(url: str, model: MonitoredModel) -> LogReader:
    """Return a reader of the model's log in a database that is named by its URL."""
    return LogReader(engine_for(url, "process"), model)


def _frame(result: sa.CursorResult[Any]) -> pd.DataFrame:
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()))


def _clock(table: sa.Table, by: Clock) -> sa.ColumnElement[float]:
    return table.c.event_at if by == "event" else table.c.received_at


def _limits(table: sa.Table, stretch: Stretch) -> list[sa.ColumnElement[bool]]:
    moment = _clock(table, stretch.by)
    limits: list[sa.ColumnElement[bool]] = [moment.is_not(None)] if stretch.by == "event" else []
    if stretch.start is not None:
        limits.append(moment >= stretch.start)
    if stretch.end is not None:
        limits.append(moment < stretch.end)
    return limits


def _batches(
    engine: sa.Engine, table: sa.Table, stretch: Stretch
) -> Iterator[list[dict[str, Any]]]:
    last_id = 0
    times = [column.name for column in table.columns if column.name.endswith("_at")]
    while True:
        query = (
            table.select()
            .where(table.c.id > last_id, *_limits(table, stretch))
            .order_by(table.c.id)
            .limit(ROWS_AT_ONCE)
        )
        with engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        if not rows:
            return
        last_id = rows[-1]["id"]
        for row in rows:
            for name in times:
                row[name] = None if row[name] is None else round(1e6 * row[name])
        yield rows


def _arrow_type(column: sa.Column[Any]) -> Any:
    import pyarrow

    if column.name.endswith("_at"):
        return pyarrow.timestamp("us", tz="UTC")
    kinds = {
        sa.Float: pyarrow.float64(),
        sa.Integer: pyarrow.int64(),
        sa.BigInteger: pyarrow.int64(),
        sa.Date: pyarrow.date32(),
        sa.String: pyarrow.string(),
    }
    return kinds[type(column.type)]
