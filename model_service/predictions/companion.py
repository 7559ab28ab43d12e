"""A second table of a prediction log: one row for each prediction, in the same transaction."""

from dataclasses import dataclass

import sqlalchemy as sa

from evaluation.store.migrations import Layout, Step


@dataclass(frozen=True)
class Companion:
    """A table with a row for each row of the log.

    Its first column is the id, which the database counts up. The log fills `prediction_id`,
    `model_version` and `created_at`; `later` are the columns that an update sets.
    """

    table: sa.Table
    later: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def layout(self) -> Layout:
        """The versions of the table."""
        return Layout(self.table.name, self.table.metadata, self.table.name, self.steps)
