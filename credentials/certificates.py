"""Certificate chains in ``x5c`` (RFC 5280; RFC 7515, 4.1.6; HAIP 1.0): by whose word a key counts.

A chain starts with the leaf, which is no authority and serves to sign; the anchor itself is left
out, and known to who checks. A chain that ends at no anchor may hold, and then proves nothing but
that one party made it.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NoReturn, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from credentials.encoding import JsonObject, JsonValue, b64url_encode
from credentials.errors import CredentialError, ProofInvalid
from credentials.keys import PublicKey, public_key_from_jwk
from credentials.limits import CLOCK_SKEW

MAX_CHAIN = 5
"""A leaf, two authorities, and room."""

MAX_CERTIFICATE_BYTES = 8 * 1024
"""A certificate for P-256 has about 700 octets."""

_UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.EXTENDED_KEY_USAGE,
    }
)
_OTHER_USES = frozenset(
    {
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    }
)
Kind = TypeVar("Kind", bound=x509.ExtensionType)
_CURVES = {"secp256r1": ("P-256", 32), "secp384r1": ("P-384", 48)}


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that held.

    Attributes:
        key: of the leaf.
        digest: SHA-256 of the leaf's DER, base64url: what stands behind ``x509_hash:``.
        name: the leaf's organisation, else its common name; for people.
        hosts: its ``dNSName`` entries, in lower case.
        authorities: the authority key identifiers of all its certificates, base64url.
        anchored: an anchor that was given stands behind its last certificate.
    """

    key: PublicKey
    digest: str
    name: str
    hosts: tuple[str, ...]
    authorities: frozenset[str]
    anchored: bool


def certificate_hash(der: bytes) -> str:
    """SHA-256 of a certificate in DER, base64url (OpenID4VP 1.0, section 5.9.3)."""
    return b64url_encode(hashlib.sha256(der).digest())


def write_chain(certificates: Sequence[bytes]) -> list[JsonValue]:
    """The value of ``x5c`` for certificates in DER, the leaf first."""
    return [base64.b64encode(each).decode("ascii") for each in certificates]


def check_chain(value: JsonValue, *, at: datetime, anchors: Sequence[bytes] = ()) -> Chain:
    """Read ``x5c`` and check order, signatures, dates and uses.

    Args:
        value: the header's member.
        at: now.
        anchors: certificates in DER whose word counts.

    Raises:
        ProofInvalid: ``x5c_invalid``: no chain, a chain that does not hold, or one that holds its
            own anchor (HAIP 1.0).
    """
    if not isinstance(value, list) or not 0 < len(value) <= MAX_CHAIN:
        _refuse("no chain")
    try:
        return _checked([_octets(text) for text in value], at, anchors)
    except (ValueError, UnsupportedAlgorithm) as error:  # what the library reads only when asked
        raise ProofInvalid("x5c_invalid", "a certificate of another form") from error


def _checked(octets: list[bytes], at: datetime, anchors: Sequence[bytes]) -> Chain:
    chain = [_read(each) for each in octets]
    _check_leaf(chain[0])
    for place, certificate in enumerate(chain):
        _check_dates(certificate, at)
        if certificate.issuer == certificate.subject:
            _refuse("a certificate that is its own issuer")
        if place and not _may_certify(certificate, place - 1):
            _refuse("an issuer that is no authority")
    for below, above in pairwise(chain):
        if not _is_issued_by(below, above):
            _refuse("not issued by the next one")
    last = len(chain) - 1
    anchored = any(_anchors(_read(each), chain[-1], last, at) for each in anchors)
    return Chain(
        key=_key(chain[0]),
        digest=certificate_hash(octets[0]),
        name=_name(chain[0]),
        hosts=_hosts(chain[0]),
        authorities=frozenset(each for cert in chain if (each := _authority_of(cert)) is not None),
        anchored=anchored,
    )


