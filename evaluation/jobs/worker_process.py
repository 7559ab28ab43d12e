"""The worker process: how it is started, how it prepares, and how it runs a job."""

import gc
import os
import pickle
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from multiprocessing import spawn
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import Any

from evaluation.errors import JobFailed

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
    """A spawned process with its own environment that does not import the parent's __main__.

    Python imports the parent's main script again in every spawned process: seconds and memory
    for a Streamlit or uvicorn command, and nothing that a job needs.
    """

    def start(self) -> None:
        with _starting:
            environment = {name: os.environ.get(name) for name in ENVIRONMENT}
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
                for name, value in environment.items():
                    if value is None:
                        os.environ.pop(name, None)
                    else:
                        os.environ[name] = value


class WorkerContext(SpawnContext):
    Process = WorkerProcess


CONTEXT = WorkerContext()


def prepare(parent: int, warm_up: Callable[[], None] | None) -> None:
    """Lower the priority, limit threads, end with the parent, then warm up; in the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    if warm_up is not None:
        # imports create a million objects and no garbage; looking for it takes a fifth of the time
        gc.disable()
        warm_up()
        gc.freeze()
        gc.enable()
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds, 0 when it can't be read."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        if Path("/proc/self/statm").exists():
            return 0
    # macOS and the BSDs have no /proc
    command = ["ps", "-o", "rss=", "-p", str(pid)]
    kibibytes = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return 1024 * int(kibibytes) if kibibytes.isdecimal() else 0


def run_job(function: Callable[..., Any], job_id: str, progress_file: str, *arguments: Any) -> Any:
    """Run a job in the worker and return its result; its progress is written to a file.

    Raises the job's own error, or JobFailed for an error that can't be pickled.
    """
    draft = f"{progress_file}.part"
    Path(progress_file).with_suffix(".pid").write_text(str(os.getpid()), "ascii")

    def report(stage: str, fraction: float) -> None:
        Path(draft).write_text(f"{fraction:.3f} {stage}", "utf-8")
        os.replace(draft, progress_file)

    try:
        return function(report, *arguments)
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # noqa: BLE001 - whatever pickling raises, the job must end with a text
            raise JobFailed(job_id, f"{type(error).__name__}: {error}") from None
        raise


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
