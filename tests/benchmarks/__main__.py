"""python -m tests.benchmarks [NAME ...]: ratios measured side by side in one run."""

import json
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.benchmarks import (
    cats_dogs,
    deadlines,
    drift_autocorrelation,
    drift_false_alarms,
    drift_power,
    drift_speed,
    estimation,
    evidently_ui,
    frames,
    interference,
    jobs,
    many_series,
    pages,
    pictures,
    serving,
    sessions,
    start,
)
from tests.benchmarks.environments import FOLDER

ALL: dict[str, Callable[[], Any]] = {
    "serving": serving.run,
    "deadlines": deadlines.run,
    "interference": interference.run,
    "frames": frames.run,
    "start": start.run,
    "drift_false_alarms": drift_false_alarms.run,
    "drift_power": drift_power.run,
    "drift_autocorrelation": drift_autocorrelation.run,
    "drift_speed": drift_speed.run,
    "jobs": jobs.run,
    "estimation": estimation.run,
    "pages": pages.run,
    "pictures": pictures.run,
    "sessions": sessions.run,
    "evidently_ui": evidently_ui.run,
    "many_series": many_series.run,
    "cats_dogs": cats_dogs.run,
}


def main() -> int:
    names = sys.argv[1:] or list(ALL)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"error: no benchmark {unknown[0]!r}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "results.json"
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for name in names:
        print(f"== {name}", flush=True)
        kept[name] = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {
                "cores": os.cpu_count(),
                "system": platform.platform(),
                "python": platform.python_version(),
            },
            "result": ALL[name](),
        }
        path.write_text(json.dumps(kept, indent=1), "utf-8")
    print(f"kept in {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
