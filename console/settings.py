"""The settings of the console: BELVEDERE_* variables and console.toml in the working folder."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

DATABASES = ("sqlite", "duckdb", "postgresql")
FILE_VARIABLE = "BELVEDERE_CONSOLE_FILE"


class Source(BaseModel):
    """A Prometheus or a compatible server, with its authentication settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "Prometheus"
    url: str = "http://127.0.0.1:9090"
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    bearer_token: SecretStr | None = None
    username: str | None = None
    password: SecretStr | None = None
    tenant: str | None = None
    ca_file: Path | None = None


class DatabaseAddress(BaseModel):
    """A database whose tables may be evaluated; only the environment has its password."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    password_variable: str | None = None

    @field_validator("url")
    @classmethod
    def _without_password(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme.partition("+")[0] not in DATABASES:
            raise ValueError(f"it must start with one of {', '.join(DATABASES)}, then ://")
        if parts.password is not None:
            raise ValueError(
                "it has a password. Remove it, put it in an environment variable, and set "
                "password_variable to the name of that variable"
            )
        return url


class Settings(BaseSettings):
    """The settings; variables override the file.

    Without `sources` there is one Prometheus, at `prometheus_url`. The service of a model that is
    not in `model_service_urls` is called at the `instance` of its `model_info` series.
    """

    model_config = SettingsConfigDict(
        env_prefix="BELVEDERE_", frozen=True, env_ignore_empty=True, extra="forbid",
        # an address may have a password, and pages show the errors
        hide_input_in_errors=True,
    )  # fmt: skip

    prometheus_url: str = "http://127.0.0.1:9090"
    prometheus_headers: dict[str, SecretStr] = Field(default_factory=dict)
    prometheus_bearer_token: SecretStr | None = None
    prometheus_username: str | None = None
    prometheus_password: SecretStr | None = None
    prometheus_tenant: str | None = None
    prometheus_ca_file: Path | None = None
    sources: tuple[Source, ...] = ()
    alertmanager_url: str = "http://127.0.0.1:9093"
    grafana_url: str | None = None
    model_service_urls: dict[str, str] = Field(default_factory=dict)
    # models of other services (console.models.models_file); by default in `console_dir`
    models_file: Path | None = None
    api_token: SecretStr | None = None
    # at least four scrapes, or a rate has no value
    shortest_window_seconds: int = Field(default=60, ge=1)
    query_timeout_seconds: float = Field(default=10.0, gt=0)
    console_dir: Path = Path(".belvedere/console")
    # folders and databases for the rows of models without /evaluations, and limits per evaluation
    data_folders: tuple[Path, ...] = ()
    databases: dict[str, DatabaseAddress] = Field(default_factory=dict)
    evaluation_limit_seconds: float = Field(default=1800.0, gt=0)
    evaluation_limit_bytes: int = Field(default=4 * 2**30, ge=256 * 2**20)

    @property
    def models_path(self) -> Path:
        return self.models_file or self.console_dir / "models.toml"

    @property
    def prometheus_sources(self) -> tuple[Source, ...]:
        """All sources; sessions start with the first one."""
        return self.sources or (
            Source(
                url=self.prometheus_url,
                headers=self.prometheus_headers,
                bearer_token=self.prometheus_bearer_token,
                username=self.prometheus_username,
                password=self.prometheus_password,
                tenant=self.prometheus_tenant,
                ca_file=self.prometheus_ca_file,
            ),
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        path = Path(os.environ.get(FILE_VARIABLE) or "console.toml")
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, path)
