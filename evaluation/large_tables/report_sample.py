"""Evidently's report on a uniform sample of large tables."""

from typing import Any

import pandas as pd

from evaluation.inputs.prepare import prepare
from evaluation.inputs.schema import Schema
from evaluation.large_tables.profile import (
    Profile,
    columns_of,
)
from evaluation.report import evidently


def sampled_report(
    before: Any, after: Any, known: Profile, fresh: Profile, schema: Schema
) -> evidently.Report | None:
    """Evidently on a uniform sample of each side."""
    sides = [
        _sample(table, found.rows, schema) for table, found in ((before, known), (after, fresh))
    ]
    data = prepare(sides[0], sides[1], schema)
    usable = [column for column in schema.features if column not in data.empty]
    made = evidently.run(data.reference, data.current, schema, usable, with_quality=True)
    if made is not None and max(known.rows, fresh.rows) > evidently.MOST_ROWS:
        made = evidently.of_sample(made, evidently.MOST_ROWS)
    return made


def _sample(table: Any, rows: int, schema: Schema) -> pd.DataFrame:
    names = {*columns_of(schema), schema.probability, schema.time}
    chosen = table.select(*[name for name in table.columns if name in names])
    if rows > evidently.MOST_ROWS:
        # a little fewer are drawn, so that chance does not draw too many
        share = evidently.MOST_ROWS * 0.98 / rows
        chosen = chosen.sample(share, seed=0).limit(evidently.MOST_ROWS)
    frame: pd.DataFrame = chosen.execute()
    return frame
