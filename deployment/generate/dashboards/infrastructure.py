"""Infrastructure Overview: the machine, the processes on it, and the monitoring."""

from deployment.generate.dashboards.page import Page
from deployment.generate.dashboards.panels import lines, number
from deployment.generate.dashboards.thresholds import warn_above
from promql import machine, monitoring_stack, processes, scrape_targets

NODE = 'job="node",instance=~"$node"'
JOBS = 'job=~"$job"'
FULL = ((None, "green"), (0.6, "orange"), (0.95, "red"))

PAGE = (
    Page(
        "belvedere-infrastructure",
        "Infrastructure Overview",
        "CPU, memory, disks and network from node-exporter; the processes; the monitoring.",
        NODE,
        "/",
    )
    .variable("node", "Machine", 'label_values(node_uname_info{job="node"}, instance)')
    .variable("job", "Job", "label_values(up, job)", several=True)
    .annotations(JOBS)
    .row("Machine now")
    .add(
        number(NODE, machine.CPU_BUSY, steps=warn_above(0.9)),
        number(NODE, machine.CORES),
        number(NODE, machine.MEMORY_USED, steps=warn_above(0.9)),
        number(NODE, machine.MEMORY_TOTAL),
        number(NODE, machine.DISK_USED, steps=FULL, legend="{{mountpoint}}", width=8),
    )
    .row("CPU and memory")
    .add(
        lines(NODE, (machine.CPU_BY_MODE, "{{mode}}"), stacked=True),
        lines(NODE, (machine.LOAD, "load"), (machine.CORES, "cores")),
        lines(
            NODE,
            (machine.MEMORY_AVAILABLE, "available"),
            (machine.MEMORY_TOTAL, "total"),
            title="Memory",
        ),
        lines(NODE, (machine.MEMORY_USED, "used"), title="Memory used", steps=warn_above(0.9)),
    )
    .row("Disks and network")
    .add(
        lines(NODE, (machine.DISK_USED, "{{mountpoint}}"), steps=FULL),
        lines(
            NODE,
            (machine.DISK_AVAILABLE, "{{mountpoint}}"),
            (machine.DISK_IN_A_DAY, "{{mountpoint}} in a day"),
            title="Disk available, now and in a day",
        ),
        lines(
            NODE,
            (machine.DISK_READ, "{{device}} read"),
            (machine.DISK_WRITTEN, "{{device}} written"),
            title="Disk reads and writes",
        ),
        lines(
            NODE,
            (machine.NETWORK_RECEIVED, "{{device}} received"),
            (machine.NETWORK_SENT, "{{device}} sent"),
            title="Network",
        ),
    )
    .row("Processes")
    .add(
        lines(JOBS, (processes.CPU, "{{job}}")),
        lines(JOBS, (processes.MEMORY, "{{job}}")),
    )
    .row("Monitoring")
    .add(
        lines(JOBS, (scrape_targets.UP, "{{job}} {{instance}}"), width=8),
        lines("", (monitoring_stack.SAMPLES, "samples"), width=8),
        lines("", (monitoring_stack.FAILED_NOTIFICATIONS, "{{integration}}"), width=8),
    )
)
