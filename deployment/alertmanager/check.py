"""python -m deployment.alertmanager.check AMTOOL: validate with no secret and with all secrets."""

import subprocess
import sys
import tempfile
from pathlib import Path

from deployment.alertmanager.render import SOURCE, write

EXAMPLES = {
    "email_smarthost": "127.0.0.1:25",
    "email_require_tls": "false",
}


def example_secrets(folder: Path) -> Path:
    """Write an example value for every secret of the configuration; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in secret_names():
        example = "nobody@example.com" if name.startswith("email_") else "example"
        if name.endswith("_url"):
            example = f"http://127.0.0.1:1/{name}"
        value = EXAMPLES.get(name, example)
        (folder / name).write_text(value + "\n")
    return folder


def secret_names() -> set[str]:
    """Return the file names of all secrets that the configuration refers to."""
    words = SOURCE.read_text("utf-8").replace('"', " ").replace("}", " ").split()
    marked = [word.partition(":") for word in words if word.startswith(("file:", "file?:"))]
    return {name for _, _, name in marked if name.islower()}


def main(amtool: str) -> int:
    settings = {"inbox_url": "http://127.0.0.1:9095/", "console_url": "http://127.0.0.1:8501"}
    with tempfile.TemporaryDirectory(prefix="belvedere-") as temporary:
        folder = Path(temporary)
        for name, secrets in {
            "no secret": folder / "none",
            "every secret": example_secrets(folder / "all"),
        }.items():
            write(folder / name, secrets, settings)
            command = [amtool, "check-config", str(folder / name / "alertmanager.yml")]
            process = subprocess.run(command, capture_output=True, text=True, check=False)
            if process.returncode != 0:
                print(f"with {name}: {process.stdout}{process.stderr}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