def authority_ids(value: JsonValue) -> frozenset[str]:
    """The authority key identifiers that a chain shows, base64url; none where there is no chain.

    Nothing is checked: a trusted authority in a query only narrows what is worth showing
    (OpenID4VP 1.0, section 6.1.1.1).
    """
    if not isinstance(value, list) or len(value) > MAX_CHAIN:
        return frozenset()
    try:
        found = [_authority_of(_read(_octets(text))) for text in value]
    except ProofInvalid:
        return frozenset()
    return frozenset(each for each in found if each is not None)


def _octets(text: JsonValue) -> bytes:
    try:
        octets = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        _refuse("not base64")
    if not 0 < len(octets) <= MAX_CERTIFICATE_BYTES:
        _refuse(f"{len(octets)} octets")
    return octets


def _read(der: bytes) -> x509.Certificate:
    try:
        certificate = x509.load_der_x509_certificate(der)
        critical = {each.oid for each in certificate.extensions if each.critical}
    except ValueError as error:
        raise ProofInvalid("x5c_invalid", "no certificate") from error
    except (x509.DuplicateExtension, x509.InvalidVersion, TypeError) as error:
        raise ProofInvalid("x5c_invalid", "a certificate of another form") from error
    if not critical <= _UNDERSTOOD:
        _refuse("a critical extension that we do not know")
    return certificate


def _check_leaf(leaf: x509.Certificate) -> None:
    constraints = _extension(leaf, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        _refuse("the leaf is an authority")
    uses = _extension(leaf, x509.ExtendedKeyUsage)
    if uses is not None and not _OTHER_USES.isdisjoint(uses):
        _refuse("the leaf serves another use")
    usage = _extension(leaf, x509.KeyUsage)
    if usage is not None and not usage.digital_signature:
        _refuse("the leaf does not serve to sign")


def _check_dates(certificate: x509.Certificate, at: datetime) -> None:
    early = at + CLOCK_SKEW < certificate.not_valid_before_utc
    if early or at >= certificate.not_valid_after_utc:
        _refuse("outside its dates")


def _may_certify(certificate: x509.Certificate, below: int) -> bool:
    """Whether it is an authority, over at most ``below`` authorities under it."""
    constraints = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.KeyUsage)
    if constraints is None or not constraints.ca or (usage and not usage.key_cert_sign):
        return False
    return constraints.path_length is None or constraints.path_length >= below


def _is_issued_by(certificate: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        if not isinstance(above.public_key(), ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
            return False
        certificate.verify_directly_issued_by(above)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _anchors(anchor: x509.Certificate, last: x509.Certificate, below: int, at: datetime) -> bool:
    valid = anchor.not_valid_before_utc <= at < anchor.not_valid_after_utc
    return valid and _may_certify(anchor, below) and _is_issued_by(last, anchor)


def _key(certificate: x509.Certificate) -> PublicKey:
    key = certificate.public_key()
    if isinstance(key, ed25519.Ed25519PublicKey):
        jwk: JsonObject = {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": b64url_encode(key.public_bytes_raw()),
        }
    elif isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        curve, size = _CURVES[key.curve.name]
        numbers = key.public_numbers()
        x, y = (b64url_encode(each.to_bytes(size, "big")) for each in (numbers.x, numbers.y))
        jwk = {"kty": "EC", "crv": curve, "x": x, "y": y}
    else:
        _refuse("a key of another kind")
    try:
        return public_key_from_jwk(jwk)
    except CredentialError as error:
        raise ProofInvalid("x5c_invalid", error.code) from error


def _name(certificate: x509.Certificate) -> str:
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        found = certificate.subject.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value)
    return ""


def _hosts(certificate: x509.Certificate) -> tuple[str, ...]:
    names = _extension(certificate, x509.SubjectAlternativeName)
    return tuple(each.lower() for each in names.get_values_for_type(x509.DNSName)) if names else ()


def _authority_of(certificate: x509.Certificate) -> str | None:
    found = _extension(certificate, x509.AuthorityKeyIdentifier)
    identifier = found.key_identifier if found else None
    return None if identifier is None else b64url_encode(identifier)


def _extension(certificate: x509.Certificate, kind: type[Kind]) -> Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _refuse(detail: str) -> NoReturn:
    raise ProofInvalid("x5c_invalid", detail)
