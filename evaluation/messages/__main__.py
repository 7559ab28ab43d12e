"""python -m evaluation.messages [--check]: write locale/belvedere.pot, or say what is stale."""

import argparse
import sys
from pathlib import Path

from evaluation.messages.translations import DOMAIN, LOCALE, template, wrong_placeholders


def main(arguments: list[str] | None = None, folder: Path = LOCALE) -> int:
    """Write or check the template and check the translations; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if stale")
    options = parser.parse_args(arguments)
    path, text = folder / f"{DOMAIN}.pot", template()
    stale = not path.exists() or path.read_text("utf-8") != text
    if stale and options.check:
        print(f"error: {path.name} differs from the catalogue: make generate", file=sys.stderr)
    elif stale:
        path.write_text(text, "utf-8")
        print(f"wrote {path}")
    wrong = [
        f"error: {file}: other placeholders than in {original!r}"
        for file in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
        for original in wrong_placeholders(file)
    ]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong or (stale and options.check) else 0


if __name__ == "__main__":
    sys.exit(main())
