"""COSE_Sign1 (RFC 9052, section 4.2) around a W3C document (VC-JOSE-COSE, section 3.3).

The payload is the document as JSON. Algorithm, content type, key id and type stand in the
protected header; the unprotected one stays empty, since no signature covers it. Algorithms are
those of ``jose``; an ES512 key is the caller's own affair and never the product's.
"""

from dataclasses import dataclass

from credentials import cbor
from credentials.errors import MalformedError, ProofInvalid, RejectedError
from credentials.keys import SigningKey, VerifyingKey
from credentials.limits import MAX_TOKEN_BYTES

CREDENTIAL = "application/vc+cose"
PRESENTATION = "application/vp+cose"
CONTENT_TYPES = {CREDENTIAL: "application/vc", PRESENTATION: "application/vp"}
"""Type of the message to the type of its payload (sections 3.3.1 and 3.3.2)."""

_SIGN1 = 0xD2
"""Tag 18; a message without a tag could be meant as anything."""

_ALG, _CONTENT, _KEY_ID, _TYPE = 1, 3, 4, 16
_ALLOWED = frozenset([_ALG, _CONTENT, _KEY_ID, _TYPE])
_ALGORITHMS = {-7: "ES256", -8: "EdDSA", -35: "ES384"}
_OF_OTHERS = {-36: "ES512"}
_NUMBERS = {name: number for number, name in (_ALGORITHMS | _OF_OTHERS).items()}
_PARTS = 4


@dataclass(frozen=True, slots=True)
class CoseSign1:
    """A parsed message. Nothing in it is true until ``verify`` has returned.

    Attributes:
        algorithm: its JOSE name.
        key_id: as octets; None where it names no key.
        payload: the document as it was signed.
    """

    algorithm: str
    key_id: bytes | None
    payload: bytes
    signature: bytes
    _protected: bytes

    def verify(self, key: VerifyingKey) -> None:
        """Check the signature under a key that the caller trusts.

        Raises:
            ProofInvalid: ``alg_key_mismatch`` or ``signature_invalid``.
        """
        if self.algorithm != key.algorithm:
            raise ProofInvalid("alg_key_mismatch", f"the key is for {key.algorithm}")
        key.verify(self.signature, _to_be_signed(self._protected, self.payload))


def sign(payload: bytes, signer: SigningKey, *, typ: str, key_id: bytes | None) -> bytes:
    """Sign a document.

    Args:
        payload: JSON.
        signer: whose algorithm is written into the header.
        typ: ``CREDENTIAL`` or ``PRESENTATION``.
        key_id: how others find the key.
    """
    header: dict[int | bytes | str, cbor.CborValue] = {
        _ALG: _NUMBERS[signer.public.algorithm],
        _CONTENT: CONTENT_TYPES[typ],
        _TYPE: typ,
    }
    if key_id is not None:
        header[_KEY_ID] = key_id
    protected = cbor.encode(header)
    signature = signer.sign(_to_be_signed(protected, payload))
    return bytes([_SIGN1]) + cbor.encode([protected, {}, payload, signature])


def read(octets: bytes, *, typ: str, also: frozenset[str] = frozenset()) -> CoseSign1:
    """Read a message without checking its signature.

    Args:
        octets: with tag 18; every value in its shortest spelling.
        typ: ``CREDENTIAL`` or ``PRESENTATION``.
        also: algorithms beyond ours for which the caller has a key of its own; empty in the
            product.

    Raises:
        MalformedError: ``cbor_invalid``, ``cose_malformed``, ``typ_not_allowed`` (type or content
            type), ``crit_unknown`` (a header that we do not know).
        RejectedError: ``alg_not_allowed``, ``alg_key_mismatch``.
    """
    if len(octets) > MAX_TOKEN_BYTES or octets[:1] != bytes([_SIGN1]):
        raise MalformedError("cose_malformed", "expected tag 18")
    parts = cbor.decode(octets[1:])
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise MalformedError("cose_malformed", "expected four parts")
    protected, unprotected, payload, signature = parts
    if not isinstance(protected, bytes) or not isinstance(payload, bytes):
        raise MalformedError("cose_malformed", "a part of another type")
    if not isinstance(signature, bytes) or unprotected != {}:
        raise MalformedError("cose_malformed", "an unprotected header, or no signature")
    header = cbor.decode(protected)
    if not isinstance(header, dict):
        raise MalformedError("cose_malformed", "the protected header is no map")
    key_id = header.get(_KEY_ID)
    if key_id is not None and not isinstance(key_id, bytes):
        raise MalformedError("cose_malformed", "kid is no byte string")
    algorithm = _algorithm(header, also)
    _check_types(header, typ)
    return CoseSign1(algorithm, key_id, payload, signature, protected)


def _algorithm(header: dict[int | bytes | str, cbor.CborValue], also: frozenset[str]) -> str:
    if not header.keys() <= _ALLOWED:
        raise MalformedError("crit_unknown", "a protected header that we do not know")
    number = header.get(_ALG)
    if not isinstance(number, int):
        raise RejectedError("alg_not_allowed", "no algorithm")
    name = (_ALGORITHMS | _OF_OTHERS).get(number)
    if name is None:
        raise RejectedError("alg_not_allowed", "not ES256, ES384 or EdDSA")
    if number in _OF_OTHERS and name not in also:
        raise ProofInvalid("alg_key_mismatch", "no key of ours has this algorithm")
    return name


def _check_types(header: dict[int | bytes | str, cbor.CborValue], typ: str) -> None:
    if header.get(_TYPE) != typ:
        raise MalformedError("typ_not_allowed", f"expected {typ}")
    if header.get(_CONTENT, CONTENT_TYPES[typ]) != CONTENT_TYPES[typ]:
        raise MalformedError("typ_not_allowed", f"content is not {CONTENT_TYPES[typ]}")


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure (section 4.4), with no external data."""
    return cbor.encode(["Signature1", protected, b"", payload])
