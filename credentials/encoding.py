"""Strict text and octets: base64url (RFC 4648) and JSON (RFC 7493, RFC 8785)."""

import binascii
import json
import math
import re
from collections.abc import Callable, Iterable
from json.encoder import encode_basestring
from json.scanner import make_scanner

from credentials.errors import MalformedError
from credentials.limits import MAX_JSON_DEPTH, MAX_JSON_ITEMS, MAX_TOKEN_BYTES

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
"""What JSON can say."""

JsonObject = dict[str, JsonValue]
"""A JSON object."""

MAX_SAFE_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exact (RFC 7493, section 2.2)."""

_TO_URL_ALPHABET = bytes.maketrans(b"+/", b"-_")
_FROM_URL_ALPHABET = bytes.maketrans(b"-_+/=", b"+/!!!")  # what no base64 holds is refused
_PADDING = (b"", None, b"==", b"=")  # by the number of characters beyond whole groups of four
_LAST = (None, None, frozenset("AQgw"), frozenset("AEIMQUYcgkosw048"))  # spare bits are zero
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*+"?', re.DOTALL)
_EMPTY = re.compile(rb"\[\s*+\]|\{\s*+\}")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NOT_BRACKETS = bytes(sorted(set(range(256)) - set(b"[]{}")))
_SAFE_DIGITS, _MAX_DIGITS = 15, 17  # with the sign: surely safe, and perhaps
_EXPONENTIAL_FROM = 21
_EXPONENTIAL_BELOW = -6


class NumberRefusedError(MalformedError):
    """``json_malformed``: a number that I-JSON does not know, such as 1e400 or NaN.

    Attributes:
        member: the member of the outermost object that holds it; None when it lies deeper.
    """

    def __init__(self, member: str | None = None) -> None:
        super().__init__("json_malformed", "a number outside I-JSON")
        self.member = member


def b64url_encode(octets: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return b64url_spell(octets).decode("ascii")


def b64url_spell(octets: bytes) -> bytes:
    """As ``b64url_encode``, for characters that are hashed or joined before they are text."""
    return binascii.b2a_base64(octets, newline=False).translate(_TO_URL_ALPHABET).rstrip(b"=")


def b64url_decode(text: str) -> bytes:
    """Read base64url in its one canonical spelling.

    Raises:
        MalformedError: ``base64_not_strict`` for padding, other characters, line breaks, or
            spare bits in the last character that are not zero.
    """
    beyond = len(text) % 4
    padding, last = _PADDING[beyond], _LAST[beyond]
    if padding is None or (last is not None and text[-1] not in last):
        raise MalformedError("base64_not_strict", f"{len(text)} characters")
    try:
        spelled = text.encode("ascii").translate(_FROM_URL_ALPHABET) + padding
        return binascii.a2b_base64(spelled, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError("base64_not_strict", f"{len(text)} characters") from error


def parse_json(
    data: bytes | str, *, max_bytes: int = MAX_TOKEN_BYTES, max_items: int = MAX_JSON_ITEMS
) -> JsonValue:
    """Read JSON that every reader understands alike (RFC 7493).

    Size, depth and number of items are measured before the parser runs.

    Raises:
        MalformedError: ``too_large`` (octets or items), ``too_deep``, ``json_duplicate_key``, or
            ``json_malformed``: not JSON, not UTF-8, a lone surrogate.
        NumberRefusedError: NaN, Infinity, a double or an integer outside I-JSON.
    """
    text = _measured_text(data, max_bytes, max_items)
    try:
        value = _scanned(text)
    except NumberRefusedError as error:
        raise NumberRefusedError(_member_of_refused(text)) from error
    except json.JSONDecodeError as error:
        raise MalformedError("json_malformed", f"at character {error.pos}") from error
    if "\\u" in text and _SURROGATE.search(text):
        compact_json(value)  # refuses a surrogate without its twin
    return value


def parse_json_object(
    data: bytes | str, *, max_bytes: int = MAX_TOKEN_BYTES, max_items: int = MAX_JSON_ITEMS
) -> JsonObject:
    """Read a JSON object as ``parse_json`` does.

    Raises:
        MalformedError: as there, and ``json_malformed`` for another JSON value.
    """
    value = parse_json(data, max_bytes=max_bytes, max_items=max_items)
    if not isinstance(value, dict):
        raise MalformedError("json_malformed", "expected an object")
    return value


def check_json(value: JsonValue) -> None:
    """Hold a value that another parser made against the same limits; costs no recursion.

    Raises:
        MalformedError: ``too_deep``, ``too_large`` (items), or ``json_malformed`` for a number
            outside I-JSON or a lone surrogate.
    """
    items, texts = 0, [""]
    level: list[JsonValue] = [value]
    for _ in range(MAX_JSON_DEPTH + 1):
        following: list[JsonValue] = []
        deeper = False
        texts += [node for node in level if isinstance(node, str)]
        for node in [node for node in level if not isinstance(node, str)]:
            if isinstance(node, dict):
                deeper = True
                items += len(node)
                texts.extend(node)
                following.extend(node.values())
            elif isinstance(node, list):
                deeper = True
                items += len(node)
                following.extend(node)
            elif node is not None:
                _check_number(node)
        if items > MAX_JSON_ITEMS:
            raise MalformedError("too_large", f"more than {MAX_JSON_ITEMS} items")
        if not deeper:
            _check_texts(texts)
            return
        level = following
    raise MalformedError("too_deep", f"more than {MAX_JSON_DEPTH} levels")


def compact_json(value: JsonValue) -> bytes:
    """Our own output: UTF-8, sorted names, no blanks; not JCS for unusual numbers and names.

    Raises:
        MalformedError: ``json_malformed`` for NaN, Infinity or a lone surrogate.
    """
    try:
        return "".join(_SORTED(value, 0)).encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedError("json_malformed", "a lone surrogate") from error
    except ValueError as error:
        raise NumberRefusedError from error


def json_octets(value: JsonValue) -> bytes:
    """As ``compact_json``, with names in the order in which they stand.

    Raises:
        MalformedError: as ``compact_json``.
    """
    try:
        if isinstance(value, str):
            return encode_basestring(value).encode("utf-8")
        return "".join(_AS_IT_STANDS(value, 0)).encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedError("json_malformed", "a lone surrogate") from error
    except ValueError as error:
        raise NumberRefusedError from error


def canonical_json(value: JsonValue) -> bytes:
    """JSON Canonicalization Scheme (RFC 8785).

    Raises:
        MalformedError: ``json_malformed`` for NaN, Infinity, an integer that is not exact as a
            double, or a lone surrogate.
    """
    try:
        return _canonical(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedError("json_malformed", "a lone surrogate") from error


def _scanned(text: str) -> JsonValue:
    """One value and nothing around it; what is otherwise, the decoder reads or refuses."""
    try:
        value, end = _SCAN(text, 0)
    except StopIteration:  # no value begins here
        end, value = -1, None
    if end == len(text):
        return value
    decoded: JsonValue = _DECODER.decode(text)
    return decoded


def _measured_text(data: bytes | str, max_bytes: int, max_items: int) -> str:
    try:
        octets = data.encode("utf-8") if isinstance(data, str) else data
        if len(octets) > max_bytes:
            raise MalformedError("too_large", f"{len(octets)} octets, limit {max_bytes}")
        _measure(octets, max_items)
        return data if isinstance(data, str) else octets.decode("utf-8")
    except UnicodeError as error:
        raise MalformedError("json_malformed", "not UTF-8") from error


def _measure(octets: bytes, max_items: int) -> None:
    """Depth and items, without parsing; exact only where the quick count does not settle it."""
    opened = octets.count(b"[") + octets.count(b"{")
    if opened <= MAX_JSON_DEPTH and (
        len(octets) <= max_items or octets.count(b",") + opened <= max_items
    ):
        return
    bare = _STRING.sub(b"0", octets)
    depth = 0
    for bracket in bare.translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_JSON_DEPTH:
            raise MalformedError("too_deep", f"more than {MAX_JSON_DEPTH} levels")
    filled = bare.count(b"[") + bare.count(b"{") - len(_EMPTY.findall(bare))
    if bare.count(b",") + filled > max_items:
        raise MalformedError("too_large", f"more than {max_items} items")


def _unique(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedError("json_duplicate_key", "a name occurs twice in one object")
    return members


def _integer(digits: str) -> int:
    if len(digits) <= _SAFE_DIGITS:
        return int(digits)
    if len(digits) > _MAX_DIGITS or abs(number := int(digits)) > MAX_SAFE_INTEGER:
        raise NumberRefusedError
    return number


def _double(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NumberRefusedError
    return number


def _refuse_constant(_name: str) -> float:
    raise NumberRefusedError


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=_integer,
    parse_float=_double,
    parse_constant=_refuse_constant,
)
_SCAN: Callable[[str, int], tuple[JsonValue, int]] = make_scanner(_DECODER)  # type: ignore[arg-type]  # its stub asks for itself
_LENIENT = json.JSONDecoder(parse_int=float)


def _writer(*, sort_keys: bool) -> Callable[[JsonValue, int], Iterable[str]]:
    """What ``JSONEncoder.encode`` would make anew for every value; its second argument is 0."""
    encoder = json.JSONEncoder(
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=sort_keys,
        separators=(",", ":"),
        check_circular=False,
    )
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # an interpreter without it
        return lambda value, _: encoder.encode(value)
    written: Callable[[JsonValue, int], Iterable[str]] = make(
        markers=None,
        default=encoder.default,
        encoder=encode_basestring,
        indent=None,
        key_separator=":",
        item_separator=",",
        sort_keys=sort_keys,
        skipkeys=False,
        allow_nan=False,
    )
    return written


_SORTED = _writer(sort_keys=True)
_AS_IT_STANDS = _writer(sort_keys=False)


def _member_of_refused(text: str) -> str | None:
    try:
        outermost = _LENIENT.decode(text)
    except json.JSONDecodeError:
        return None
    if isinstance(outermost, dict):
        for name, value in outermost.items():
            if isinstance(value, float) and not abs(value) <= MAX_SAFE_INTEGER:
                return str(name)
    return None


def _check_number(node: object) -> None:
    if isinstance(node, int):
        if abs(node) > MAX_SAFE_INTEGER:
            raise NumberRefusedError
    elif not isinstance(node, float):
        raise MalformedError("json_malformed", f"a value of type {type(node).__name__}")
    elif not math.isfinite(node):
        raise NumberRefusedError


def _check_texts(texts: list[str]) -> None:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:
        raise MalformedError("json_malformed", "a lone surrogate") from error
    except TypeError as error:
        raise MalformedError("json_malformed", "a name that is no string") from error


def _canonical(value: JsonValue) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):  # RFC 8785, 3.2.3: by UTF-16 code units
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        members = (f"{encode_basestring(name)}:{_canonical(value[name])}" for name in names)
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_canonical, value))}]"
    return _canonical_number(value)


def _canonical_number(value: float) -> str:
    """Number.prototype.toString of ECMAScript (RFC 8785, 3.2.2.3)."""
    if isinstance(value, int):
        if abs(value) > MAX_SAFE_INTEGER:
            raise NumberRefusedError
        return str(value)
    if not math.isfinite(value):
        raise NumberRefusedError
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= _EXPONENTIAL_FROM:
        return sign + digits + "0" * (point - count)
    if 0 < point <= _EXPONENTIAL_FROM:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if _EXPONENTIAL_BELOW < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if count > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"
