"""Certificate chains as keys (RFC 5280, section 6; HAIP 1.0): an ``x5c`` that ends in the list.

A chain is believed because the sector's list names its anchor, never by a store of the machine.
What the path validation here does not understand, such as name constraints, refuses the chain.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtensionOID

from credentials.dids.web import PREFIX, location
from credentials.encoding import JsonObject, b64url_encode
from credentials.errors import CredentialError, ProofInvalid, Untrusted
from credentials.keys import PublicKey, public_key_from_jwk
from credentials.trust.entities import ListedCertificate, within

MAX_CHAIN = 5
"""Leaf, a few authorities between, and no more."""

MAX_CERTIFICATE_BYTES = 8 * 1024
"""DER of one certificate; they take 1 to 2 kB."""

_UNDERSTOOD: Final = frozenset(
    [
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ]
)
"""Critical extensions that are checked here, or that forbid nothing we do."""

_HASHES: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512, type(None))  # None: Ed25519
_Value = TypeVar("_Value", bound=x509.ExtensionType)
_CURVES: Final = {"secp256r1": "P-256", "secp384r1": "P-384"}
_FAULTS: Final = (
    ValueError,
    TypeError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
)


def chain_key(
    chain: Sequence[bytes], anchors: Iterable[ListedCertificate], *, issuer: str, at: datetime
) -> PublicKey:
    """The key of a leaf whose chain ends in a listed certificate and that names the issuer.

    Args:
        chain: DER, the leaf first, each signed by the next; without the anchor.
        anchors: of this issuer on the list: an authority's certificate, or the leaf itself.
        issuer: a did:web or https address; the leaf's alternative names hold it or its host.
        at: when the leaf signed.

    Raises:
        ProofInvalid: ``x5c_invalid``: broken, not of this issuer, or not valid at that moment.
        Untrusted: ``issuer_chain_unknown``: it holds, but ends in no certificate that the list
            knows at that moment; ``key_compromised``.
    """
    if not 1 <= len(chain) <= MAX_CHAIN:
        raise ProofInvalid("x5c_invalid", f"{len(chain)} certificates")
    try:
        path = [_read(octets) for octets in chain]
        for index, certificate in enumerate(path):
            _check(certificate, authority=index > 0, below=index - 1, at=at)
        for certificate, signer in pairwise(path):
            _check_signed(certificate, signer)
        _check_names(path[0], issuer)
        key = _key_of(path[0])
    except _FAULTS as error:
        raise ProofInvalid("x5c_invalid", type(error).__name__) from error
    _check_anchor(path, anchors, at=at)
    return key.with_key_id(leaf_id(issuer, chain[0]))


def leaf_id(issuer: str, leaf: bytes) -> str:
    """The id by which the key of a leaf is known once its chain held; no sender can name it."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(leaf)
    return f"{issuer}#x5t-{b64url_encode(digest.finalize())}"


def check_certificate(octets: bytes) -> None:
    """Whether a certificate can stand on the list at all.

    Raises:
        ProofInvalid: ``x5c_invalid``.
    """
    try:
        _read(octets).extensions  # noqa: B018 - reads them, which may fail
    except _FAULTS as error:
        raise ProofInvalid("x5c_invalid", type(error).__name__) from error


def _read(octets: bytes) -> x509.Certificate:
    if len(octets) > MAX_CERTIFICATE_BYTES:
        raise ValueError("too long")
    return x509.load_der_x509_certificate(octets)


def _check(certificate: x509.Certificate, *, authority: bool, below: int, at: datetime) -> None:
    """One certificate by itself (6.1.3 and 6.1.4); ``below``: authorities under it in the path."""
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise ValueError("not valid then")
    if type(certificate.signature_hash_algorithm) not in _HASHES:
        raise ValueError("an old digest")
    extensions = certificate.extensions
    if any(each.critical and each.oid not in _UNDERSTOOD for each in extensions):
        raise ValueError("a critical extension")
    constraints = _value(extensions, x509.BasicConstraints)
    if (constraints is not None and constraints.ca) is not authority:
        raise ValueError("no authority where one belongs, or one as a leaf")
    usage = _value(extensions, x509.KeyUsage)
    if usage is not None and not (usage.key_cert_sign if authority else usage.digital_signature):
        raise ValueError("not for this use")
    allowed = None if constraints is None else constraints.path_length
    if allowed is not None and below > allowed:
        raise ValueError("a longer path than allowed")


def _value(extensions: x509.Extensions, kind: type[_Value]) -> _Value | None:
    return next((each.value for each in extensions if isinstance(each.value, kind)), None)


def _check_signed(certificate: x509.Certificate, signer: x509.Certificate) -> None:
    certificate.verify_directly_issued_by(signer)


def _check_names(leaf: x509.Certificate, issuer: str) -> None:
    """The leaf speaks of this issuer: by its whole address, or by the host that it lives at."""
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.UniformResourceIdentifier)
    hosts = names.get_values_for_type(x509.DNSName)
    if issuer not in addresses and _host(issuer) not in hosts:
        raise ValueError("another issuer")


def _host(issuer: str) -> str | None:
    identifier = issuer.removeprefix(PREFIX)
    if identifier == issuer:
        identifier = issuer.removeprefix("https://").partition("/")[0].replace(":", "%3A")
    try:
        origin, _path = location(identifier)
    except CredentialError:
        return None
    return origin.removeprefix("https://").partition(":")[0]


def _key_of(leaf: x509.Certificate) -> PublicKey:
    key = leaf.public_key()
    if isinstance(key, ed25519.Ed25519PublicKey):
        jwk: JsonObject = {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": b64url_encode(key.public_bytes_raw()),
        }
    elif isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        numbers, size = key.public_numbers(), (key.curve.key_size + 7) // 8
        jwk = {"kty": "EC", "crv": _CURVES[key.curve.name]}
        jwk |= {
            name: b64url_encode(number.to_bytes(size, "big"))
            for name, number in (("x", numbers.x), ("y", numbers.y))
        }
    else:
        raise ValueError("a key of another kind")
    return public_key_from_jwk(jwk)


def _check_anchor(
    path: Sequence[x509.Certificate], anchors: Iterable[ListedCertificate], *, at: datetime
) -> None:
    for listed in anchors:
        if not within(listed.valid_from, listed.valid_until, at):
            continue
        if not _ends_in(path, listed.octets, at=at):
            continue
        if listed.compromised:
            raise Untrusted("key_compromised", "the listed certificate")
        return
    raise Untrusted("issuer_chain_unknown", "the chain ends in no listed certificate")


def _ends_in(path: Sequence[x509.Certificate], octets: bytes, *, at: datetime) -> bool:
    """The listed certificate is the leaf, or signed the last of the path."""
    try:
        anchor = _read(octets)
        if anchor == path[0]:
            return True
        _check(anchor, authority=True, below=len(path) - 1, at=at)
        _check_signed(path[-1], anchor)
    except _FAULTS:
        return False
    return True
