"""The machine, measured by node-exporter: CPU, memory, disks, network."""

from promql.query import Query

# file systems that are on a disk
DISK = '{${selector},fstype!~"tmpfs|ramfs|devtmpfs|squashfs|iso9660|nsfs"}'

CPU_BUSY = Query(
    "CPU busy",
    "ratio",
    "Share of time that the machine's CPUs were not idle.",
    '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle",${selector}}[${window}]))',
)
CPU_BY_MODE = Query(
    "CPU by mode",
    "ratio",
    "Share of CPU time by mode; iowait is time spent waiting for the disk.",
    'avg by (mode) (rate(node_cpu_seconds_total{${selector},mode!="idle"}[${window}]))',
)
LOAD = Query(
    "Load",
    "",
    "Processes that run or wait, averaged over one minute.",
    "node_load1{${selector}}",
)
CORES = Query(
    "Cores",
    "cores",
    "Number of the machine's CPU cores.",
    'count by (instance) (node_cpu_seconds_total{mode="idle",${selector}})',
)
MEMORY_USED = Query(
    "Memory used",
    "ratio",
    "Share of memory that is not available to programs.",
    "1 - node_memory_MemAvailable_bytes{${selector}} / node_memory_MemTotal_bytes{${selector}}",
)
MEMORY_AVAILABLE = Query(
    "Memory available",
    "bytes",
    "Memory available to programs.",
    "node_memory_MemAvailable_bytes{${selector}}",
)
MEMORY_TOTAL = Query(
    "Memory",
    "bytes",
    "Total memory of the machine.",
    "node_memory_MemTotal_bytes{${selector}}",
)
DISK_USED = Query(
    "Disk used",
    "ratio",
    "Used share of each file system.",
    f"1 - node_filesystem_avail_bytes{DISK} / node_filesystem_size_bytes{DISK}",
)
DISK_AVAILABLE = Query(
    "Disk available",
    "bytes",
    "Space on each file system that is available to users other than root.",
    f"node_filesystem_avail_bytes{DISK}",
)
DISK_IN_A_DAY = Query(
    "Disk available in a day",
    "bytes",
    "Space available in 24 hours, by the trend of the last six hours; below 0: full by then.",
    f"predict_linear(node_filesystem_avail_bytes{DISK}[6h], 86400)",
)
DISK_AN_HOUR_AGO = Query(
    "Disk available an hour ago",
    "bytes",
    "Present for file systems that were measured for at least an hour.",
    f"node_filesystem_avail_bytes{DISK} offset 1h",
)
DISK_READ_ONLY = Query(
    "Disk read-only",
    "",
    "1 for a read-only file system, such as an image that is always full.",
    f"node_filesystem_readonly{DISK}",
)
DISK_READ = Query(
    "Disk reads",
    "bytes/s",
    "Bytes read per second, by device.",
    "rate(node_disk_read_bytes_total{${selector}}[${window}])",
)
DISK_WRITTEN = Query(
    "Disk writes",
    "bytes/s",
    "Bytes written per second, by device.",
    "rate(node_disk_written_bytes_total{${selector}}[${window}])",
)
NETWORK_RECEIVED = Query(
    "Network received",
    "bytes/s",
    "Bytes received per second, by device, without loopback.",
    'rate(node_network_receive_bytes_total{${selector},device!="lo"}[${window}])',
)
NETWORK_SENT = Query(
    "Network sent",
    "bytes/s",
    "Bytes sent per second, by device, without loopback.",
    'rate(node_network_transmit_bytes_total{${selector},device!="lo"}[${window}])',
)
