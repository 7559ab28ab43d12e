"""A salted hash that tells users apart without storing who they are."""

import hashlib
import secrets

from fastapi import Request
from pydantic import SecretStr

DIGEST_BYTES = 16


class UserHash:
    """Hashes the client's address with its user agent; only the hash leaves this class.

    The key comes from BELVEDERE_USER_SALT, or is random: then hashes are not comparable across
    restarts and replicas. The address is that of uvicorn, which honours X-Forwarded-For from the
    proxies in FORWARDED_ALLOW_IPS (by default 127.0.0.1).
    """

    def __init__(self, salt: SecretStr | None) -> None:
        text = secrets.token_hex() if salt is None else salt.get_secret_value()
        self._key = hashlib.blake2b(text.encode(), digest_size=32).digest()

    def of(self, request: Request) -> str:
        """Return the hash of a request's user: 32 hexadecimal digits."""
        address = request.client.host if request.client else ""
        agent = request.headers.get("user-agent", "")
        content = f"{address}\n{agent}".encode()
        return hashlib.blake2b(content, key=self._key, digest_size=DIGEST_BYTES).hexdigest()
