"""The worker process of a job: how it is started, and what it does before its first job."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from multiprocessing import spawn
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import Any

NICENESS = 10
# the same numbers in every process, nothing sent out, one thread a library
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "DO_NOT_TRACK": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}

_PREPARATION = "get_preparation_data"
_starting = threading.Lock()


class WorkerProcess(SpawnProcess):
    """A spawned process with its own environment that leaves the parent's __main__ alone.

    Python imports the parent's main script again in every spawned process: seconds and memory
    for a Streamlit or uvicorn command, and nothing that a job needs.
    """

    def start(self) -> None:
        with _starting:
            before = {name: os.environ.get(name) for name in ENVIRONMENT}
            original = getattr(spawn, _PREPARATION)

            def without_main(name: str) -> dict[str, Any]:
                data: dict[str, Any] = original(name)
                if name == self.name:
                    data.pop("init_main_from_name", None)
                    data.pop("init_main_from_path", None)
                return data

            os.environ.update(ENVIRONMENT)
            setattr(spawn, _PREPARATION, without_main)
            try:
                super().start()
            finally:
                setattr(spawn, _PREPARATION, original)
                for name, value in before.items():
                    if value is None:
                        os.environ.pop(name, None)
                    else:
                        os.environ[name] = value


class WorkerContext(SpawnContext):
    Process = WorkerProcess


CONTEXT = WorkerContext()


def prepare(parent: int, warm_up: Callable[[], None] | None) -> None:
    """In the worker: give way to the service, cap threads, end with the parent, get warm."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    if warm_up is not None:
        warm_up()
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)


def resident_bytes(pid: int) -> int:
    """The memory that a process holds, 0 when it can't be told."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        if Path("/proc/self/statm").exists():
            return 0
    # macOS and the BSDs have no /proc
    asked = ["ps", "-o", "rss=", "-p", str(pid)]
    found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return 1024 * int(found) if found.isdecimal() else 0


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
