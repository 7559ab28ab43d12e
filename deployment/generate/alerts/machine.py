"""Alerts of the machine, while there is still something to do about it."""

from deployment.generate.alerts import Alert
from promql import machine

NODE = 'job="node"'
INSTANCE = "{{ $labels.instance }}"
DISK = "{{ $labels.mountpoint }} of {{ $labels.instance }}"

ALERTS = [
    Alert(
        "DiskFilling",
        f"{machine.DISK_IN_A_DAY.matching(NODE)} < 0 and {machine.DISK_USED.matching(NODE)} > 0.6 "
        f"and {machine.DISK_AN_HOUR_AGO.matching(NODE)}",
        "warning",
        "platform",
        "A disk is full within a day",
        f"Going on as in the last six hours, {DISK} is full within a day ({{value}}B left then).",
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
        "A disk is nearly full",
        f"{DISK} is {{value}} full: the prediction log and Prometheus stop when it is.",
        hold="5m",
        format="humanizePercentage",
    ),
    Alert(
        "MemoryLow",
        f"{machine.MEMORY_USED.matching(NODE)} > 0.9",
        "warning",
        "platform",
        "The machine's memory is nearly used up",
        f"{{value}} of the memory of {INSTANCE} is in use.",
        hold="10m",
        format="humanizePercentage",
    ),
    Alert(
        "CpuBusy",
        f"{machine.CPU_BUSY.matching(NODE, '5m')} > 0.9",
        "warning",
        "platform",
        "The machine's processors are busy",
        f"The processors of {INSTANCE} were busy for {{value}} of the time.",
        hold="15m",
        format="humanizePercentage",
    ),
]
