"""How far quality estimated without truth is from the truth: the bike model, month by month."""

from typing import Any

import numpy as np
import pandas as pd

from evaluation.quality.estimate import estimate
from model_service.models.bike_sharing import data, out_of_fold, training
from tests.benchmarks.arithmetic import table


def run() -> dict[str, Any]:
    """True and estimated RMSE and MAE of each month of 2011 for the model of January.

    "January" learns the loss from January alone (predictions out of fold); "so far" also from all
    earlier months, whose truth has come by then.
    """
    months = months_of_2011()
    rows, result = [], {}
    for number in range(1, 12):
        current = months[number]
        truth, predicted = (current[name].to_numpy("float64") for name in ("cnt", "prediction"))
        real = {
            "rmse": float(np.sqrt(np.mean((predicted - truth) ** 2))),
            "mae": float(np.mean(np.abs(predicted - truth))),
        }
        found: dict[str, Any] = {"rows": len(current), "true": real}
        for name, known in (("January", months[:1]), ("so far", months[:number])):
            made = estimate(pd.concat(known), current.drop(columns="cnt"), data.SCHEMA)
            assert made is not None
            found[name] = {
                score.name: [score.value, score.lower, score.upper] for score in made.scores
            } | {"outside": made.outside}
        result[f"2011-{number + 1:02}"] = found
        cells: list[object] = [f"2011-{number + 1:02}"]
        for score in ("rmse", "mae"):
            cells.append(real[score])
            for name in ("January", "so far"):
                value, lower, upper = found[name][score]
                cells += [value, f"{lower:.0f}-{upper:.0f}"]
        cells += [found[name]["outside"] for name in ("January", "so far")]
        rows.append(cells)
    head = ["month", "rmse", "January", "95 %", "so far", "95 %"]
    print("Estimated without truth, and true; cnt is bikes an hour")
    print(table(rows, [*head, "mae", "January", "95 %", "so far", "95 %", "outside", "so far"]))
    summary = {
        f"{score} {name}": {
            "mean_absolute_error": float(
                np.mean([abs(m[name][score][0] - m["true"][score]) for m in result.values()])
            ),
            "inside_interval": sum(
                m[name][score][1] <= m["true"][score] <= m[name][score][2] for m in result.values()
            ),
        }
        for score in ("rmse", "mae")
        for name in ("January", "so far")
    }
    print(summary, "\n")
    return {"months": result, "summary": summary}


def months_of_2011() -> list[pd.DataFrame]:
    """January out of fold, then the other months predicted by the forest of January."""
    forest = training.fit()
    months = [out_of_fold.rows()]
    for month in range(2, 13):
        frame = data.between(f"2011-{month:02}-01", f"2011-{month:02}-31")
        rows = frame[list(data.SCHEMA.features)].to_numpy(dtype="float64")
        months.append(frame.assign(prediction=forest.predict(rows)))
    return months
