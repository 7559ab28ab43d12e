"""Finds Prometheus, Alertmanager, node-exporter, promtool and amtool on PATH, or fetches them."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deployment.local import debian, share
from deployment.local.errors import ToolMissing

ROOT = Path(__file__).resolve().parents[2]
TOOLS_DIRECTORY = ROOT / ".belvedere" / "tools"
# Debian's names first: where both exist they are the same program
NAMES = {
    "prometheus": ("prometheus",),
    "promtool": ("promtool",),
    "alertmanager": ("prometheus-alertmanager", "alertmanager"),
    "amtool": ("amtool",),
    "node-exporter": ("prometheus-node-exporter", "node_exporter", "node-exporter"),
}
PACKAGES = ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter")
# proot, and two of its libraries that a slim Debian may lack
PROOT_PACKAGES = ("proot", "libtalloc2", "libarchive13")


@dataclass(frozen=True)
class Tools:
    """Absolute paths of the programs, and the flags that unpacked copies need."""

    prometheus: Path
    promtool: Path
    alertmanager: Path
    amtool: Path
    node_exporter: Path
    prometheus_flags: tuple[str, ...] = ()
    alertmanager_prefix: tuple[str, ...] = ()

    @property
    def prometheus_command(self) -> list[str]:
        """Return the start of a command for Prometheus; add the flags of the instance."""
        return [str(self.prometheus), *self.prometheus_flags]

    @property
    def alertmanager_command(self) -> list[str]:
        """Return the start of a command for Alertmanager; add the flags of the instance."""
        return [*self.alertmanager_prefix, str(self.alertmanager)]


def find(directory: Path = TOOLS_DIRECTORY, search_path: str | None = None) -> Tools:
    """Find all five programs, fetching Debian's packages into directory where PATH lacks one.

    search_path replaces PATH. Raises ToolMissing if they can't be fetched.
    """
    paths = {name: _on_path(names, search_path) for name, names in NAMES.items()}
    missing = [name for name, path in paths.items() if path is None]
    if not missing:
        return _tools({name: path for name, path in paths.items() if path is not None})
    if not debian.available():
        raise ToolMissing(
            f"{', '.join(missing)} not found on PATH, and this machine has no apt-get to fetch "
            "them with. Install Prometheus, Alertmanager and node_exporter (by Homebrew or from "
            "their release archives, which include promtool and amtool) on PATH, and "
            "start again. Or start a Docker engine: `make` uses it."
        )
    unpacked = directory / "debian"
    with _locked(directory):
        if not (unpacked / "usr/bin/prometheus").exists():
            debian.unpack(PACKAGES, unpacked)
        # all from one package set: a promtool of PATH may not match this Prometheus
        paths = {name: _on_path(names, str(unpacked / "usr/bin")) for name, names in NAMES.items()}
        absent = [name for name, path in paths.items() if path is None]
        if absent:
            raise ToolMissing(
                f"Debian's packages don't contain {', '.join(absent)}. "
                f"Remove {unpacked} and start again, or put them on PATH."
            )
        prefix = share.alertmanager_prefix(unpacked, lambda: _proot(directory))
    return _tools({n: p for n, p in paths.items() if p is not None}, unpacked, prefix)


def _tools(
    paths: dict[str, Path], unpacked: Path | None = None, prefix: tuple[str, ...] = ()
) -> Tools:
    flags: tuple[str, ...] = ()
    if unpacked is not None and (unpacked / "usr/share/prometheus/web").is_dir():
        flags = (
            f"--web.local-assets={unpacked / 'usr/share/prometheus/web'}",
            f"--web.console.templates={unpacked / 'etc/prometheus/consoles'}",
            f"--web.console.libraries={unpacked / 'etc/prometheus/console_libraries'}",
        )
    return Tools(
        prometheus=paths["prometheus"],
        promtool=paths["promtool"],
        alertmanager=paths["alertmanager"],
        amtool=paths["amtool"],
        node_exporter=paths["node-exporter"],
        prometheus_flags=flags,
        alertmanager_prefix=prefix,
    )


def _on_path(names: tuple[str, ...], search_path: str | None) -> Path | None:
    paths = (shutil.which(name, path=search_path) for name in names)
    return next((Path(path).absolute() for path in paths if path), None)


def _proot(directory: Path) -> Path:
    folder = directory / "proot"
    if not (folder / "usr/bin/proot").exists():
        debian.unpack(PROOT_PACKAGES, folder)
    return folder


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Let one process fetch at a time: test workers may start together."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
