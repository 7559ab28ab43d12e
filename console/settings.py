"""The settings of the console, read once at the edge from BELVEDERE_* variables."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where the sources are. A model that `model_service_urls` does not name is reached at the
    `instance` of its `model_info`."""

    model_config = SettingsConfigDict(env_prefix="BELVEDERE_", frozen=True, env_ignore_empty=True)

    prometheus_url: str = "http://127.0.0.1:9090"
    alertmanager_url: str = "http://127.0.0.1:9093"
    grafana_url: str | None = None
    model_service_urls: dict[str, str] = Field(default_factory=dict)
    api_token: SecretStr | None = None
    query_timeout_seconds: float = Field(default=10.0, gt=0)
