"""python -m deployment.local.postgres: prepare the data folder, then become the server."""

import argparse
import os
import sys
from pathlib import Path

from deployment.local.errors import StackError
from deployment.local.postgres import server


def main(arguments: list[str] | None = None) -> int:
    """Return 1 if the server can't start; else this process is the server from then on."""
    parser = argparse.ArgumentParser(
        prog="python -m deployment.local.postgres", description=__doc__
    )
    parser.add_argument("--folder", type=Path, required=True, help="the folder of the stack")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(arguments)
    # the server does not need them
    passwords = {name: os.environ.pop(name, "") for name in server.PASSWORDS}
    cluster = server.cluster(options.folder)
    try:
        cluster.end_orphans()
        server.prepare(cluster, passwords)
        cluster.become(*server.flags(cluster, options.port))
    except (StackError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped before PostgreSQL had started", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
