"""Sockets under guard: pinned to checked addresses, within one deadline and one size.

The HTTP engine asks this module for every connection and every byte, so neither a redirect, a
second lookup nor a slow header can get past it.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

import httpcore2

from credentials.errors import RejectedError
from service.addresses import Resolve, public_addresses

MAX_HEAD_BYTES = 64 * 1024
"""Header lines of one answer; real ones take under 2 kB."""

MAX_ATTEMPTS = 3
"""Addresses of one name that are tried: more only helps who wants us to wait."""

_HEAD_END = b"\r\n\r\n"


@dataclass(slots=True)
class Exchange:
    """One request and its answer, as the sockets see it.

    Attributes:
        deadline: on the monotonic clock, in seconds; for the exchange as a whole.
        received: bytes that came in.
        body_bytes: those of them behind the header lines.
    """

    deadline: float
    received: int = 0
    body_bytes: int = 0
    _head: bytes = field(default=b"", repr=False)
    _in_body: bool = False

    def remaining(self) -> float:
        """Seconds left; zero or less is too late."""
        return self.deadline - time.monotonic()

    def feed(self, chunk: bytes) -> None:
        """Count what came in.

        Raises:
            RejectedError: ``fetch_limit``: header lines without end.
        """
        self.received += len(chunk)
        if self._in_body:
            self.body_bytes += len(chunk)
            return
        self._head += chunk
        while _HEAD_END in self._head and not self._in_body:
            head, _, rest = self._head.partition(_HEAD_END)
            self._in_body = head[9:10] != b"1"  # 1xx answers come before the real one
            self._head, self.body_bytes = (b"", len(rest)) if self._in_body else (rest, 0)
        if len(self._head) > MAX_HEAD_BYTES:
            raise RejectedError("fetch_limit", f"more than {MAX_HEAD_BYTES} bytes of headers")


CURRENT: ContextVar[Exchange] = ContextVar("exchange")
"""The exchange of this thread; a connection is used by one thread at a time."""


class GuardedStream(httpcore2.NetworkStream):
    """A socket whose every wait ends at the exchange's deadline."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        """Wrap ``inner``."""
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there, within what is left of the deadline."""
        exchange = CURRENT.get()
        chunk = self._inner.read(max_bytes, timeout=_wait(exchange, timeout))
        exchange.feed(chunk)
        return chunk

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send, within what is left of the deadline."""
        self._inner.write(buffer, timeout=_wait(CURRENT.get(), timeout))

    def close(self) -> None:
        """Close the socket."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Speak TLS from here on; certificate and SNI are those of the name, not the address."""
        wait = _wait(CURRENT.get(), timeout)
        return GuardedStream(self._inner.start_tls(ssl_context, server_hostname, wait))

    def get_extra_info(self, info: str) -> object:
        """What the engine wants to know of the socket."""
        return self._inner.get_extra_info(info)


def _wait(exchange: Exchange, timeout: float | None) -> float:
    left = exchange.remaining()
    if left <= 0:
        raise httpcore2.ReadTimeout
    return min(left, timeout) if timeout is not None else left


class GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections to public addresses on port 443, and to the named local ones."""

    def __init__(
        self,
        *,
        resolve: Resolve,
        local: Mapping[tuple[str, int], str],
        inner: httpcore2.NetworkBackend | None = None,
    ) -> None:
        """Guard ``inner``.

        Args:
            resolve: how a name is looked up.
            local: host and port of development origins, to the address they stand for.
            inner: what opens sockets; the engine's own when left out.
        """
        self._resolve, self._local = resolve, dict(local)
        self._inner = inner or httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Look the name up once, check every answer, connect to one of them.

        Raises:
            RejectedError: ``address_forbidden``.
            UndeterminedError: ``fetch_failed``: the name leads nowhere.
        """
        exchange = CURRENT.get()
        if (host, port) in self._local:
            addresses = [self._local[host, port]]
        elif port != 443:  # noqa: PLR2004 - https
            raise RejectedError("address_forbidden", "only port 443")
        else:
            left = exchange.remaining()
            found = public_addresses(host, resolve=self._resolve, seconds=left)
            addresses = [str(address) for address in found[:MAX_ATTEMPTS]]
        for address in addresses[:-1]:
            try:
                wait = _wait(exchange, timeout) / len(addresses)
                stream = self._inner.connect_tcp(address, port, wait, local_address, socket_options)
                return GuardedStream(stream)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        wait = _wait(exchange, timeout)
        last = self._inner.connect_tcp(addresses[-1], port, wait, local_address, socket_options)
        return GuardedStream(last)
