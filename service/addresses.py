"""Which names and addresses may be spoken to: an allow-list, for what it leaves out is refused.

Only names of the public DNS, only addresses of the public unicast space, and all of them: one
private answer among many refuses the name (rebinding, mixed A and AAAA answers).
"""

import re
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from credentials.errors import RejectedError, UndeterminedError

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, float], Sequence[Address]]
"""All addresses of a name, within that many seconds; raises UndeterminedError."""

MAX_URL = 2_000
"""Characters; the longest URL of the protocols is a status list with a query, under 300."""

_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_LONGEST_NAME = 253
_OWN_NETWORK = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "onion")
_NEVER_PUBLIC = ("example", "test", "invalid")  # RFC 6761: no lookup can succeed
_GLOBAL_V6 = IPv6Network("2000::/3")
_NOT_GLOBAL_V6 = (
    IPv6Network("2002::/16"),
    IPv6Network("2001::/23"),
    IPv6Network("2001:db8::/32"),
    IPv6Network("3fff::/20"),
)
_NOT_GLOBAL_V4 = IPv4Network("192.88.99.0/24")
_LOOKUPS = 4

_lookups = ThreadPoolExecutor(max_workers=_LOOKUPS, thread_name_prefix="lookup")


def is_public(address: Address) -> bool:
    """Whether an address is unicast on the public internet and hides no other one.

    Tunnels (6to4, Teredo), translated and mapped forms carry an IPv4 address inside: refused.
    """
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    if isinstance(address, IPv4Address):
        return address not in _NOT_GLOBAL_V4
    return address in _GLOBAL_V6 and not any(address in net for net in _NOT_GLOBAL_V6)


def _ends_in(host: str, suffixes: tuple[str, ...]) -> bool:
    return any(host == suffix or host.endswith("." + suffix) for suffix in suffixes)


def check_url(url: str) -> SplitResult:
    """Read a URL that a stranger gave us; nothing is looked up yet.

    Returns:
        Its parts; the scheme is https, the port 443, the host a full public name.

    Raises:
        RejectedError: ``address_forbidden``: another scheme or port, a user name, a bare
            address in any spelling, a name of one's own network, or no URL at all.
        UndeterminedError: ``fetch_failed``: a name that is reserved for examples.
    """
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>'):
        raise RejectedError("address_forbidden", "not a plain URL")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RejectedError("address_forbidden", "not a URL") from error
    if parts.scheme != "https" or port not in {None, 443} or "@" in parts.netloc:
        raise RejectedError("address_forbidden", "only https on port 443, without a user name")
    host = parts.hostname or ""
    if len(host) > _LONGEST_NAME or not _NAME.fullmatch(host) or _ends_in(host, _OWN_NETWORK):
        raise RejectedError("address_forbidden", "only full names of the public internet")
    if _ends_in(host, _NEVER_PUBLIC):
        raise UndeterminedError("fetch_failed", "a name reserved for examples leads nowhere")
    return parts


def _ask_system(host: str) -> list[str]:
    answers = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(socket_address[0]).split("%")[0] for *_, socket_address in answers]


def look_up(host: str, seconds: float) -> Sequence[Address]:
    """All addresses the system's resolver knows for a name.

    Raises:
        UndeterminedError: ``fetch_failed``: no answer, or not in time.
    """
    question = _lookups.submit(_ask_system, host)
    try:
        return [ip_address(answer) for answer in question.result(timeout=max(seconds, 0.001))]
    except (OSError, UnicodeError, FutureTimeoutError) as error:
        question.cancel()
        raise UndeterminedError("fetch_failed", "the name has no address") from error


def public_addresses(host: str, *, resolve: Resolve, seconds: float) -> list[Address]:
    """The addresses of a name, asked once; the caller connects to these and to no others.

    Args:
        host: a name that passed ``check_url``.
        resolve: ``look_up``, or a table in tests.
        seconds: how long the lookup may take.

    Raises:
        RejectedError: ``address_forbidden``: at least one of them is not public.
        UndeterminedError: ``fetch_failed``: there are none.
    """
    found = list(dict.fromkeys(resolve(host, seconds)))
    if not found:
        raise UndeterminedError("fetch_failed", "the name has no address")
    if not all(is_public(address) for address in found):
        raise RejectedError("address_forbidden", "the name leads to a private address")
    return found
