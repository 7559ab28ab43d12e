"""How one is let in at a source: headers, bearer or basic authentication, tenant, CA file."""

from dataclasses import dataclass, field
from pathlib import Path

import requests

TENANT = "X-Scope-OrgID"


@dataclass(frozen=True)
class AuthSettings:
    """What a session carries; the tenant is the header that Mimir, Cortex and Loki read."""

    headers: dict[str, str] = field(default_factory=dict)
    bearer_token: str | None = field(default=None, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    tenant: str | None = None
    ca_file: Path | None = None

    def session(self) -> requests.Session:
        made = requests.Session()
        made.headers.update(self.headers)
        if self.bearer_token is not None:
            made.headers["Authorization"] = f"Bearer {self.bearer_token}"
        if self.tenant is not None:
            made.headers[TENANT] = self.tenant
        if self.basic is not None:
            made.auth = self.basic
        if self.ca_file is not None:
            made.verify = str(self.ca_file)
        return made
