"""Everything the services ask of the internet, and the only code that opens sockets for it.

https on port 443, to public addresses that were looked up once; no redirect; five seconds and
1 MB for the whole answer; no cookies, no proxy from the environment. The one exception is an
exact list of development origins, accepted only on a machine nobody else can reach.
"""

import ssl
import time
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from threading import Lock
from typing import Protocol
from urllib.parse import urlsplit

import httpcore2
import httpx2

from credentials.errors import CredentialError, RejectedError, UndeterminedError
from service.addresses import Resolve, check_url, look_up
from service.clock import Clock, system_clock
from service.connections import CURRENT, Exchange, GuardedBackend
from service.settings import check_dev_origins, origin_of

MAX_SECONDS = 5.0
"""For lookup, connection, question and answer together: a person is waiting."""

MAX_BYTES = 1024 * 1024
"""After decompression; the largest status list we publish takes 261 kB."""

MAX_FRESH = timedelta(hours=1)
"""No longer than this is a document used unasked, whatever its sender says."""

CACHE_ENTRIES = 256
"""Documents of issuers: a verifier meets some tens of them."""

CACHE_BYTES = 16 * 1024 * 1024
"""All cached documents together."""

JSON = ("application/json",)
DOCUMENTS = (
    "application/json",
    "application/did+json",
    "application/did+ld+json",
    "application/did",
    "application/ld+json",
    "application/vc",
    "application/vc+jwt",
    "application/statuslist+jwt",
    "application/trustlist+jwt",
    "application/jwt",
    "application/oauth-authz-req+jwt",
    "text/plain",
)
"""What ``get_body`` accepts: signed or self-naming documents, never a page."""

ANYTHING = ("*/*",)

TOLD = ("dpop-nonce", "retry-after")
"""Headers that a protocol waits for: OpenID4VCI, section 9, and RFC 9449, section 8."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer.

    Attributes:
        status: of HTTP; every one but redirects is an answer.
        body: decompressed.
        content_type: without parameters, in lower case.
        etag: None where there is none.
        told: those of ``TOLD`` that came along.
    """

    status: int
    body: bytes
    content_type: str
    etag: str | None = None
    told: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, body: bytes, headers: httpx2.Headers) -> "Fetched":
        """An answer with what we read of its headers."""
        content_type = headers.get("content-type", "").split(";")[0].strip().lower()
        told = {name: headers[name] for name in TOLD if name in headers}
        return cls(status, body, content_type, headers.get("etag"), told)


