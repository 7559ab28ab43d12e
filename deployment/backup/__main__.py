"""python -m deployment.backup save | verify | restore: one archive of the stack's data.

The prediction log and evaluations (in SQLite and PostgreSQL), their reports and the models; the
console's data; Prometheus's finished blocks; Alertmanager's silences; Grafana's database.
"""

import argparse
import sys
import time
from pathlib import Path

from deployment.backup.archive import ENV_PATH, restore, save, verify, write
from deployment.backup.errors import BackupError
from deployment.local.errors import StackError


def main(arguments: list[str] | None = None) -> int:
    """Run one action and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deployment.backup", description=__doc__)
    parser.add_argument("action", choices=("save", "verify", "restore"))
    parser.add_argument("--folder", type=Path, default=Path(".belvedere"))
    parser.add_argument("--env-file", type=Path, default=ENV_PATH)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    default = Path("backups") / f"belvedere-{stamp}.tar.gz"
    parser.add_argument("--archive", type=Path, default=default, help="- is standard output")
    options = parser.parse_args(arguments)
    try:
        if options.action == "save" and str(options.archive) == "-":
            write(options.folder, sys.stdout.buffer, options.env_file)
        elif options.action == "save":
            counts = save(options.folder, options.archive, options.env_file)
            parts = ", ".join(f"{count} files of {part}" for part, count in counts.items())
            size = options.archive.stat().st_size
            print(f"Saved {parts} in {options.archive} ({size:,} bytes).")
        elif options.action == "verify":
            print(f"{options.archive}: {verify(options.archive)} files, all intact.")
        else:
            count = restore(options.archive, options.folder, options.env_file)
            print(f"Restored {count} files.")
    except (BackupError, StackError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
