"""The machine, as node-exporter sees it: processors, memory, disks, network."""

from promql import one_model
from promql.one_model import Query

DISK = one_model.REAL_DISKS

CPU_USED = one_model.CPU_BUSY
CPU_BY_MODE = Query(
    "CPU by mode",
    "ratio",
    "Share of the processors' time by what they did; iowait is waiting for the disk.",
    'avg by (mode) (rate(node_cpu_seconds_total{${selector},mode!="idle"}[${window}]))',
)
LOAD = one_model.LOAD
CORES = one_model.CORES
MEMORY_USED = one_model.MEMORY_USED
MEMORY_AVAILABLE = Query(
    "Memory available",
    "bytes",
    "What programs can still get.",
    "node_memory_MemAvailable_bytes{${selector}}",
)
MEMORY_TOTAL = one_model.MEMORY_TOTAL
DISK_USED = Query(
    "Disk",
    "ratio",
    "Share of each file system that is full.",
    f"1 - node_filesystem_avail_bytes{DISK} / node_filesystem_size_bytes{DISK}",
)
DISK_AVAILABLE = Query(
    "Disk available",
    "bytes",
    "What is left of each file system for programs that are not root.",
    f"node_filesystem_avail_bytes{DISK}",
)
DISK_IN_A_DAY = Query(
    "Disk available in a day",
    "bytes",
    "If it goes on as in the last six hours; below 0 it is full before.",
    f"predict_linear(node_filesystem_avail_bytes{DISK}[6h], 86400)",
)
DISK_AN_HOUR_AGO = Query(
    "Disk available an hour ago",
    "bytes",
    "There for file systems that are known long enough to tell a day from.",
    f"node_filesystem_avail_bytes{DISK} offset 1h",
)
DISK_READ_ONLY = Query(
    "Disk read-only",
    "",
    "1 for a file system that nobody can write to, and that is full by its nature.",
    f"node_filesystem_readonly{DISK}",
)
DISK_READ = Query(
    "Disk reads",
    "bytes/s",
    "Bytes read a second by device.",
    "rate(node_disk_read_bytes_total{${selector}}[${window}])",
)
DISK_WRITTEN = Query(
    "Disk writes",
    "bytes/s",
    "Bytes written a second by device.",
    "rate(node_disk_written_bytes_total{${selector}}[${window}])",
)
NETWORK_RECEIVED = Query(
    "Network received",
    "bytes/s",
    "Bytes received a second by device, without loopback.",
    'rate(node_network_receive_bytes_total{${selector},device!="lo"}[${window}])',
)
NETWORK_SENT = Query(
    "Network sent",
    "bytes/s",
    "Bytes sent a second by device, without loopback.",
    'rate(node_network_transmit_bytes_total{${selector},device!="lo"}[${window}])',
)

ALL = {name: query for name, query in list(globals().items()) if isinstance(query, Query)}
