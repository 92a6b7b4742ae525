"""Strict CBOR (RFC 8949) for proof values: one spelling for each value, and bounded.

Integers, byte strings, UTF-8 strings, lists and maps, nothing else: no tags, no floating point, no
indefinite lengths. Whatever has a shorter spelling is refused (section 4.1), so that octets that
were read are the octets that would be written; only the order of a map's keys is left free.
"""

from credentials.errors import MalformedError

CborValue = int | bytes | str | list["CborValue"] | dict[int | bytes | str, "CborValue"]
"""What we read and write."""

MAX_BYTES = 512 * 1024
"""As for a whole token: a proof value is a part of one."""

MAX_DEPTH = 4
"""A proof value is a list of lists."""

MAX_ITEMS = 10_000
"""A signature a statement, for 5,000 statements; twice that is never reached."""

_INTEGER, _NEGATIVE, _OCTETS, _TEXT, _LIST, _MAP = range(6)
_INLINE, _WIDEST = 24, 27


def encode(value: CborValue) -> bytes:
    """Write a value in its deterministic spelling (section 4.2.1), keys sorted by their octets.

    Raises:
        ValueError: an integer beyond 64 bits, or a type that has no place here.
    """
    if isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004 - a wrong value like any other
    if isinstance(value, int):
        return _head(_INTEGER, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    if isinstance(value, bytes):
        return _head(_OCTETS, len(value)) + value
    if isinstance(value, str):
        octets = value.encode()
        return _head(_TEXT, len(octets)) + octets
    if isinstance(value, list):
        return _head(_LIST, len(value)) + b"".join(map(encode, value))
    if isinstance(value, dict):
        pairs = sorted((encode(key), encode(member)) for key, member in value.items())
        return _head(_MAP, len(value)) + b"".join(key + member for key, member in pairs)
    raise ValueError(type(value).__name__)


def decode(octets: bytes) -> CborValue:
    """Read exactly one value.

    Raises:
        MalformedError: ``cbor_invalid`` for anything but one value of this subset, within the
            limits, with nothing behind it.
    """
    if len(octets) > MAX_BYTES:
        raise MalformedError("cbor_invalid", f"{len(octets)} octets, limit {MAX_BYTES}")
    reader = _Reader(octets)
    value = reader.value(MAX_DEPTH)
    if reader.position != len(octets):
        raise MalformedError("cbor_invalid", f"{len(octets) - reader.position} octets left over")
    return value


def _head(kind: int, number: int) -> bytes:
    if number < _INLINE:
        return bytes([kind << 5 | number])
    if number < 1 << 8:
        return bytes((kind << 5 | _INLINE, number))
    for width, size in enumerate((2, 4, 8), start=1):
        if number < 1 << 8 * size:
            return bytes([kind << 5 | _INLINE + width]) + number.to_bytes(size, "big")
    raise ValueError(number)


class _Reader:
    """Walks over the octets; never takes more than there are."""

    def __init__(self, octets: bytes) -> None:
        self.position = 0
        self._octets = octets
        self._items = 0

    def value(self, depth: int) -> CborValue:
        """The next value, with at most ``depth`` levels of lists and maps in it."""
        kind, number = self._read_head()
        self._items += 1
        if self._items > MAX_ITEMS:
            raise MalformedError("cbor_invalid", f"more than {MAX_ITEMS} items")
        if kind == _INTEGER:
            return number
        if kind == _NEGATIVE:
            return -1 - number
        if kind == _OCTETS:
            return self._take(number)
        if kind == _TEXT:
            return self._text(number)
        if depth == 0:
            raise MalformedError("cbor_invalid", f"more than {MAX_DEPTH} levels")
        if number > len(self._octets) - self.position:  # each item takes an octet at least
            raise MalformedError("cbor_invalid", f"{number} items announced")
        if kind == _LIST:
            return [self.value(depth - 1) for _ in range(number)]
        return self._map(number, depth - 1)

    def _read_head(self) -> tuple[int, int]:
        position = self.position
        if position >= len(self._octets):
            raise MalformedError("cbor_invalid", "1 octets announced")
        first = self._octets[position]
        self.position = position + 1
        kind, number = first >> 5, first & 0x1F
        if kind > _MAP or number > _WIDEST:
            raise MalformedError("cbor_invalid", f"initial octet {first:#04x}")
        if number < _INLINE:
            return kind, number
        size = 1 << number - _INLINE
        long = int.from_bytes(self._take(size), "big")
        if long < (_INLINE if size == 1 else 1 << 4 * size):  # it fits into half of that
            raise MalformedError("cbor_invalid", "a number with a shorter spelling")
        return kind, long

    def _take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self._octets):
            raise MalformedError("cbor_invalid", f"{count} octets announced")
        taken = self._octets[self.position : end]
        self.position = end
        return taken

    def _text(self, count: int) -> str:
        try:
            return self._take(count).decode()
        except UnicodeDecodeError as error:
            raise MalformedError("cbor_invalid", "not UTF-8") from error

    def _map(self, count: int, depth: int) -> CborValue:
        members: dict[int | bytes | str, CborValue] = {}
        for _ in range(count):
            key = self.value(0)
            if isinstance(key, list | dict) or key in members:
                raise MalformedError("cbor_invalid", "a key that occurs twice")
            members[key] = self.value(depth)
        return members
