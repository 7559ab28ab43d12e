"""Settings by environment and file; what people keep on the console's server."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from console.settings import FILE_VARIABLE, Settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_variables_override_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "console.toml").write_text(
        'prometheus_url = "http://file:9090"\nquery_timeout_seconds = 3\n'
    )
    assert Settings().prometheus_sources[0].url == "http://file:9090"
    monkeypatch.setenv("BELVEDERE_PROMETHEUS_URL", "http://variable:9090")
    assert Settings().prometheus_sources[0].url == "http://variable:9090"
    assert Settings().query_timeout_seconds == 3


def test_a_file_can_have_several_sources_with_authentication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "elsewhere.toml"
    path.write_text(
        """
[[sources]]
name = "here"
url = "http://one:9090"

[[sources]]
name = "there"
url = "https://two/prometheus"
bearer_token = "hidden"
tenant = "team-a"
headers = { X-Key = "hidden" }
"""
    )
    monkeypatch.setenv(FILE_VARIABLE, str(path))
    settings = Settings()
    assert [source.name for source in settings.prometheus_sources] == ["here", "there"]
    assert settings.prometheus_sources[1].tenant == "team-a"
    assert "hidden" not in repr(settings)


def test_a_misspelled_setting_of_the_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "console.toml").write_text('prometheus_uri = "http://x"\n')
    with pytest.raises(ValueError, match="prometheus_uri"):
        Settings()


def test_a_database_has_a_variable_for_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "console.toml"
    monkeypatch.setenv("BELVEDERE_CONSOLE_FILE", str(file))
    file.write_text(
        'data_folders = ["/srv/rows"]\n[databases.warehouse]\n'
        'url = "postgresql://reader@127.0.0.1/ml"\npassword_variable = "WAREHOUSE_PASSWORD"\n'
    )
    found = Settings()
    assert found.data_folders == (Path("/srv/rows"),)
    assert found.databases["warehouse"].password_variable == "WAREHOUSE_PASSWORD"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:s3cret@127.0.0.1/ml", "password_variable"),
        ("mysql://127.0.0.1/ml", "must start with one of sqlite, duckdb, postgresql"),
    ],
)
def test_an_address_with_a_password_or_an_unknown_database_is_rejected(
    monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    monkeypatch.setenv("BELVEDERE_DATABASES", json.dumps({"warehouse": {"url": url}}))
    with pytest.raises(ValidationError, match=said) as caught:
        Settings()
    # the page shows these words
    assert "s3cret" not in str(caught.value)


def test_the_models_file_is_in_the_console_folder_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BELVEDERE_CONSOLE_DIR", "/data")
    assert Settings().models_path == Path("/data/models.toml")
    monkeypatch.setenv("BELVEDERE_MODELS_FILE", "/etc/models.toml")
    assert Settings().models_path == Path("/etc/models.toml")
