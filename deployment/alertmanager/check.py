"""python -m deployment.alertmanager.check AMTOOL: valid with no secret, and with all?"""

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
    """A folder with a made-up value for every secret that the configuration knows."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names():
        example = "nobody@example.com" if name.startswith("email_") else "made-up"
        if name.endswith("_url"):
            example = f"http://127.0.0.1:1/{name}"
        value = EXAMPLES.get(name, example)
        (folder / name).write_text(value + "\n")
    return folder


def names() -> set[str]:
    """Every secret that the configuration asks for, by the name of its file."""
    words = SOURCE.read_text("utf-8").replace('"', " ").replace("}", " ").split()
    marked = [word.partition(":") for word in words if word.startswith(("file:", "file?:"))]
    return {name for _, _, name in marked if name.islower()}


def main(amtool: str) -> int:
    settings = {"inbox_url": "http://127.0.0.1:9095/", "console_url": "http://127.0.0.1:8501"}
    with tempfile.TemporaryDirectory(prefix="belvedere-") as made:
        folder = Path(made)
        for name, secrets in {
            "no secret": folder / "none",
            "every secret": example_secrets(folder / "all"),
        }.items():
            write(folder / name, secrets, settings)
            command = [amtool, "check-config", str(folder / name / "alertmanager.yml")]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                print(f"with {name}: {done.stdout}{done.stderr}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
