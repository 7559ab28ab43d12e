"""Evidently's report on a uniform sample of large tables."""

import pandas as pd

from evaluation.inputs.prepare import prepare
from evaluation.inputs.schema import Schema
from evaluation.large_tables.expressions import Table
from evaluation.report import evidently


def report_on_sample(
    reference: tuple[Table, int], current: tuple[Table, int], schema: Schema
) -> evidently.Report | None:
    """Run Evidently on a uniform sample of each table, which is given with its number of rows."""
    frames = [_sample(table, rows, schema) for table, rows in (reference, current)]
    data = prepare(frames[0], frames[1], schema)
    usable = [column for column in schema.features if column not in data.empty]
    report = evidently.run(data.reference, data.current, schema, usable, with_quality=True)
    if report is not None and max(reference[1], current[1]) > evidently.MAX_ROWS:
        report = evidently.mark_sampled(report, evidently.MAX_ROWS)
    return report


def _sample(table: Table, rows: int, schema: Schema) -> pd.DataFrame:
    names = {*schema.compared_columns, schema.probability, schema.time}
    columns = table.select(*[name for name in table.columns if name in names])
    if rows > evidently.MAX_ROWS:
        # draw a little fewer, because their number varies
        share = evidently.MAX_ROWS * 0.98 / rows
        columns = columns.sample(share, seed=0).limit(evidently.MAX_ROWS)
    frame: pd.DataFrame = columns.execute()
    return frame
