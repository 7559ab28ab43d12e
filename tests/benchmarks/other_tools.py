"""Makes the forest and MLflow's model folder, in MLflow's environment. python other_tools.py ..."""

import json
import sys
from pathlib import Path

import mlflow.sklearn
import numpy as np
import skops.io
from sklearn.ensemble import RandomForestRegressor

TYPES = ["sklearn.tree._tree.Tree"]


def main() -> None:
    rows, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    forest = RandomForestRegressor(n_estimators=100, random_state=0)
    forest.fit(np.array(rows["features"]), np.array(rows["target"]))
    skops.io.dump(forest, folder / "forest.skops")
    mlflow.sklearn.save_model(forest, str(folder / "mlflow-model"), skops_trusted_types=TYPES)


if __name__ == "__main__":
    main()
