"""Token Status List as CWT (draft-ietf-oauth-status-list, section 5.2): COSE_Sign1 over CBOR.

A certificate chain (``x5chain``, RFC 9360) stands in the protected header alone: in the other one,
anybody could put a chain of another party over the same key.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from credentials import cbor
from credentials.cbor import CborValue
from credentials.certificates import MAX_CHAIN
from credentials.errors import (
    CredentialError,
    MalformedError,
    ProofInvalid,
    RejectedError,
    UndeterminedError,
)
from credentials.keys import Algorithm, PublicKey, Signer
from credentials.model import StatusKind, StatusReference
from credentials.status.token_status_list import (
    NamedKey,
    TokenStatusList,
    check_list,
    open_list,
    time_to_live_of,
)

TAG = b"\xd2"
"""Tag 18, COSE_Sign1: by it a list in CBOR is told from one in JSON."""

TYPE = "application/statuslist+cwt"

_Map = dict[int | bytes | str, CborValue]
_ALGORITHMS: Mapping[int, Algorithm] = MappingProxyType(
    {-7: Algorithm.ES256, -35: Algorithm.ES384, -8: Algorithm.EDDSA}
)
_NUMBERS = MappingProxyType({algorithm: number for number, algorithm in _ALGORITHMS.items()})
_ALG, _KEY_ID, _TYP, _CHAIN = 1, 4, 16, 33  # header parameters
_SUB, _EXP, _IAT, _LIST, _TTL, _STATUS = 2, 4, 6, 65533, 65534, 65535  # claims
_PARTS = 4
_LAST_SECOND = 253_402_300_799  # of the year 9999, where datetimes end


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
) -> bytes:
    """Write the status list token; its ``kid`` is the signer's key id, and is signed as well.

    Args:
        compressed: what ``token_status_list.encode`` made.
        bits: the width it was made with.
        uri: where it is published.
        signer: the issuer's key, or that of a publisher whom the issuer names.
        at: now.
        lifetime: until ``exp``.
        time_to_live: how long readers may keep a copy.
        chain: certificates in DER, the leaf of the signer first, in place of ``kid``.
    """
    header: _Map = {_ALG: _NUMBERS[signer.public.algorithm], _TYP: TYPE}
    if chain:
        header[_CHAIN] = chain[0] if len(chain) == 1 else [*chain]
    elif signer.public.key_id is not None:
        header[_KEY_ID] = signer.public.key_id.encode()
    claims: _Map = {
        _SUB: uri,
        _IAT: int(at.timestamp()),
        _EXP: int((at + lifetime).timestamp()),
        _TTL: int(time_to_live.total_seconds()),
        _LIST: {"bits": bits, "lst": compressed},
    }
    protected, payload = cbor.encode(header), cbor.encode(claims)
    signature = signer.sign(_to_be_signed(protected, payload))
    return TAG + cbor.encode([protected, {}, payload, signature])


def named_key(token: bytes) -> NamedKey:
    """The key that a status list token names, unchecked, to look it up: ``kid``, else a chain.

    Raises:
        UndeterminedError: ``status_invalid`` for what is no status list token, or one under a chain
            that is none or was made at no time.
    """
    try:
        protected, unprotected, payload, _ = _parts(token)
        header = _map(cbor.decode(protected))
        named = header.get(_KEY_ID, unprotected.get(_KEY_ID))
        if named is not None or _CHAIN not in header:
            return NamedKey(named.decode() if isinstance(named, bytes) else None)
        chain = _chain_of(header[_CHAIN])
        issued_at = _date(_map(cbor.decode(payload)), _IAT)
    except (CredentialError, UnicodeDecodeError) as error:
        raise UndeterminedError("status_invalid", "no status list token") from error
    if issued_at is None:
        raise UndeterminedError("status_invalid", "made at no time")
    return NamedKey(None, chain, issued_at)


def _chain_of(value: CborValue) -> tuple[str, ...]:
    """``x5chain``, in the spelling of ``x5c``: one certificate, or two and more in a list."""
    octets = [value] if isinstance(value, bytes) else value
    if not isinstance(octets, list) or not 0 < len(octets) <= MAX_CHAIN:
        raise MalformedError("x5c_invalid", "no chain")
    if not isinstance(value, bytes) and len(octets) == 1:
        raise MalformedError("x5c_invalid", "one certificate in a list")
    texts = [b64encode(each).decode("ascii") for each in octets if isinstance(each, bytes)]
    if len(texts) != len(octets):
        raise MalformedError("x5c_invalid", "no certificate")
    return tuple(texts)


def read_list(token: bytes, *, uri: str, key: PublicKey, at: datetime) -> TokenStatusList:
    """Check a status list token (section 8.3) and open its list.

    Raises:
        UndeterminedError: ``status_invalid``: as ``open_token`` and ``check_list``.
        MalformedError: ``status_list_malformed`` or ``status_list_too_large``.
    """
    return check_list(open_token(token, key=key), uri=uri, at=at)


def open_token(token: bytes, *, key: PublicKey) -> TokenStatusList:
    """Check signature and form and inflate the list: what follows from token and key alone.

    Raises:
        UndeterminedError: ``status_invalid``: not signed by ``key``, of another type, or made at
            no time.
        MalformedError: ``status_list_malformed`` or ``status_list_too_large``.
    """
    try:
        claims = _verified(token, key)
        issued_at, expires = _date(claims, _IAT), _date(claims, _EXP)
    except CredentialError as error:
        raise UndeterminedError("status_invalid", error.code) from error
    members = claims.get(_LIST)
    compressed = members.get("lst") if isinstance(members, dict) else None
    if not isinstance(members, dict) or not isinstance(compressed, bytes):
        raise MalformedError("status_list_malformed", "no status_list, or no lst")
    kept = time_to_live_of(claims.get(_TTL))
    bits, subject = members.get("bits"), claims.get(_SUB)
    return open_list(compressed, bits, uri=subject, issued_at=issued_at, expires=expires, kept=kept)


def reference_of(token: bytes) -> StatusReference:
    """The place that a referenced CWT names (section 6.3); unchecked, like the rest of it.

    Raises:
        MalformedError: ``status_malformed``, ``status_index_invalid``, ``cbor_invalid``.
    """
    claims = _map(cbor.decode(_parts(token)[2]))
    status = claims.get(_STATUS)
    place = status.get("status_list") if isinstance(status, dict) else None
    if not isinstance(place, dict):
        raise MalformedError("status_malformed", "no status_list")
    uri, index = place.get("uri"), place.get("idx")
    if not isinstance(uri, str) or not uri.startswith("https://"):
        raise MalformedError("status_malformed", "member uri")
    if not isinstance(index, int) or index < 0:
        raise MalformedError("status_index_invalid", "member idx")
    return StatusReference(StatusKind.TOKEN, uri, index)


def _verified(token: bytes, key: PublicKey) -> _Map:
    protected, _, payload, signature = _parts(token)
    header = _map(cbor.decode(protected))
    if not header.keys() <= {_ALG, _KEY_ID, _TYP, _CHAIN}:
        raise MalformedError("crit_unknown", "a protected header that we do not know")
    if header.get(_TYP) != TYPE:
        raise MalformedError("typ_not_allowed", f"expected {TYPE}")
    number = header.get(_ALG)
    algorithm = _ALGORITHMS.get(number) if isinstance(number, int) else None
    if algorithm is None:
        raise RejectedError("alg_not_allowed", "not ES256, ES384 or EdDSA")
    if algorithm is not key.algorithm:
        raise ProofInvalid("alg_key_mismatch", f"the key is for {key.algorithm}")
    key.verify(signature, _to_be_signed(protected, payload))
    return _map(cbor.decode(payload))


def _parts(token: bytes) -> tuple[bytes, _Map, bytes, bytes]:
    """Protected header, unprotected header, payload, signature (RFC 9052, section 4.2).

    The unprotected header may name the key, and nothing else: no signature covers it.
    """
    if not token.startswith(TAG):
        raise MalformedError("status_list_malformed", "expected tag 18")
    parts = cbor.decode(token[1:])
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise MalformedError("status_list_malformed", "expected four parts")
    protected, unprotected, payload, signature = parts
    if not (
        isinstance(protected, bytes)
        and isinstance(payload, bytes)
        and isinstance(signature, bytes)
        and _map(unprotected).keys() <= {_KEY_ID}
    ):
        raise MalformedError("status_list_malformed", "a part of another form")
    return protected, _map(unprotected), payload, signature


def _map(value: CborValue) -> _Map:
    if not isinstance(value, dict):
        raise MalformedError("status_list_malformed", "expected a map")
    return value


def _date(claims: _Map, name: int) -> datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or not 0 <= value <= _LAST_SECOND:
        raise MalformedError("date_invalid", f"claim {name}")
    return datetime.fromtimestamp(value, UTC)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure (RFC 9052, section 4.4), with no external data."""
    return cbor.encode(["Signature1", protected, b"", payload])
