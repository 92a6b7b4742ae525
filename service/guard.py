"""What stands before every handler: Host, size and depth of the body, headers, one log line."""

import re
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from credentials.errors import CredentialError, MalformedError, RejectedError
from service.content_security import WITHOUT_SCRIPTS
from service.log import get_log
from service.problems import answer, problem_of
from service.settings import LOOPBACK_NAMES, RoleSettings, is_loopback

MAX_BODY_BYTES = 1024 * 1024
"""The largest message of the protocols is a presentation: 512 KiB."""

MAX_LIST_BYTES = 10 * 1024 * 1024
"""A list of some thousand people, for the routes that take one."""

MAX_JSON_DEPTH = 32
"""Real messages nest about 8 deep; the standard parser fails at some thousand."""

HEADERS = {
    "Content-Security-Policy": WITHOUT_SCRIPTS,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""On every answer."""

EXPOSED = "DPoP-Nonce, OAuth-Client-Attestation-Challenge, Retry-After, WWW-Authenticate"
"""What a script of another origin may read of an answer beside its body."""

ALLOWED = (
    "authorization, content-type, dpop, oauth-client-attestation, oauth-client-attestation-pop"
)
"""What it may send."""

STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"

_TOKENS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)


def json_depth(body: bytes, *, limit: int = MAX_JSON_DEPTH) -> int:
    """How deep the brackets nest, read from the bytes before any parser runs.

    Returns:
        The depth, or ``limit + 1`` as soon as it goes beyond the limit.
    """
    depth = deepest = 0
    for token in _TOKENS.finditer(body):
        first = token[0][:1]
        if first in b"[{":
            depth += 1
            deepest = max(deepest, depth)
            if depth > limit:
                return depth
        elif first in b"]}":
            depth -= 1
    return deepest


def allow_any_origin(headers: MutableHeaders) -> None:
    """Let scripts of other origins read this answer; never with cookies.

    For the endpoints that another wallet's browser page calls by their protocol.
    """
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = EXPOSED


def allow_origin(headers: MutableHeaders, origin: str) -> None:
    """Let the scripts of one other origin read this answer; never with cookies."""
    headers["Access-Control-Allow-Origin"] = origin
    headers.add_vary_header("Origin")


class Guard:
    """An ASGI wrapper: async because the protocol between server and application is."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        application: FastAPI,
        settings: RoleSettings,
        body_limits: Mapping[str, int],
        open_paths: tuple[str, ...],
        shared_paths: Mapping[str, frozenset[str]],
    ) -> None:
        """Wrap ``app``.

        Args:
            app: what answers in the end.
            application: whose state the answers to refused requests are made with.
            settings: say which hosts are ours and whether HSTS is sent.
            body_limits: path prefix to bytes, where it is not ``MAX_BODY_BYTES``.
            open_paths: path prefixes that scripts of other origins may read.
            shared_paths: path prefix to the only origins whose scripts may read it.
        """
        self.app, self.application, self.settings = app, application, settings
        self.body_limits, self.open_paths = body_limits, open_paths
        self.shared_paths = shared_paths
        self.hosts = settings.host_names | LOOPBACK_NAMES
        self.log = get_log(application.state.name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, pass on, and put the headers on whatever comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.perf_counter(), 0

        async def with_headers(message: Message) -> None:
            """Pass an answer on with the headers of every answer."""
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(MutableHeaders(scope=message), scope)
            await send(message)

        scope["app"] = self.application
        try:
            self._check_host(scope)
            body = await self._read_body(scope, receive)
        except CredentialError as error:
            response = answer(Request(scope), problem_of(error), headers={})
            await response(scope, receive, with_headers)
        else:
            if _is_preflight(scope) and self._may_read(scope):
                await _preflight(with_headers)
            else:
                await self.app(scope, _replay(body, receive), with_headers)
        # the template of the route, never the path: paths hold names of offers and requests
        route = getattr(scope.get("route"), "path", "-")
        spent = round((time.perf_counter() - start) * 1000, 1)
        self.log.info(
            "request", method=scope["method"], route=route, status=status, milliseconds=spent
        )

    def _check_host(self, scope: Scope) -> None:
        """Answer to our own names only: a foreign name pointing here is a rebinding attempt."""
        host = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
        if scope["path"] != "/health" and host not in self.hosts and not is_loopback(host):
            raise RejectedError("host_unknown", "the Host header names another site")

    async def _read_body(self, scope: Scope, receive: Receive) -> bytes:
        limits = [size for path, size in self.body_limits.items() if scope["path"].startswith(path)]
        limit = max(limits, default=MAX_BODY_BYTES)
        headers = Headers(scope=scope)
        announced = headers.get("content-length", "")
        if announced.isdigit() and int(announced) > limit:
            raise MalformedError("too_large", f"more than {limit} bytes")
        chunks, size, more = [], 0, True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > limit:
                raise MalformedError("too_large", f"more than {limit} bytes")
        body = b"".join(chunks)
        kind = headers.get("content-type", "")
        if ("json" in kind or not kind) and json_depth(body) > MAX_JSON_DEPTH:
            raise MalformedError("too_deep", f"more than {MAX_JSON_DEPTH} levels")
        return body

    def _add_headers(self, headers: MutableHeaders, scope: Scope) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self.settings.is_secure:
            headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        if scope["path"].startswith(self.open_paths):
            allow_any_origin(headers)
        elif self._may_read(scope):
            allow_origin(headers, Headers(scope=scope)["origin"])

    def _may_read(self, scope: Scope) -> bool:
        """Whether the scripts of the origin that asks may read what is answered on this path."""
        path, origin = scope["path"], Headers(scope=scope).get("origin")
        return path.startswith(self.open_paths) or any(
            path.startswith(shared) and origin in origins
            for shared, origins in self.shared_paths.items()
        )


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body that was read, once, and after it whatever the server has to say."""
    given = False

    async def replayed() -> Message:
        """The body first."""
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _is_preflight(scope: Scope) -> bool:
    return bool(scope["method"] == "OPTIONS" and Headers(scope=scope).get("origin"))


async def _preflight(send: Send) -> None:
    headers = [
        (b"access-control-allow-methods", b"GET, POST"),
        (b"access-control-allow-headers", ALLOWED.encode()),
        (b"access-control-max-age", b"600"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
