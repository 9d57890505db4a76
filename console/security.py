"""Headers of every answer, errors included: no script or style but our own files, no framing."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAPER_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; "
"""For a paper or material opened in a tab of its own: the browser's PDF viewer styles itself."""
CACHED = "/static/"


def policy(issuer: str) -> str:
    """The content security policy of pages; sign-in may end at the issuer."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            f"form-action 'self' {issuer}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ]
    )


class SecureHeaders:
    """Adds them where an answer has not set its own."""

    def __init__(self, app: ASGIApp, *, issuer: str, https: bool) -> None:
        self._app = app
        self._always = {
            "Content-Security-Policy": policy(issuer),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cache-Control": "no-store",
        }
        if https:
            self._always["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._always.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, answer)