class Http(Protocol):
    """What the roles need of the internet: ``Fetcher``, or in tests the other applications."""

    def get(
        self,
        url: str,
        *,
        accept: Sequence[str] = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Ask for a document."""
        ...

    def post(
        self,
        url: str,
        *,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Send a message."""
        ...

    def get_body(self, url: str) -> bytes:
        """The body of a document that was found."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    fetched: Fetched
    fresh_until: datetime


class _Cache:
    """Documents by address, least recently used out first; safe for threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._bytes, self._lock = 0, Lock()

    def find(self, key: tuple[str, ...]) -> _Kept | None:
        """What is kept under this key, fresh or not."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: tuple[str, ...], kept: _Kept) -> None:
        """Keep it, and let go of the oldest where there is too much."""
        with self._lock:
            self._drop(key)
            self._kept[key] = kept
            self._bytes += len(kept.fetched.body)
            while self._bytes > CACHE_BYTES or len(self._kept) > CACHE_ENTRIES:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[str, ...]) -> None:
        old = self._kept.pop(key, None)
        self._bytes -= len(old.fetched.body) if old else 0


class Fetcher:
    """The guarded client; one per service, shared by its threads."""

    def __init__(
        self,
        *,
        dev_origins: Mapping[str, str] | None = None,
        own_addresses: Sequence[str] = (),
        clock: Clock = system_clock,
        resolve: Resolve = look_up,
        trust: ssl.SSLContext | None = None,
        backend: httpcore2.NetworkBackend | None = None,
        seconds: float = MAX_SECONDS,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            dev_origins: exact https origin to exact http origin on this machine.
            own_addresses: where this service can be reached, for the check of that list.
            clock: decides how long cached documents are fresh.
            resolve: looks names up.
            trust: the certificate authorities; the system's when left out.
            backend: opens sockets; the engine's own when left out.
            seconds: the deadline of one exchange.

        Raises:
            RejectedError: ``config_dev_origins``.
        """
        self._dev_origins = dict(dev_origins or {})
        check_dev_origins(self._dev_origins, own_addresses=tuple(own_addresses))
        self._clock, self._seconds, self._cache = clock, seconds, _Cache()
        guard = GuardedBackend(resolve=resolve, local=_local(self._dev_origins), inner=backend)
        self._client = httpx2.Client(
            transport=_Transport(guard, trust or httpx2.create_ssl_context(trust_env=False)),
            trust_env=False,
            timeout=seconds,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": "skillspass", "Accept-Encoding": "gzip"},
        )

    def close(self) -> None:
        """Close the connections that are kept for reuse."""
        self._client.close()

    def get(
        self,
        url: str,
        *,
        accept: Sequence[str] = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Ask for a document, or take it from the cache while its sender calls it fresh.

        Args:
            url: https.
            accept: media types; a document that is found must have one of them.
            headers: for example ``Authorization``; with any, nothing is cached.

        Raises:
            RejectedError: ``address_forbidden``, ``redirect_forbidden``, ``fetch_limit``.
            UndeterminedError: ``fetch_failed``: no answer, or not of the media type asked.
        """
        key, now = (url, *accept), self._clock()
        kept = None if headers else self._cache.find(key)
        if kept and now < kept.fresh_until:
            return kept.fetched
        asked = {"Accept": ", ".join(accept), **(headers or {})}
        if kept and kept.fetched.etag:
            asked["If-None-Match"] = kept.fetched.etag
        fetched, control = self._exchange("GET", url, headers=asked, content=None)
        if fetched.status == 304 and kept:  # noqa: PLR2004 - not modified
            fetched = kept.fetched
        if fetched.status == 200:  # noqa: PLR2004 - found
            _check_type(fetched.content_type, accept)
            if not headers and (control.age or fetched.etag) and not control.no_store:
                self._cache.keep(key, _Kept(fetched, now + control.age))
        return fetched

    def post(
        self,
        url: str,
        *,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Send a message; the answer may be of any status but a redirect.

        Args:
            url: https.
            body: as it goes over the wire.
            content_type: its media type.
            headers: more of them, such as ``Authorization``.

        Raises:
            RejectedError: ``address_forbidden``, ``redirect_forbidden``, ``fetch_limit``.
            UndeterminedError: ``fetch_failed``.
        """
        sent = {"Accept": "application/json", **(headers or {}), "Content-Type": content_type}
        return self._exchange("POST", url, headers=sent, content=body)[0]

    def get_body(self, url: str) -> bytes:
        """The body of a document, for the kernel (``credentials.model.Get``).

        Raises:
            RejectedError: as ``get``.
            UndeterminedError: ``fetch_failed``: also for every status but 200.
        """
        fetched = self.get(url, accept=DOCUMENTS)
        if fetched.status != 200:  # noqa: PLR2004 - found
            raise UndeterminedError("fetch_failed", f"status {fetched.status}")
        return fetched.body

    def _exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes | None
    ) -> "tuple[Fetched, _Control]":
        exchange = Exchange(deadline=time.monotonic() + self._seconds)
        token = CURRENT.set(exchange)
        try:
            target = self._target(url)
            with self._client.stream(method, target, headers=headers, content=content) as answer:
                return _read(answer, exchange), _Control.of(answer.headers)
        except httpx2.TimeoutException as error:
            if exchange.received:  # it dribbles; a server that says nothing may just be down
                raise RejectedError("fetch_limit", f"more than {self._seconds} seconds") from error
            raise UndeterminedError("fetch_failed", "no answer in time") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            raise UndeterminedError("fetch_failed", type(error).__name__) from error
        finally:
            CURRENT.reset(token)

    def _target(self, url: str) -> str:
        try:
            origin = origin_of(url)
        except CredentialError as error:
            raise RejectedError("address_forbidden", "not an https URL") from error
        local = self._dev_origins.get(origin)
        if local is None:
            parts = check_url(url)
            return parts._replace(fragment="").geturl()
        parts = urlsplit(url)
        if "@" in parts.netloc:
            raise RejectedError("address_forbidden", "no user name in a URL")
        return local + parts._replace(scheme="", netloc="", fragment="").geturl()


class _Transport(httpx2.HTTPTransport):
    """The client's own transport over guarded sockets; its constructor has no seat for them."""

    def __init__(self, guard: GuardedBackend, trust: ssl.SSLContext) -> None:
        super().__init__(verify=trust, trust_env=False)
        self._pool.close()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=trust,
            max_connections=32,
            max_keepalive_connections=16,
            keepalive_expiry=30,
            network_backend=guard,
        )


