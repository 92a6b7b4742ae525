"""Token Status List (draft-ietf-oauth-status-list): many statuses in one signed token."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from credentials.certificates import write_chain
from credentials.encoding import JsonObject, JsonValue, b64url_decode, b64url_encode
from credentials.errors import CredentialError, MalformedError, UndeterminedError
from credentials.jose import numeric_date, peek, sign_compact
from credentials.keys import PublicKey, Signer
from credentials.limits import CLOCK_SKEW, MAX_STATUS_LIST_BYTES

TYPE = "statuslist+jwt"
VALID, REVOKED, SUSPENDED = 0, 1, 2
"""Status values (section 7.1); the application gives larger ones meaning."""

WIDTHS = (1, 2, 4, 8)
"""Bits of one status (section 4.1)."""

_OCTET_BITS = 8


@dataclass(frozen=True, slots=True)
class TokenStatusList:
    """A status list whose signature held; for its dates see ``check_list``.

    Attributes:
        uri: its address, which is also its subject.
        expires: no use after this moment; None where the issuer sets none.
        time_to_live: how long a copy may be kept; None where the issuer says nothing.
    """

    uri: str
    issued_at: datetime
    expires: datetime | None
    time_to_live: timedelta | None
    bits: int
    _octets: bytes = field(repr=False)

    def status(self, index: int) -> int:
        """The status at ``index`` (from 0).

        Raises:
            MalformedError: ``status_index_invalid``.
        """
        return _at(self._octets, index, self.bits)

    @property
    def size(self) -> int:
        """How many octets it takes, inflated."""
        return len(self._octets)


def encode(statuses: bytes | Sequence[int], *, bits: int) -> bytes:
    """Pack one status after another and compress the octets (sections 4.1 and 4.2).

    Args:
        statuses: the status of each index, from 0.
        bits: 1, 2, 4 or 8 for each status.

    Returns:
        One zlib stream.

    Raises:
        MalformedError: ``status_list_malformed`` for another width, ``status_list_too_large``, or
            ``status_invalid`` for a status that does not fit.
    """
    _check_width(bits)
    if len(statuses) * bits > MAX_STATUS_LIST_BYTES * _OCTET_BITS:
        raise MalformedError("status_list_too_large", f"{len(statuses)} statuses")
    if any(not 0 <= status < 1 << bits for status in set(statuses)):
        raise MalformedError("status_invalid", f"a status of more than {bits} bits")
    each = _OCTET_BITS // bits
    single = bytes(statuses) + bytes(-len(statuses) % each)
    packed = 0
    for place in range(each):  # the lowest bits of an octet come first
        packed |= int.from_bytes(single[place::each], "little") << place * bits
    return zlib.compress(packed.to_bytes(len(single) // each, "little"), 9)


def status_at(compressed: bytes, index: int, *, bits: int) -> int:
    """Read the status at ``index`` (from 0) of a list whose statuses are ``bits`` wide.

    Returns:
        0 valid, 1 revoked, 2 suspended; the application gives larger values meaning.

    Raises:
        MalformedError: ``status_list_malformed`` (a width other than 1, 2, 4 or 8, not one whole
            zlib stream), ``status_list_too_large``, ``status_index_invalid`` (section 8.3).
    """
    _check_width(bits)
    return _at(_inflate(compressed), index, bits)


def sign_list(
    compressed: bytes,
    *,
    bits: int,
    uri: str,
    signer: Signer,
    at: datetime,
    lifetime: timedelta,
    time_to_live: timedelta,
    chain: Sequence[bytes] = (),
) -> str:
    """Write the status list token (section 5.1); its ``kid`` is the signer's key id.

    Args:
        compressed: what ``encode`` made.
        bits: the width it was made with.
        uri: where it is published.
        signer: the issuer's key, or that of a publisher whom the issuer names.
        at: now.
        lifetime: until ``exp``.
        time_to_live: how long readers may keep a copy.
        chain: certificates in DER, the leaf of the signer first, in place of ``kid``.
    """
    header: JsonObject = {"typ": TYPE}
    if chain:
        header["x5c"] = write_chain(chain)
    elif signer.public.key_id is not None:
        header["kid"] = signer.public.key_id
    payload: JsonObject = {
        "sub": uri,
        "iat": int(at.timestamp()),
        "exp": int((at + lifetime).timestamp()),
        "ttl": int(time_to_live.total_seconds()),
        "status_list": {"bits": bits, "lst": b64url_encode(compressed)},
    }
    return sign_compact(header, payload, signer)


@dataclass(frozen=True, slots=True)
class NamedKey:
    """How a list names the key that signed it; a claim, no proof.

    Attributes:
        key_id: ``kid``, or the verification method of a proof.
        chain: ``x5c`` in place of a name (HAIP 1.0): certificates in base64, the leaf first.
        issued_at: when a chained list says it was made.
    """

    key_id: str | None
    chain: tuple[str, ...] = ()
    issued_at: datetime | None = None


def named_key(token: str) -> NamedKey:
    """The key that a status list token names, unchecked, to look it up.

    Raises:
        UndeterminedError: ``status_invalid`` for what is no status list token.
    """
    try:
        jws = peek(token, typ=frozenset([TYPE]), chain=True)
        named, chain = jws.header.get("kid"), jws.header.get("x5c")
        if named is not None or chain is None:
            return NamedKey(named if isinstance(named, str) else None)
        issued_at = numeric_date(jws.payload, "iat")
    except CredentialError as error:
        raise UndeterminedError("status_invalid", error.code) from error
    texts = tuple(each for each in chain if isinstance(each, str)) if type(chain) is list else ()
    if not texts or issued_at is None:
        raise UndeterminedError("status_invalid", "no chain, or made at no time")
    return NamedKey(None, texts, issued_at)


def read_list(token: str, *, uri: str, key: PublicKey, at: datetime) -> TokenStatusList:
    """Check a status list token (section 8.3) and open its list.

    Raises:
        UndeterminedError: ``status_invalid``: as ``open_token`` and ``check_list``.
        MalformedError: ``status_list_malformed`` or ``status_list_too_large``.
    """
    return check_list(open_token(token, key=key), uri=uri, at=at)


def open_token(token: str, *, key: PublicKey) -> TokenStatusList:
    """Check signature and form and inflate the list: what follows from token and key alone.

    Raises:
        UndeterminedError: ``status_invalid``: not signed by ``key``, or made at no time.
        MalformedError: ``status_list_malformed`` or ``status_list_too_large``.
    """
    try:
        jws = peek(token, typ=frozenset([TYPE]), chain=True)
        jws.verify(key)
        issued_at, expires = (numeric_date(jws.payload, name) for name in ("iat", "exp"))
    except CredentialError as error:
        raise UndeterminedError("status_invalid", error.code) from error
    bits, compressed = _list_of(jws.payload)
    kept = time_to_live_of(jws.payload.get("ttl"))
    subject = jws.payload.get("sub")
    return open_list(compressed, bits, uri=subject, issued_at=issued_at, expires=expires, kept=kept)


def check_list(opened: TokenStatusList, *, uri: str, at: datetime) -> TokenStatusList:
    """Whether an open list speaks of that address, now (section 8.3); to be asked at every use.

    Raises:
        UndeterminedError: ``status_invalid``: another subject, over, or from the future. The
            credential's status is then unknown.
    """
    if opened.uri != uri:
        raise UndeterminedError("status_invalid", "the list of another address")
    if opened.issued_at > at + CLOCK_SKEW:
        raise UndeterminedError("status_invalid", "made in the future")
    if opened.expires is not None and at >= opened.expires:
        raise UndeterminedError("status_invalid", f"ended {opened.expires.isoformat()}")
    return opened


def open_list(
    compressed: bytes,
    bits: object,
    *,
    uri: object,
    issued_at: datetime | None,
    expires: datetime | None,
    kept: timedelta | None,
) -> TokenStatusList:
    """The list of a token whose signature held.

    Raises:
        UndeterminedError: ``status_invalid``: about no address, or made at no time.
        MalformedError: ``status_list_malformed`` or ``status_list_too_large``.
    """
    if not isinstance(uri, str) or issued_at is None:
        raise UndeterminedError("status_invalid", "about no address, or made at no time")
    if type(bits) is not int:
        raise MalformedError("status_list_malformed", "bits is no number")
    _check_width(bits)
    return TokenStatusList(uri, issued_at, expires, kept, bits, _inflate(compressed))


def time_to_live_of(seconds: object) -> timedelta | None:
    """The claim ``ttl``.

    Raises:
        MalformedError: ``status_list_malformed`` when it is no positive number.
    """
    if seconds is None:
        return None
    if type(seconds) is not int or not 0 < seconds < 2**31:
        raise MalformedError("status_list_malformed", "ttl is no positive number")
    return timedelta(seconds=seconds)


def _list_of(payload: JsonObject) -> tuple[JsonValue, bytes]:
    members = payload.get("status_list")
    if not isinstance(members, dict) or not isinstance(members.get("lst"), str):
        raise MalformedError("status_list_malformed", "no status_list, or no lst")
    return members.get("bits"), b64url_decode(str(members["lst"]))


def _check_width(bits: int) -> None:
    if bits not in WIDTHS:
        raise MalformedError("status_list_malformed", f"{bits} bits, expected 1, 2, 4 or 8")


def _inflate(compressed: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        octets = stream.decompress(compressed, MAX_STATUS_LIST_BYTES + 1)
    except zlib.error as error:
        raise MalformedError("status_list_malformed", "not zlib") from error
    if len(octets) > MAX_STATUS_LIST_BYTES:
        raise MalformedError("status_list_too_large", f"more than {MAX_STATUS_LIST_BYTES} octets")
    if not stream.eof or stream.unused_data:  # cut short, or more behind it
        raise MalformedError("status_list_malformed", "not one whole stream")
    return octets


def _at(octets: bytes, index: int, bits: int) -> int:
    if type(index) is not int:  # a JSON reader may hand over true, text or 1.5
        raise MalformedError("status_index_invalid", "no whole number")
    position, shift = divmod(index * bits, _OCTET_BITS)  # lowest bits of an octet first (4.1)
    if not 0 <= position < len(octets):
        raise MalformedError("status_index_invalid", f"{len(octets) * _OCTET_BITS // bits} places")
    return octets[position] >> shift & (1 << bits) - 1
