"""How often somebody may knock: a bucket of tokens for each caller, in this process.

    app.state.rates.take("pin", code_hash)          # raises too_many_requests (429, Retry-After)

Codes and passkeys do not depend on it: five wrong PINs end a code, whoever sends them. It keeps one
caller from keeping all threads busy. With several processes each has buckets of its own.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

from fastapi import Request

from credentials.errors import RejectedError
from service.settings import RoleSettings

MAX_CALLERS = 20_000
"""Buckets kept, some 200 octets each; the one that was quiet longest goes first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket.

    Attributes:
        burst: how many at once.
        seconds: in which one more comes in.
    """

    burst: int
    seconds: float


RATES: Mapping[str, Rate] = {
    "token": Rate(1_000, 0.1),
    "pin": Rate(60, 2),
    "sign_in": Rate(100, 1),
    "recovery": Rate(10, 360),
    "share": Rate(60, 1),
    "relay": Rate(60, 5),
}
"""``token`` and ``sign_in`` for each address: a school behind one router, some times over. ``pin``
for each code: what a wallet may repeat in good faith; five wrong ones end the code itself.
``recovery`` for each address: ten an hour, which is no way to find 160 bits. ``share`` for each
address: a firm that opens what it was sent, and no search for ids. ``relay`` for each account."""


class TooManyRequestsError(RejectedError):
    """Come back later.

    Attributes:
        headers: ``Retry-After``, in seconds (RFC 9110, section 10.2.3).
    """

    def __init__(self, seconds: float) -> None:
        """Refuse for so long."""
        whole = max(math.ceil(round(seconds, 3)), 1)
        super().__init__("too_many_requests", f"{whole} seconds")
        self.headers = {"Retry-After": str(whole)}


class Rates:
    """The buckets of one service; safe for threads."""

    def __init__(
        self,
        rates: Mapping[str, Rate] = RATES,
        *,
        limited: bool = True,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """All buckets are full.

        Args:
            rates: by what is asked.
            limited: False lets everything in, for a measurement of something else.
            seconds: how time goes by; never set back, as a clock may be.
        """
        self._rates, self._limited, self._seconds = rates, limited, seconds
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, what: str, caller: str) -> None:
        """Take one token out of a caller's bucket.

        Args:
            what: a key of the rates.
            caller: ``client_of``, or the hash of a code.

        Raises:
            TooManyRequestsError: ``too_many_requests``: it is empty.
        """
        if not self._limited:
            return
        rate, now = self._rates[what], self._seconds()
        with self._lock:
            left, since = self._buckets.pop((what, caller), (float(rate.burst), now))
            left = min(left + (now - since) / rate.seconds, rate.burst)
            allowed = left >= 1
            self._buckets[what, caller] = (left - 1 if allowed else left, now)
            if len(self._buckets) > MAX_CALLERS:
                self._buckets.popitem(last=False)
        if not allowed:
            raise TooManyRequestsError((1 - left) * rate.seconds)


def limited(what: str) -> Callable[[Request], None]:
    """A dependency that takes a token of the caller's address before the handler runs.

    Args:
        what: a key of the rates; ``@router.post(path, dependencies=[Depends(limited("token"))])``.
    """

    def take(request: Request) -> None:
        """Take it, or refuse with 429."""
        rates: Rates = request.app.state.rates
        rates.take(what, client_of(request))

    return take


def client_of(request: Request) -> str:
    """The address that asks; of IPv6 the network of one customer, where addresses are free.

    Behind a proxy of our own it is the last address in ``X-Forwarded-For``: the proxy wrote that
    one, and anybody may have written those before it.
    """
    settings: RoleSettings = request.app.state.settings
    address = request.client.host if request.client else ""
    if settings.behind_proxy:
        address = request.headers.get("x-forwarded-for", address).rpartition(",")[2].strip()
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
