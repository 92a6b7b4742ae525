"""Text and octets that say what they are (multiformats): multibase, base58btc, varints."""

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import MalformedError

MAX_BASE58_CHARACTERS = 512
"""Base58 costs quadratic time; the longest key or signature we read has 140 characters."""

MAX_VARINT_BYTES = 9
"""Unsigned varints end here (multiformats, unsigned-varint)."""

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_NO_DIGIT = 255
_BASE58_DIGITS = bytes(
    _BASE58.index(chr(code)) if chr(code) in _BASE58 else _NO_DIGIT for code in range(256)
)
_BASE58_STEP = 10  # so many digits fit into a machine word
_BASE58_POWERS = [58**count for count in range(_BASE58_STEP + 1)]


def base58_encode(octets: bytes) -> str:
    """Base58 with the Bitcoin alphabet (draft-msporny-base58)."""
    number = int.from_bytes(octets, "big")
    digits = ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    zeros = len(octets) - len(octets.lstrip(b"\0"))
    return "1" * zeros + digits


def base58_decode(text: str) -> bytes:
    """Read base58 with the Bitcoin alphabet.

    Raises:
        MalformedError: ``multibase_malformed`` for another character, or more than
            ``MAX_BASE58_CHARACTERS``.
    """
    if len(text) > MAX_BASE58_CHARACTERS:
        raise MalformedError("multibase_malformed", f"{len(text)} characters of base58")
    try:
        digits = text.encode("ascii").translate(_BASE58_DIGITS)
    except UnicodeEncodeError as error:
        raise MalformedError("multibase_malformed", "a character outside base58") from error
    if _NO_DIGIT in digits:
        raise MalformedError("multibase_malformed", "a character outside base58")
    number = 0
    for start in range(0, len(digits), _BASE58_STEP):
        part, some = 0, digits[start : start + _BASE58_STEP]
        for digit in some:
            part = part * 58 + digit
        number = number * _BASE58_POWERS[len(some)] + part
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def multibase_encode(octets: bytes, base: str = "z") -> str:
    """Multibase text: ``z`` for base58btc, ``u`` for base64url (Controlled Identifiers 1.0, 2.4).

    Raises:
        ValueError: another base.
    """
    if base == "z":
        return "z" + base58_encode(octets)
    if base == "u":
        return "u" + b64url_encode(octets)
    raise ValueError(base)


def multibase_decode(text: str) -> bytes:
    """Read multibase text of base58btc or base64url.

    Raises:
        MalformedError: ``multibase_malformed``, or ``base64_not_strict`` behind a ``u``.
    """
    if text.startswith("z"):
        return base58_decode(text[1:])
    if text.startswith("u"):
        return b64url_decode(text[1:])
    raise MalformedError("multibase_malformed", "expected the prefix z or u")


def varint_encode(number: int) -> bytes:
    """Unsigned varint: seven bits an octet, the lowest first (multiformats)."""
    octets = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    octets.append(number)
    return bytes(octets)


def varint_decode(octets: bytes) -> tuple[int, bytes]:
    """Read one unsigned varint; returns it with the octets behind it.

    Raises:
        MalformedError: ``varint_malformed`` when it is cut short, too long or not minimal.
    """
    number = 0
    for position, octet in enumerate(octets[:MAX_VARINT_BYTES]):
        number |= (octet & 0x7F) << (7 * position)
        if octet < 0x80:  # noqa: PLR2004 - the high bit says that more follow
            if octet == 0 and position:
                raise MalformedError("varint_malformed", "not minimal")
            return number, octets[position + 1 :]
    raise MalformedError("varint_malformed", "no last octet")
