"""`/.well-known/…`: where everything is, and the public keys."""

from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from gateway.issuer.keys import SigningKeys
from servicekit import access
from servicekit.settings import Settings


def router(settings: Settings, keys: SigningKeys) -> APIRouter:
    """OpenID Connect Discovery (also where RFC 8414 looks) and the JWK set."""
    made = APIRouter(dependencies=[Depends(access.public())], include_in_schema=False)

    @made.get("/.well-known/openid-configuration")
    @made.get("/.well-known/oauth-authorization-server")
    async def configuration() -> dict[str, Any]:
        return _configuration(settings)

    @made.get("/.well-known/jwks.json")
    async def jwks() -> Response:
        headers = {"Cache-Control": "public, max-age=60"}
        return JSONResponse(await keys.jwks(), headers=headers)

    return made


def _configuration(settings: Settings) -> dict[str, Any]:
    base = settings.issuer.rstrip("/")
    return {
        "issuer": settings.issuer,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["openid", "filings:write", "filings:read"],
        "claims_supported": ["sub", "name", "org", "roles", "acting_for", "scope"],
        "authorization_response_iss_parameter_supported": True,
    }
