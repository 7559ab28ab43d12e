"""docker-compose.yml against the Compose Specification, our own rules, and the native stack."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from deployment.backup.files import PARTS
from deployment.local import env_file, grafana
from deployment.local.env_file import PORTS
from deployment.local.postgres import cluster, roles, server
from deployment.local.postgres import programs as programs_of_postgres
from deployment.local.programs import ROOT, programs
from deployment.local.services import IMAGE_SETTINGS, SERVICE_SETTINGS
from deployment.local.tools import Tools
from model_service.settings import Settings

SCHEMA = Path(__file__).with_name("compose_spec") / "compose-spec.json"
DOCKERFILE = ROOT / "deployment/docker/Dockerfile"
BUILT_HERE = {"bike-api", "churn-api", "cats-dogs-api", "console"}
CONTAINER_PORTS = {
    "bike-api": 8080,
    "churn-api": 8000,
    "cats-dogs-api": 8010,
    "console": 8501,
    "prometheus": 9090,
    "grafana": 3000,
    "node-exporter": 9100,
    "alertmanager": 9093,
    "inbox": 9095,
    "postgres": 5432,
}
# writes a file and ends
ONCE = "alertmanager-config"
# clients that make traffic for the demo
TRAFFIC = ("traffic", "churn-traffic", "cats-dogs-traffic")
# a service that is not well must not keep away who would tell of it
WATCHERS = ("prometheus", "alertmanager", "console")
WATCHED = ("bike-api", "churn-api", "cats-dogs-api", "node-exporter", "inbox")
# what Prometheus does not scrape
UNSCRAPED = ("grafana", "inbox", "postgres")
# what is run by hand
BY_HAND = "backup"
NETWORKS = {
    "bike-api": {"api"},
    "churn-api": {"api"},
    "traffic": {"api"},
    "cats-dogs-api": {"api", "database"},
    "churn-traffic": {"api"},
    "cats-dogs-traffic": {"api"},
    "console": {"api", "monitoring"},
    "prometheus": {"api", "monitoring"},
    "alertmanager": {"monitoring"},
    "node-exporter": {"monitoring"},
    "grafana": {"monitoring", "database"},
    "inbox": {"monitoring"},
    "postgres": {"database"},
    BY_HAND: {"database"},
}
# what a container's command has that the native one has not, with the reason
ONLY_IN_CONTAINERS = {
    # the services listen on loopback natively, which is their default
    "bike-api": ["--host", "0.0.0.0"],
    "churn-api": ["--host", "0.0.0.0"],
    "cats-dogs-api": ["--host", "0.0.0.0"],
    "inbox": ["--host", "0.0.0.0"],
    # the machine's file systems are mounted there
    "node-exporter": ["--path.rootfs=/host"],
}

SETTINGS = {
    **{name: str(port) for name, port in PORTS.items()},
    **dict.fromkeys(env_file.SECRETS, "unused"),
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = compose["services"]
    assert isinstance(found, dict)
    return found


def test_the_file_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(compose)


def test_the_specification_refuses_a_word_that_compose_does_not_know(
    compose: dict[str, Any],
) -> None:
    wrong = {**compose, "services": {"bike-api": {"image": "x", "helthcheck": {}}}}
    with pytest.raises(jsonschema.ValidationError, match="helthcheck"):
        jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(wrong)


def test_every_service_of_the_contract_is_there(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {*CONTAINER_PORTS, *TRAFFIC, ONCE, BY_HAND}


def test_every_container_is_hardened(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert re.fullmatch(r"[1-9]\d*:\d+", service["user"]), f"{name} runs as root"
        assert any(mount.startswith("/tmp") for mount in service["tmpfs"]), name
        assert "privileged" not in service, name


def test_every_container_has_limits_and_a_log_that_rotates(
    services: dict[str, dict[str, Any]],
) -> None:
    for name, service in services.items():
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        assert 0 < service["cpus"] <= 2, name
        assert 0 < service["pids_limit"] <= 256, name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}, name


def test_a_container_is_on_the_networks_that_it_needs_and_no_other(
    compose: dict[str, Any], services: dict[str, dict[str, Any]]
) -> None:
    found = {name: set(item["networks"]) for name, item in services.items() if "networks" in item}
    assert found == NETWORKS
    assert set(compose["networks"]) == {"api", "monitoring", "database"}
    assert services[ONCE]["network_mode"] == "none"
    for name, service in services.items():
        for address in re.findall(r"http://([a-z-]+):\d+", json.dumps(service)):
            if name != ONCE:
                assert NETWORKS[name] & NETWORKS[address], f"{name} can't reach {address}"


def test_the_core_runs_alone_and_make_adds_the_demo_traffic(
    services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    profiled = {name: item["profiles"] for name, item in services.items() if "profiles" in item}
    assert profiled == {**{name: ["demo"] for name in TRAFFIC}, "backup": ["backup"]}
    env_file.ensure(tmp_path / ".env")
    assert env_file.read(tmp_path / ".env")["COMPOSE_PROFILES"] == "demo"


def test_the_backup_has_every_volume_that_can_not_be_made_again(
    compose: dict[str, Any], services: dict[str, dict[str, Any]]
) -> None:
    mounted = {
        parts[0]: parts[1]
        for parts in (mount.split(":") for mount in services[BY_HAND]["volumes"])
        if not parts[0].startswith(".")
    }
    # Alertmanager's file is written again, and the database is dumped
    assert set(mounted) == set(compose["volumes"]) - {"alertmanager-config", "postgres-data"}
    assert {path.removeprefix("/volumes/") for path in mounted.values()} == set(PARTS)


def test_every_image_is_pinned_to_a_version(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert re.search(r":v?\d+\.\d+(\.\d+)?$", service["image"]), f"{name}: {service['image']}"
    for line in DOCKERFILE.read_text().splitlines():
        if line.startswith("FROM python"):
            assert re.search(r":\d+\.\d+\.\d+-slim", line), line


def test_ports_are_published_on_loopback_only_and_come_from_the_env_file(
    services: dict[str, dict[str, Any]],
) -> None:
    for name, port in CONTAINER_PORTS.items():
        variable = f"BELVEDERE_{name.upper().replace('-', '_')}_PORT"
        assert services[name]["ports"] == [f"127.0.0.1:${{{variable}:-{PORTS[variable]}}}:{port}"]
    assert not any("ports" in services[name] for name in TRAFFIC)


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = json.dumps(compose["services"])
    for name in env_file.SECRETS:
        uses = re.findall(r"\$\{" + name + r"[^}]*\}", text)
        assert uses, name
        assert all(use.startswith(f"${{{name}:?") for use in uses), uses


def test_the_api_and_all_its_clients_have_the_token(services: dict[str, dict[str, Any]]) -> None:
    for name in ("bike-api", "churn-api", "cats-dogs-api", *TRAFFIC, "console"):
        assert "BELVEDERE_API_TOKEN" in services[name]["environment"], name


def test_everything_with_a_port_has_a_health_check_and_is_waited_for_by_it(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in CONTAINER_PORTS:
        check = services[name]["healthcheck"]
        assert check["test"][0] == "CMD", name
        assert str(CONTAINER_PORTS[name]) in check["test"][-1], name
    for name, service in services.items():
        for other, condition in service.get("depends_on", {}).items():
            if other == ONCE:
                assert condition == {"condition": "service_completed_successfully"}, name
                continue
            watched = name in WATCHERS and other in WATCHED
            wanted = "service_started" if watched else "service_healthy"
            assert condition == {"condition": wanted}, f"{name} waits for {other}"
            assert "healthcheck" in services[other], f"{name} waits for {other}"
    needed = {"prometheus", "alertmanager", "bike-api", "churn-api", "cats-dogs-api"}
    assert set(services["console"]["depends_on"]) == needed


def test_prometheus_finds_every_service_under_its_name_in_compose() -> None:
    targets = {
        target
        for file in (ROOT / "deployment/prometheus/targets").glob("*.yml")
        for group in yaml.safe_load(file.read_text())
        for target in group["targets"]
    }
    scraped = {name: port for name, port in CONTAINER_PORTS.items() if name not in UNSCRAPED}
    assert targets == {f"{name}:{port}" for name, port in scraped.items()}


def test_the_containers_run_the_native_commands(
    services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    native = _native_commands(tmp_path)
    assert set(native) == set(services) - {"grafana", ONCE, BY_HAND}
    # Docker's image prepares the data folder, and the native program does
    assert "deployment.local.postgres" in native.pop("postgres")
    for name, command in native.items():
        container = [str(word) for word in services[name]["command"]]
        added = ONLY_IN_CONTAINERS.get(name, [])
        assert [word for word in container if word not in added] == command, name
        assert all(word in container for word in added), name


def test_postgresql_has_the_same_settings_and_roles_in_both_stacks(
    services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    program, *words = services["postgres"]["command"]
    native = server.flags(server.cluster(tmp_path), 5432)
    assert program == "postgres"
    assert words == native[-len(words) :]
    assert set(native) - set(words) == {
        "listen_addresses=127.0.0.1", "port=5432", "unix_socket_directories=",
        f"cluster_name={server.cluster(tmp_path).name}",
    }  # fmt: skip
    initdb = services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert set(initdb) < set(cluster.INITDB_OPTIONS)
    mounts = " ".join(services["postgres"]["volumes"])
    assert f"./{roles.FILE.relative_to(ROOT)}:/etc/belvedere/roles.sql:ro" in mounts
    major = programs_of_postgres.major_version()
    assert services["postgres"]["image"].startswith(f"postgres:{major}.")


def test_what_an_operator_may_set_in_the_env_file_reaches_the_services_in_both_stacks(
    services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    known = {f"BELVEDERE_{name}".upper() for name in Settings.model_fields}
    secret = {"BELVEDERE_DATA_DIR", "BELVEDERE_API_TOKEN", "BELVEDERE_USER_SALT"}
    assert {*SERVICE_SETTINGS, *IMAGE_SETTINGS} == known - secret
    settings = {**SETTINGS, **dict.fromkeys((*SERVICE_SETTINGS, *IMAGE_SETTINGS), "set")}
    place = Path("/nowhere")
    native = programs(settings, tmp_path, Tools(place, place, place, place, place))
    own = {"BELVEDERE_DATABASE_URL", "BELVEDERE_DATABASE_WAIT_SECONDS", "BELVEDERE_SPARE_WORKERS"}
    for name, variables in {
        "bike-api": {*SERVICE_SETTINGS},
        "churn-api": {*SERVICE_SETTINGS},
        "cats-dogs-api": {*SERVICE_SETTINGS, *IMAGE_SETTINGS} - own,
    }.items():
        (program,) = [item for item in native if item.name == name]
        for variable in variables:
            assert services[name]["environment"][variable] == f"${{{variable}:-}}"
            assert program.environment[variable] == "set"


def test_cats_and_dogs_has_its_own_database_in_both_stacks(
    services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    place = Path("/nowhere")
    tools = Tools(place, place, place, place, place)

    def native(**more: str) -> dict[str, dict[str, str]]:
        items = programs({**SETTINGS, **more}, tmp_path, tools)
        return {item.name: dict(item.environment) for item in items}

    usual = native(BELVEDERE_POSTGRES_PASSWORD="p/w", BELVEDERE_DATABASE_URL="sqlite:///shared.db")
    url = "postgresql+psycopg://cats_dogs:p%2Fw@127.0.0.1:5432/cats_dogs"
    assert usual["cats-dogs-api"]["BELVEDERE_DATABASE_URL"] == url
    assert usual["churn-api"]["BELVEDERE_DATABASE_URL"] == "sqlite:///shared.db"
    contained = services["cats-dogs-api"]["environment"]["BELVEDERE_DATABASE_URL"]
    assert contained == services[BY_HAND]["environment"]["BELVEDERE_CATS_DOGS_DATABASE_URL"]
    in_compose = contained.removeprefix("${BELVEDERE_CATS_DOGS_DATABASE_URL:-").removesuffix("}")
    password = "${BELVEDERE_POSTGRES_PASSWORD:?not set - run make env}"
    assert in_compose.replace(password, "p%2Fw").replace("postgres:5432", "127.0.0.1:5432") == url
    # one warm worker in both
    assert usual["cats-dogs-api"]["BELVEDERE_SPARE_WORKERS"] == "0"
    contained = services["cats-dogs-api"]["environment"]["BELVEDERE_SPARE_WORKERS"]
    assert contained == "${BELVEDERE_SPARE_WORKERS:-0}"
    chosen = native(BELVEDERE_CATS_DOGS_DATABASE_URL="sqlite:///pets.db")
    assert chosen["cats-dogs-api"]["BELVEDERE_DATABASE_URL"] == "sqlite:///pets.db"
    assert "postgres" not in chosen


def test_grafana_is_told_the_same_in_both_stacks(
    services: dict[str, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / "grafana-13/bin/grafana"
    binary.parent.mkdir(parents=True)
    binary.touch(0o755)
    binary.chmod(0o755)
    defaults = tmp_path / "grafana-13/conf/defaults.ini"
    defaults.parent.mkdir()
    defaults.touch()
    monkeypatch.setenv("PATH", str(binary.parent))
    settings = {**SETTINGS, "GRAFANA_SLACK_URL": "https://a.example"}
    program = grafana.program(settings, tmp_path)
    assert program is not None
    # the folder of the archive that it was unpacked from, when there is no package
    assert program.command[1:] == ["server", f"--homepath={defaults.parents[1]}"]
    assert program.environment["GRAFANA_SLACK_URL"] == "https://a.example"
    contained = services["grafana"]["environment"]
    assert set(contained) - {"GF_SECURITY_ADMIN_USER"} <= set(program.environment)
    for name in contained:
        if name.startswith(("GF_ANALYTICS", "GF_USERS", "GF_AUTH", "GF_PLUGINS", "GF_LOG")):
            assert program.environment[name] == contained[name]


def test_alertmanagers_file_is_made_for_its_group_alone_where_alertmanager_reads_it(
    services: dict[str, dict[str, Any]],
) -> None:
    maker, reader = services[ONCE], services["alertmanager"]
    assert "alertmanager-config:/data" in maker["volumes"]
    (made,) = [mount for mount in reader["volumes"] if isinstance(mount, dict)]
    assert (made["source"], made["target"]) == ("alertmanager-config", "/etc/alertmanager")
    # all containers are made before the first one starts: the engine would fill the empty volume
    # with what the image has there, and give it the image's owner
    assert made["read_only"] and made["volume"] == {"nocopy": True}
    assert "--mode=640" in maker["command"]
    assert reader["group_add"] == [maker["user"].split(":")[1]]
    # a *_file setting names the path that Alertmanager itself opens
    secrets = [mount for mount in maker["volumes"] if "secrets" in mount]
    assert secrets and all(mount in reader["volumes"] for mount in secrets)
    assert f"--secrets={secrets[0].split(':')[-2]}" in maker["command"]
    assert maker["restart"] == "no"


def test_the_images_start_what_compose_starts(services: dict[str, dict[str, Any]]) -> None:
    stages = re.split(r"^FROM ", DOCKERFILE.read_text(), flags=re.MULTILINE)
    for name in BUILT_HERE:
        stage = next(text for text in stages if f"AS {name}\n" in text)
        command = json.loads(re.findall(r"^CMD (.*)$", stage, flags=re.MULTILINE)[-1])
        assert command == services[name]["command"], name
        assert services[name]["build"]["target"] == name


def test_what_the_dockerfile_copies_is_let_through_by_dockerignore() -> None:
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    copied = re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE.read_text(), flags=re.MULTILINE)
    assert {path.replace("[t]", "t") for path in copied} == allowed
    assert not any(path.startswith(".env") for path in allowed)


def test_dockerfiles_pass_the_linter() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    config = ROOT / "deployment/docker/hadolint.yaml"
    linted = subprocess.run(
        [str(hadolint), "--config", str(config), str(DOCKERFILE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_ci_builds_and_deploys_only_after_the_same_tests_that_a_person_runs() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]
    assert any(step.get("run") == "bash .ci/run" for step in jobs["test"]["steps"])
    assert "make test" in (ROOT / ".ci/run").read_text()
    for name, job in jobs.items():
        needed = job.get("needs", [])
        assert name == "test" or "test" in ([needed] if isinstance(needed, str) else needed), name


def _native_commands(folder: Path) -> dict[str, list[str]]:
    """Words after the program, with this machine's addresses and folders as the containers'."""
    place = Path("/nowhere")
    tools = Tools(place, place, place, place, place)
    replaced = {
        str(folder / "run/prometheus/prometheus.yml"): "/etc/prometheus/prometheus.yml",
        str(folder / "prometheus"): "/prometheus",
        str(folder / "run/alertmanager/alertmanager.yml"): "/etc/alertmanager/alertmanager.yml",
        str(folder / "alertmanager"): "/alertmanager",
        "http://127.0.0.1:8080": "http://bike-api:8080",
        "http://127.0.0.1:8000": "http://churn-api:8000",
        "http://127.0.0.1:8010": "http://cats-dogs-api:8010",
        "127.0.0.1": "0.0.0.0",
        f"{ROOT}/": "",
    }
    commands = {}
    for program in programs(SETTINGS, folder, tools):
        words = []
        for word in program.command:
            for ours, theirs in replaced.items():
                word = word.replace(ours, theirs)
            words.append(word)
        start = ["python"] if program.command[0] == sys.executable else []
        commands[program.name] = [*start, *words[1:]]
    return commands
