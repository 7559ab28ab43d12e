"""Makes the template that Debian's Alertmanager reads from /usr/share visible to it."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from deployment.local.errors import ToolMissing

TEMPLATE = Path("/usr/share/prometheus/alertmanager/default.tmpl")
# the folder is $1, the command follows; a colon or backslash in the path would end the lowerdir
OVERLAY = (
    "lower=$(printf %s \"$1\" | sed 's/[\\\\:,]/\\\\&/g') && shift && "
    'mount -t overlay overlay -o "lowerdir=$lower:/usr/share" /usr/share && exec "$@"'
)
PROBE_TIMEOUT_SECONDS = 20


def alertmanager_prefix(unpacked: Path, fetch_proot: Callable[[], Path]) -> tuple[str, ...]:
    """Return the prefix of Alertmanager's command that makes it find its template.

    Tried in this order: no prefix if the file exists; a user and mount namespace with the unpacked
    /usr/share as an overlay; proot, if user namespaces are restricted; as root, a copy in /usr.
    Raises ToolMissing when none works.
    """
    if TEMPLATE.exists():
        return ()
    namespace = ("unshare", "-Urm", "sh", "-c", OVERLAY, "overlay", str(unpacked / "usr/share"))
    if shutil.which("unshare") and _shows_template(namespace):
        return namespace
    reason = "user namespaces are restricted here"
    try:
        folder = fetch_proot()
    except ToolMissing as error:
        reason = f"{reason}, and {error}"
    else:
        proot = proot_prefix(folder, unpacked)
        if _shows_template(proot):
            return proot
        reason = f"{reason}, and proot does not work either"
    if os.geteuid() == 0:
        shutil.copytree(
            unpacked / "usr/share/prometheus/alertmanager", TEMPLATE.parent, dirs_exist_ok=True
        )
        return ()
    raise ToolMissing(
        f"Alertmanager needs {TEMPLATE}, which can't be made visible to it: {reason}. "
        "Install it with `sudo apt-get install prometheus-alertmanager`, and start again."
    )


def proot_prefix(folder: Path, unpacked: Path) -> tuple[str, ...]:
    """Return the prefix that binds the unpacked Alertmanager folder to its path in /usr."""
    libraries = [str(path) for path in sorted((folder / "usr/lib").glob("*-linux-*"))]
    source = unpacked / "usr/share/prometheus"
    return (
        "env",
        f"LD_LIBRARY_PATH={':'.join(libraries)}",
        str(folder / "usr/bin/proot"),
        "-b",
        f"{source}:{TEMPLATE.parents[1]}",
    )


def _shows_template(prefix: tuple[str, ...]) -> bool:
    try:
        probe = subprocess.run(
            [*prefix, "test", "-e", str(TEMPLATE)],
            capture_output=True,
            check=False,
            timeout=PROBE_TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0
