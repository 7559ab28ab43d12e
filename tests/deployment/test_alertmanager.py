"""Alertmanager's configuration: secrets in files, routes, mute times and inhibition."""

import json
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployment.alertmanager.check import example_secrets, secret_names
from deployment.alertmanager.render import ConfigurationError, render, write
from deployment.generate.prometheus_rules import ALERT_GROUPS
from deployment.local.programs import ROOT
from tests.servers import tools

SETTINGS = {"inbox_url": "http://127.0.0.1:9095/", "console_url": "http://127.0.0.1:8501"}
ALERTS = [alert for alerts in ALERT_GROUPS.values() for alert in alerts]
INTEGRATIONS = {"slack", "discord", "webhook", "email"}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration with every secret."""
    folder = tmp_path_factory.mktemp("full")
    write(folder, example_secrets(folder / "secrets"), SETTINGS)
    return folder / "alertmanager.yml"


def load(path: Path) -> dict[str, Any]:
    loaded = yaml.safe_load(path.read_text())
    assert isinstance(loaded, dict)
    return loaded


def amtool(*words: str | Path) -> str:
    command = [str(tools().amtool), *map(str, words)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def test_with_every_secret_it_is_valid_and_every_team_is_notified_by_every_integration(
    full: Path,
) -> None:
    assert "SUCCESS" in amtool("check-config", full)
    integrations = {
        receiver["name"]: {key.removesuffix("_configs") for key in receiver if key != "name"}
        for receiver in load(full)["receivers"]
    }
    for team in ("platform", "data-science"):
        assert integrations[f"{team}-critical"] == INTEGRATIONS | {"pagerduty"}
        assert integrations[f"{team}-warning"] == INTEGRATIONS
    assert integrations["inbox"] == integrations["heartbeat"] == {"webhook"}


def test_without_secrets_it_is_valid_and_only_the_notification_log_is_left(
    tmp_path: Path,
) -> None:
    assert write(tmp_path / "out", tmp_path / "nothing", SETTINGS) == ["inbox by webhook"]
    assert "SUCCESS" in amtool("check-config", tmp_path / "out/alertmanager.yml")


@pytest.mark.parametrize("missing", sorted(secret_names()))
def test_a_missing_secret_removes_only_what_needs_it(
    missing: str, full: Path, tmp_path: Path
) -> None:
    secrets = example_secrets(tmp_path / "secrets")
    (secrets / missing).unlink()
    write(tmp_path / "out", secrets, SETTINGS)
    out = tmp_path / "out/alertmanager.yml"
    amtool("check-config", out)
    assert not re.search(rf"/{missing}$", out.read_text(), flags=re.MULTILINE)
    before, after = load(full), load(out)
    assert before["receivers"] != after["receivers"]
    assert before["route"] == after["route"]
    assert [item["name"] for item in before["receivers"]] == [
        item["name"] for item in after["receivers"]
    ]


def test_the_file_with_secrets_is_readable_only_for_its_user(full: Path) -> None:
    assert stat.S_IMODE(full.stat().st_mode) == 0o600


def test_secrets_that_alertmanager_reads_from_files_stay_in_their_files(tmp_path: Path) -> None:
    secrets = example_secrets(tmp_path)
    (secrets / "pagerduty_platform_key").write_text("only-in-its-file\n")
    rendered, _ = render(secrets, SETTINGS)
    assert "only-in-its-file" not in str(rendered)
    assert str(secrets / "pagerduty_platform_key") in str(rendered)


@pytest.mark.parametrize(
    "content", ["hooks.example.com/1", "https:///hook", "https://a b", "ftp://a/b"]
)
def test_a_secret_that_is_not_a_url_is_rejected_with_the_name_of_its_file(
    content: str, tmp_path: Path
) -> None:
    (tmp_path / "discord_webhook_url").write_text(content)
    with pytest.raises(ConfigurationError, match="discord_webhook_url is not a URL") as error:
        render(tmp_path, SETTINGS)
    assert content not in str(error.value)


def test_mute_times_are_in_the_given_time_zone(tmp_path: Path) -> None:
    write(tmp_path, tmp_path / "nothing", SETTINGS | {"timezone": "Europe/Vienna"})
    assert "SUCCESS" in amtool("check-config", tmp_path / "alertmanager.yml")
    parts = [
        part
        for item in load(tmp_path / "alertmanager.yml")["time_intervals"]
        for part in item["time_intervals"]
    ]
    assert {part["location"] for part in parts} == {"Europe/Vienna"}


@pytest.mark.parametrize("timezone", ["Vienna", "../etc/passwd", "Europe"])
def test_an_unknown_time_zone_is_rejected(timezone: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="BELVEDERE_TIMEZONE"):
        render(tmp_path, SETTINGS | {"timezone": timezone})


def rendered(folder: Path, template: str, alert: dict[str, Any]) -> str:
    """Return the text that a receiver gets for one firing alert."""
    write(folder, folder / "nothing", SETTINGS | {"runbooks_url": "https://git.example/"})
    data = folder / "data.json"
    times = {"startsAt": "2026-01-05T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z"}
    content = {"labels": {}, "annotations": {}, "status": "firing", **times, **alert}
    data.write_text(
        json.dumps(
            {
                "receiver": "any",
                "status": "firing",
                "alerts": [content],
                "groupLabels": {},
                "commonLabels": content["labels"],
                "commonAnnotations": content["annotations"],
                "externalURL": "http://a",
            }
        )
    )
    return amtool(
        "template", "render", f"--template.glob={folder}/templates/*.tmpl",
        f'--template.text={{{{ template "{template}" . }}}}', f"--template.data={data}",
    )  # fmt: skip


@pytest.mark.parametrize("template", ["belvedere.text", "belvedere.html"])
def test_an_alert_without_our_annotations_is_described_by_its_labels(
    template: str, tmp_path: Path
) -> None:
    text = rendered(tmp_path, template, {"labels": {"alertname": "QueueLong", "queue": "mail"}})
    assert "QueueLong." in text
    assert "queue=mail" in text
    for word in ("no value", "Value", "Severity", "Team", "Model", "Runbook"):
        assert word not in text


@pytest.mark.parametrize(
    ("runbook", "link"),
    [
        ("deployment/runbook.md#a", "https://git.example/deployment/runbook.md#a"),
        ("https://wiki.example/a", "https://wiki.example/a"),
    ],
)
@pytest.mark.parametrize("template", ["belvedere.text", "belvedere.html"])
def test_an_absolute_runbook_url_is_kept(
    template: str, runbook: str, link: str, tmp_path: Path
) -> None:
    alert = {"labels": {"alertname": "A"}, "annotations": {"runbook_url": runbook, "summary": "B"}}
    text = rendered(tmp_path, template, alert)
    assert link in text
    assert f"https://git.example/{link}" not in text


def test_an_empty_secret_counts_as_missing(tmp_path: Path) -> None:
    (tmp_path / "webhook_url").write_text("\n")
    assert render(tmp_path, SETTINGS)[1] == ["inbox by webhook"]


def test_every_secret_is_documented_and_none_is_in_git() -> None:
    text = (ROOT / "secrets/README.md").read_text()
    for name in secret_names():
        assert f"`{name}`" in text, name
    tracked = subprocess.run(
        ["git", "ls-files", "secrets"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(tracked) <= {"secrets/README.md"}
    ignored = subprocess.run(
        ["git", "check-ignore", *(f"secrets/{name}" for name in secret_names())],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.split()  # fmt: skip
    assert len(ignored) == len(secret_names())


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_every_alert_goes_to_its_team_by_its_severity(alert: Any, full: Path) -> None:
    expected = "heartbeat" if alert.severity == "none" else f"inbox,{alert.team}-{alert.severity}"
    amtool(
        "config", "routes", "test", f"--config.file={full}", f"--verify.receivers={expected}",
        f"alertname={alert.name}", f"severity={alert.severity}", f"team={alert.team}",
    )  # fmt: skip


def test_an_alert_without_a_team_is_still_delivered(full: Path) -> None:
    amtool(
        "config", "routes", "test", f"--config.file={full}",
        "--verify.receivers=inbox,platform-warning", "alertname=SomeoneElses",
    )  # fmt: skip


def test_critical_alerts_are_never_muted_and_warnings_wait_for_the_day(full: Path) -> None:
    config = load(full)
    times = {item["name"] for item in config["time_intervals"]}
    for route in config["route"]["routes"]:
        muted = set(route.get("mute_time_intervals", []))
        if route["receiver"].endswith("-warning"):
            assert muted == {"night", "weekend"} == times
        else:
            assert not muted, route["receiver"]


def test_inhibition_names_only_alerts_that_exist(full: Path) -> None:
    known = {alert.name for alert in ALERTS}
    for rule in load(full)["inhibit_rules"]:
        for matcher in rule["source_matchers"] + rule["target_matchers"]:
            label, _, value = matcher.partition("=")
            if label.strip("!") == "alertname":
                assert set(value.strip('~"').split("|")) <= known, matcher
