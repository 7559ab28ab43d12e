"""Health check of our images. python probe.py URL exits with 0 if the URL answers below 400."""

import sys
import urllib.error
import urllib.request


def main(url: str) -> int:
    """Request the URL once and return the exit code."""
    try:
        with urllib.request.urlopen(url, timeout=4):
            return 0
    except (urllib.error.URLError, OSError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
