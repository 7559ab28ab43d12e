"""The settings of the console: BELVEDERE_* variables, and a console.toml beside where it runs."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

FILE_VARIABLE = "BELVEDERE_CONSOLE_FILE"


class Source(BaseModel):
    """A Prometheus, or what speaks its API, and how one is let in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "Prometheus"
    url: str = "http://127.0.0.1:9090"
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    bearer_token: SecretStr | None = None
    username: str | None = None
    password: SecretStr | None = None
    tenant: str | None = None
    ca_file: Path | None = None


class Settings(BaseSettings):
    """Where the sources are. A model that `model_service_urls` does not name is reached at the
    `instance` of its `model_info`. Variables go before the file; without `sources` there is one
    Prometheus, at `prometheus_url`."""

    model_config = SettingsConfigDict(
        env_prefix="BELVEDERE_", frozen=True, env_ignore_empty=True, extra="forbid"
    )

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
    # models that others serve: see console.models_file; by default in `console_dir`
    models_file: Path | None = None
    api_token: SecretStr | None = None
    # at least four scrapes, else a rate over it knows nothing
    shortest_window_seconds: int = Field(default=60, ge=1)
    query_timeout_seconds: float = Field(default=10.0, gt=0)
    console_dir: Path = Path(".belvedere/console")

    @property
    def models_path(self) -> Path:
        return self.models_file or self.console_dir / "models.toml"

    @property
    def prometheuses(self) -> tuple[Source, ...]:
        """All of them, the first is where one starts."""
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
