"""Settings of the service, read once at start from BELVEDERE_* environment variables."""

from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from model_service.errors import StartError


class Settings(BaseSettings):
    """Settings of one service; the names carry their units. No secret has a default."""

    model_config = SettingsConfigDict(env_prefix="BELVEDERE_", frozen=True, env_ignore_empty=True)

    data_dir: Path = Path(".belvedere/data")
    database_url: str | None = None
    database_wait_seconds: float = Field(default=0.0, ge=0)
    api_token: SecretStr | None = None
    log_durability: Literal["process", "power"] = "process"
    log_max_bytes: int | None = Field(default=None, ge=65_536)
    most_rows: int = Field(default=250_000, ge=1)
    most_body_bytes: int = Field(default=64 * 2**20, ge=1024)
    queue_limit: int = Field(default=20, ge=0)
    spare_workers: int = Field(default=1, ge=0, le=1)
    evaluation_limit_seconds: float = Field(default=600.0, gt=0)
    evaluation_limit_bytes: int = Field(default=4 * 2**30, ge=256 * 2**20)
    lease_seconds: float = Field(default=10.0, ge=1.0)
    keep_log_days: float | None = Field(default=None, gt=0)
    keep_evaluations_days: float | None = Field(default=None, gt=0)
    keep_reports_days: float | None = Field(default=180.0, gt=0)
    keep_uploads_days: float = Field(default=7.0, gt=0)
    # of models that classify images
    low_confidence: float = Field(default=0.7, ge=0, le=1)
    max_image_bytes: int = Field(default=10 * 2**20, ge=1024)
    image_threads: int = Field(default=2, ge=1)
    image_queue_limit: int = Field(default=64, ge=1)
    user_salt: SecretStr | None = None
    keep_images: bool = False
    keep_images_days: float = Field(default=7.0, gt=0)
    # of a zip of pictures, uncompressed
    max_archive_files: int = Field(default=20_000, ge=1)
    max_archive_bytes: int = Field(default=2 * 2**30, ge=1024)

    def database(self, model: str) -> str:
        """Return the database URL of a model: by default SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / model}.db"

    def incoming(self, model: str) -> Path:
        """Return the folder where posted rows wait for their evaluation."""
        return self.data_dir / "incoming" / model

    def uploads(self, model: str) -> Path:
        """Return the folder of uploaded files of rows."""
        return self.data_dir / "uploads" / model

    def thumbnails(self, model: str) -> Path:
        """Return the folder of thumbnails of pictures, where they are kept."""
        return self.data_dir / "thumbnails" / model

    def reports(self, model: str) -> Path:
        """Return the folder of the reports of evaluations."""
        return self.data_dir / "reports" / model

    def refuse_open_door(self, host: str) -> None:
        """Raise StartError for an address beyond this machine without a token."""
        if self.api_token is None and not _is_loopback(host):
            raise StartError(
                f"The service would listen on {host} without a token: anyone who reaches it "
                "could change its state. Set BELVEDERE_API_TOKEN (openssl rand -hex 32 prints "
                "one), or listen on 127.0.0.1."
            )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
