"""The features as CSV, for whatever opens it."""

import csv
import io

import numpy as np
import pandas as pd

from evaluation import Schema, evaluate
from evaluation.report.csv import features_csv


def test_a_column_named_like_a_formula_is_text_in_a_spreadsheet() -> None:
    names = ("=1+1", "@x", "plain")
    rows = pd.DataFrame({name: np.arange(60.0) for name in names})
    evaluation = evaluate(rows, rows, Schema(numerical=names), evidently=False)
    lines = list(csv.DictReader(io.StringIO(features_csv(evaluation))))
    assert [line["name"] for line in lines] == ["'=1+1", "'@x", "plain"]
    assert float(lines[0]["score"]) == 0
