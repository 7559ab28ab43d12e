"""The token that requests need which change the state of the service."""

import secrets

from fastapi import Depends, HTTPException, Request

from model_service.settings import Settings


async def require_token(request: Request) -> None:
    """Raise 401 unless the request has the token; without a token in the settings all pass."""
    settings: Settings = request.app.state.settings
    if settings.api_token is None:
        return
    expected = f"Bearer {settings.api_token.get_secret_value()}".encode()
    header = request.headers.get("authorization", "").encode()
    if not secrets.compare_digest(header, expected):
        raise HTTPException(
            401,
            "This request changes the state of the service: send the header "
            "'Authorization: Bearer TOKEN' with the token from BELVEDERE_API_TOKEN.",
            {"WWW-Authenticate": "Bearer"},
        )


PROTECTED = [Depends(require_token)]
