"""Alerts on the machine: disks, memory and CPU."""

from deployment.generate.alerts import Alert
from promql import machine

NODE = 'job="node"'
INSTANCE = "{{ $labels.instance }}"
DISK = "{{ $labels.mountpoint }} on {{ $labels.instance }}"

ALERTS = [
    Alert(
        "DiskFilling",
        f"{machine.DISK_IN_A_DAY.matching(NODE)} < 0 and {machine.DISK_USED.matching(NODE)} > 0.6 "
        f"and {machine.DISK_AN_HOUR_AGO.matching(NODE)}",
        "warning",
        "platform",
        "A disk will be full within a day",
        f"{DISK} will be full within a day at the rate of the last six hours: "
        "{value}B left then.",
        hold="30m",
        format="humanize1024",
        over_days=True,
    ),
    Alert(
        "DiskNearlyFull",
        f"{machine.DISK_USED.matching(NODE)} > 0.95 "
        f"unless {machine.DISK_READ_ONLY.matching(NODE)} == 1",
        "critical",
        "platform",
        "A disk is almost full",
        f"{DISK} is {{value}} full. When it is full, predictions are rejected and Prometheus stops "
        "recording.",
        hold="5m",
        format="humanizePercentage",
    ),
    Alert(
        "MemoryLow",
        f"{machine.MEMORY_USED.matching(NODE)} > 0.9",
        "warning",
        "platform",
        "The machine is low on memory",
        f"{{value}} of the memory of {INSTANCE} is in use.",
        hold="10m",
        format="humanizePercentage",
    ),
    Alert(
        "CpuBusy",
        f"{machine.CPU_BUSY.matching(NODE, '5m')} > 0.9",
        "warning",
        "platform",
        "The machine's CPUs are busy",
        f"The CPUs of {INSTANCE} were busy {{value}} of the time.",
        hold="15m",
        format="humanizePercentage",
    ),
]
