"""python -m deployment.backup save | verify | restore: one archive of the stack's data.

The prediction log and evaluations, their reports and the models; the console's data; Prometheus's
finished blocks; Alertmanager's silences; Grafana's database.
"""

import argparse
import sys
import time
from pathlib import Path

from deployment.backup.archive import restore, save, verify, write
from deployment.backup.errors import BackupError


def main(arguments: list[str] | None = None) -> int:
    """Run one action and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deployment.backup", description=__doc__)
    parser.add_argument("action", choices=("save", "verify", "restore"))
    parser.add_argument("--folder", type=Path, default=Path(".belvedere"))
    stamp = time.strftime("%Y%m%d-%H%M%S")
    default = Path("backups") / f"belvedere-{stamp}.tar.gz"
    parser.add_argument("--archive", type=Path, default=default, help="- is standard output")
    options = parser.parse_args(arguments)
    try:
        if options.action == "save" and str(options.archive) == "-":
            write(options.folder, sys.stdout.buffer)
        elif options.action == "save":
            counts = save(options.folder, options.archive)
            parts = ", ".join(f"{count} files of {part}" for part, count in counts.items())
            size = options.archive.stat().st_size
            print(f"Saved {parts} in {options.archive} ({size:,} bytes).")
        elif options.action == "verify":
            print(f"{options.archive}: {verify(options.archive)} files, all intact.")
        else:
            print(f"Restored {restore(options.archive, options.folder)} files.")
    except (BackupError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
