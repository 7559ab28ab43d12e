"""Processes that expose the metrics of a Prometheus client library."""

from promql.query import Query

CPU = Query(
    "CPU by process",
    "cores",
    "CPU cores that each scraped process uses.",
    "rate(process_cpu_seconds_total{${selector}}[${window}])",
)
MEMORY = Query(
    "Memory by process",
    "bytes",
    "Resident memory of each scraped process.",
    "process_resident_memory_bytes{${selector}}",
)
STARTED_AT = Query(
    "Start of the process",
    "epoch seconds",
    "When the process started: a restart or a deployment.",
    "process_start_time_seconds{${selector}}",
)
