"""Authentication settings for a data source: headers, bearer or basic, tenant, CA file."""

from dataclasses import dataclass, field
from pathlib import Path

import requests

TENANT_HEADER = "X-Scope-OrgID"


@dataclass(frozen=True)
class AuthSettings:
    """How requests to a source authenticate. Mimir, Cortex and Loki read the tenant header."""

    headers: dict[str, str] = field(default_factory=dict)
    bearer_token: str | None = field(default=None, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    tenant: str | None = None
    ca_file: Path | None = None

    def build_session(self) -> requests.Session:
        """Build a session that sends these settings with every request."""
        session = requests.Session()
        session.headers.update(self.headers)
        if self.bearer_token is not None:
            session.headers["Authorization"] = f"Bearer {self.bearer_token}"
        if self.tenant is not None:
            session.headers[TENANT_HEADER] = self.tenant
        if self.basic is not None:
            session.auth = self.basic
        if self.ca_file is not None:
            session.verify = str(self.ca_file)
        return session
