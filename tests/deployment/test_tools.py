"""The monitoring programs are found on PATH, fetched from Debian, or an error says how."""

import os
import subprocess
from pathlib import Path

import pytest

from deployment.local import share
from deployment.local.errors import ToolMissing
from deployment.local.tools import NAMES, TOOLS_DIRECTORY, find
from tests.servers import tools

UNPACKED = TOOLS_DIRECTORY / "debian"


def program(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)


def test_programs_on_the_path_are_used_as_they_are(tmp_path: Path) -> None:
    for names in NAMES.values():
        program(tmp_path / "bin", names[-1])
    programs = find(tmp_path / "tools", str(tmp_path / "bin"))
    assert programs.alertmanager_command == [str(tmp_path / "bin/alertmanager")]
    assert programs.prometheus_command == [str(tmp_path / "bin/prometheus")]
    assert not (tmp_path / "tools").exists()


def test_without_apt_the_missing_programs_are_named_with_the_way_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin", "prometheus")
    program(tmp_path / "bin", "promtool")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(
        ToolMissing, match=r"^alertmanager, amtool, node-exporter not found.*Homebr"
    ):
        find(tmp_path / "tools")


def test_when_apt_fails_its_last_lines_are_in_the_error_and_no_files_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("apt-get", "dpkg"):
        program(tmp_path / "bin", name)
    (tmp_path / "bin/apt-get").write_text(
        "#!/bin/sh\necho 'E: no route to the mirror' >&2\nexit 100\n"
    )
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(ToolMissing, match="no route to the mirror"):
        find(tmp_path / "tools")
    assert not (tmp_path / "tools/debian").exists()


@pytest.mark.stack
def test_every_program_runs() -> None:
    programs = tools()
    for command in (
        programs.prometheus_command,
        [str(programs.promtool)],
        programs.alertmanager_command,
        [str(programs.amtool)],
        [str(programs.node_exporter)],
    ):
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "version" in done.stdout + done.stderr


@pytest.mark.stack
@pytest.mark.skipif(not UNPACKED.exists(), reason="the programs of this machine are on PATH")
@pytest.mark.skipif(share.TEMPLATE.exists(), reason="Alertmanager is installed on this machine")
def test_only_alertmanager_sees_the_template() -> None:
    prefix = tools().alertmanager_prefix
    shown = subprocess.run([*prefix, "cat", str(share.TEMPLATE)], capture_output=True, check=False)
    assert b"__subject" in shown.stdout
    assert not share.TEMPLATE.exists()


def test_where_the_template_cannot_be_made_visible_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if share.TEMPLATE.exists():
        pytest.skip("Alertmanager is installed on this machine")

    def no_proot() -> Path:
        raise ToolMissing("apt could not fetch proot")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ToolMissing, match="sudo apt-get install prometheus-alertmanager"):
        share.alertmanager_prefix(tmp_path, no_proot)
