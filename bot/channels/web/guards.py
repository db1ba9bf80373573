"""What every request goes through: security headers, body size, client address, rate limits."""

from __future__ import annotations

from collections.abc import Mapping

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 64 * 1024

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class SecurityHeaders:
    """Adds the headers to every response; HSTS only when the public address is https."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyLimit:
    """Cuts off a request body that is larger than any message could be."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._max = max_bytes
        # Paths that receive files or long texts, for people who are logged in.
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0
        allowed = max(
            (size for path, size in self._larger.items() if scope["path"].startswith(path)), default=self._max
        )

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > allowed:
                raise BodyTooLarge
            return message

        try:
            await self._app(scope, limited, send)
        except BodyTooLarge:
            await send(
                {"type": "http.response.start", "status": 413, "headers": [(b"content-type", b"application/json")]}
            )
            body = '{"code": "too_long", "sentence": "Ce message est trop long. Raccourcissez-le."}'
            await send({"type": "http.response.body", "body": body.encode()})


class BodyTooLarge(Exception):
    """More bytes than `MAX_BODY_BYTES` arrived."""


class Limits:
    """Moving-window limits, in memory or shared through Redis."""

    def __init__(
        self, redis_url: str | None, messages_per_minute: int, conversations_per_hour: int, calls_per_minute: int
    ) -> None:
        # The limiter keeps only a weak reference to its storage.
        self._storage = storage_from_string(redis_url or "memory://")
        self._limiter = MovingWindowRateLimiter(self._storage)
        self.message = RateLimitItemPerMinute(messages_per_minute)
        self.conversation = RateLimitItemPerHour(conversations_per_hour)
        # Any call of one address: generous, since a whole town hall may share one; only against abuse.
        self.call = RateLimitItemPerMinute(calls_per_minute)
        self.login = RateLimitItemPerMinute(10)

    def allow(self, item: RateLimitItem, *who: str) -> bool:
        return self._limiter.hit(item, *who)


def client_address(request: Request) -> str:
    """The caller's IP address; uvicorn has already replaced it when a trusted proxy forwarded the request."""
    return request.client.host if request.client else "unknown"
