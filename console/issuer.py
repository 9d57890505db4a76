"""Where the issuer's doors are: found by discovery, once."""

from dataclasses import dataclass

import httpx

from servicekit.problems import Problem
from servicekit.settings import Settings

DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Doors:
    """`authorize` is the browser's address, `token` is ours."""

    authorize: str
    token: str


class Issuer:
    """The settings' issuer. The development one is reached through the gateway's own address."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._settings = settings
        self._http = http
        self._doors: Doors | None = None

    async def doors(self) -> Doors:
        """Problem `unavailable` while the issuer does not answer."""
        if self._doors is None:
            self._doors = await self._discover()
        return self._doors

    async def _discover(self) -> Doors:
        if self._settings.development:
            base = self._settings.issuer.rstrip("/")
            inside = self._settings.gateway_url.rstrip("/")
            return Doors(f"{base}/oauth/authorize", f"{inside}/oauth/token")
        try:
            answer = await self._http.get(self._settings.issuer.rstrip("/") + DISCOVERY)
            answer.raise_for_status()
            told = answer.json()
            return Doors(str(told["authorization_endpoint"]), str(told["token_endpoint"]))
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise Problem("unavailable", "统一身份认证暂时没有应答，无法登录") from error
