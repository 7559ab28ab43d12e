"""What the operations page tells an operator to write works as it stands there."""

import re
import subprocess
import tarfile
import time
from pathlib import Path

import pytest
import requests
import yaml

from deployment.local.programs import ROOT
from tests import servers

PAGES = [ROOT / name for name in ("docs/operations.md", "docs/troubleshooting.md")]


@pytest.mark.stack
def test_remote_write_as_in_the_page_reaches_another_prometheus(tmp_path: Path) -> None:
    (block,) = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs/operations.md").read_text(), flags=re.DOTALL
    )
    ours = tmp_path / "ours.yml"
    receiver_port = servers.free_port()
    flag = "--web.enable-remote-write-receiver"
    (tmp_path / "theirs.yml").write_text("scrape_configs: []\n")
    command = [
        *servers.tools().prometheus_command, flag,
        f"--config.file={tmp_path / 'theirs.yml'}", f"--storage.tsdb.path={tmp_path / 'theirs'}",
        f"--web.listen-address=127.0.0.1:{receiver_port}",
    ]  # fmt: skip
    with servers.started(command, receiver_port, "/-/ready", tmp_path / "log") as receiver:
        config = yaml.safe_load(block)
        config["global"]["scrape_interval"] = "1s"
        config["remote_write"][0]["url"] = f"{receiver.url}/api/v1/write"
        port = servers.free_port()
        targets = [{"targets": [f"127.0.0.1:{port}"]}]
        config["scrape_configs"] = [{"job_name": "prometheus", "static_configs": targets}]
        ours.write_text(yaml.safe_dump(config))
        with servers.prometheus(config=ours.read_text(), port=port):
            deadline = time.monotonic() + 300
            found: list[dict[str, dict[str, str]]] = []
            while not found and time.monotonic() < deadline:
                time.sleep(0.3)
                answer = requests.get(
                    f"{receiver.url}/api/v1/query", params={"query": "up == 1"}, timeout=120
                )
                found = answer.json()["data"]["result"]
    assert [item["metric"]["replica"] for item in found] == ["a"]
    assert found[0]["metric"]["cluster"] == "production"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_every_file_and_command_that_the_page_names_is_there(page: Path) -> None:
    text = page.read_text()
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / link).exists(), link
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^    |`)make ([a-z][a-z-]+)", text, flags=re.MULTILINE))
    assert named <= targets, named - targets
    for path in re.findall(r"`((?:deployment|docs|tests|console)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path


def test_the_retention_of_the_page_is_that_of_the_stack() -> None:
    days = int(re.findall(r"keeps (\d+) days", (ROOT / "docs/operations.md").read_text())[0])
    flag = f"--storage.tsdb.retention.time={days}d"
    assert flag in (ROOT / "docker-compose.yml").read_text()
    assert flag in (ROOT / "deployment/local/programs.py").read_text()


def test_the_archive_has_the_tracked_files_and_no_secret(tmp_path: Path) -> None:
    made = tmp_path / "belvedere.tar"
    recipe = re.findall(r"^\t@(git archive .*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    (command,) = (line.replace("dist/belvedere.tar", str(made)) for line in recipe)
    subprocess.run(command.split(), cwd=ROOT, check=True)
    with tarfile.open(made) as tar:
        names = {name.removeprefix("belvedere/") for name in tar.getnames()}
    assert {"Makefile", "docker-compose.yml", "console/app.py", "requirements.lock"} <= names
    assert not {name for name in names if name.startswith((".env", ".belvedere", "backups/"))}
    assert {name for name in names if name.startswith("secrets/")} <= {"secrets/README.md"}
