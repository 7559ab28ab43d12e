"""python probe.py URL: exit 0 when it answers below 400. The health check of our images."""

import sys
import urllib.error
import urllib.request


def main(url: str) -> int:
    """Ask once, with the patience of the health check."""
    try:
        with urllib.request.urlopen(url, timeout=4):
            return 0
    except (urllib.error.URLError, OSError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