@dataclass(frozen=True, slots=True)
class _Control:
    """What the sender says about keeping its answer."""

    age: timedelta
    no_store: bool

    @staticmethod
    def of(headers: httpx2.Headers) -> "_Control":
        """Read ``Cache-Control`` (RFC 9111, section 5.2.2)."""
        words = [word.strip().lower() for word in headers.get("cache-control", "").split(",")]
        ages = [word[8:] for word in words if word.startswith("max-age=")]
        seconds = int(ages[0][:9]) if ages and ages[0].isdigit() and "no-cache" not in words else 0
        return _Control(min(timedelta(seconds=seconds), MAX_FRESH), "no-store" in words)


def _local(dev_origins: Mapping[str, str]) -> dict[tuple[str, int], str]:
    """Host and port as the engine will ask for them, to the address they stand for."""
    local = {}
    for origin in dev_origins.values():
        parts = urlsplit(origin)
        host = parts.hostname or ""
        named = host.rpartition(".")[2] == "localhost"
        local[host, parts.port or 80] = "127.0.0.1" if named else host
    return local


def _check_type(content_type: str, accept: Sequence[str]) -> None:
    if content_type not in accept and "*/*" not in accept:
        raise UndeterminedError("fetch_failed", f"answered with {content_type[:60] or 'no type'}")


def _read(answer: httpx2.Response, exchange: Exchange) -> Fetched:
    """Read the whole answer, in pieces and never beyond the limit."""
    if answer.status_code // 100 == 3 and answer.status_code != 304:  # noqa: PLR2004 - leads away
        raise RejectedError("redirect_forbidden", f"status {answer.status_code}")
    announced = answer.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > MAX_BYTES:
        raise RejectedError("fetch_limit", f"announces more than {MAX_BYTES} bytes")
    body = _inflate(answer)
    if announced.isdigit() and exchange.body_bytes > int(announced):
        raise RejectedError("fetch_limit", "sends more than it announced")
    return Fetched.of(answer.status_code, body, answer.headers)


def _inflate(answer: httpx2.Response) -> bytes:
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", ""}:
        raise UndeterminedError("fetch_failed", "an encoding that was not asked")
    gzip = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    body = bytearray()
    for chunk in answer.iter_raw():
        try:
            body += gzip.decompress(chunk, MAX_BYTES + 1 - len(body)) if gzip else chunk
        except zlib.error as error:
            raise UndeterminedError("fetch_failed", "broken gzip") from error
        if len(body) > MAX_BYTES:
            raise RejectedError("fetch_limit", f"more than {MAX_BYTES} bytes")
    if gzip and (not gzip.eof or gzip.unused_data) and body:
        raise UndeterminedError("fetch_failed", "not one whole gzip stream")
    return bytes(body)
