"""Writes the users of the churn demo from the snapshots that the churn service computes."""

import gzip

import pandas as pd

from demo.users import FILE
from model_service.models.churn import months


def csv_of_all_months() -> bytes:
    tables = []
    for name in months.DATES:
        table = months.month(name).assign(month=name)
        tables.append(table[["month", *table.columns.drop("month")]])
    return pd.concat(tables).to_csv(index=False, lineterminator="\n").encode()


if __name__ == "__main__":
    FILE.write_bytes(gzip.compress(csv_of_all_months(), 9, mtime=0))
