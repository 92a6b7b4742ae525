"""Our certificate for asking: the request for one (PKCS#10, RFC 2986), and the chain in answer.

The key is the one that signs our requests, in its file or its hardware token, and never leaves it.
A chain is taken in whole: from our key up to the authority's own certificate, which stays out of
what requests carry (HAIP 1.0).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from credentials.certificates import MAX_CHAIN, Chain, check_chain, write_chain
from credentials.encoding import JsonObject, b64url_decode
from credentials.errors import ProofInvalid, RejectedError
from credentials.keys import PublicKey, Signer

MAX_FILE_BYTES = 64 * 1024
"""Five certificates in PEM have some ten kilobytes."""

MAX_NAME = 64
"""Characters of a name in a certificate (RFC 5280, appendix A.1)."""

_COUNTRY = re.compile(r"[A-Z]{2}")
_KVK = re.compile(r"[0-9]{8}")


@dataclass(frozen=True, slots=True)
class AccessChain:
    """A chain that may stand in our requests.

    Attributes:
        certificates: in DER, the leaf first, without the authority's own.
        leaf: what wallets read in it.
        authority: who stands behind it; for people.
        until: when the first certificate of the path ends.
    """

    certificates: tuple[bytes, ...]
    leaf: Chain
    authority: str
    until: datetime

    def pem(self) -> bytes:
        """As a file, the leaf first."""
        return b"".join(
            x509.load_der_x509_certificate(each).public_bytes(Encoding.PEM)
            for each in self.certificates
        )


def make_request(
    signer: Signer, *, name: str, host: str, country: str = "NL", kvk: str | None = None
) -> bytes:
    """A certificate signing request over the key that signs our requests, in PEM.

    Args:
        signer: P-256.
        name: of the firm, as people shall read it.
        host: of our identifier; the certificate must name it.
        country: where the firm is entered, two capitals.
        kvk: its number in the trade register; written as EN 319 412-1 has it.

    Raises:
        RejectedError: ``usage_subject``: a name, country or number that no certificate holds.
        UndeterminedError: ``signer_unavailable``.
    """
    if not 0 < len(name) <= MAX_NAME or not name.isprintable() or name != name.strip():
        raise RejectedError("usage_subject", f"NAME: at most {MAX_NAME} characters")
    if not _COUNTRY.fullmatch(country) or not (kvk is None or _KVK.fullmatch(kvk)):
        raise RejectedError("usage_subject", "--country: two capitals; --kvk: eight digits")
    subject = [(NameOID.COUNTRY_NAME, country), (NameOID.ORGANIZATION_NAME, name)]
    if kvk is not None:
        subject.append((NameOID.ORGANIZATION_IDENTIFIER, f"NTR{country}-{kvk}"))
    subject.append((NameOID.COMMON_NAME, name))
    usage = x509.KeyUsage(True, *[False] * 8)  # noqa: FBT003 - to sign, and nothing else
    made = (
        x509.CertificateSigningRequestBuilder(
            x509.Name([x509.NameAttribute(kind, value) for kind, value in subject])
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    return made.sign(_HeldElsewhere(signer), hashes.SHA256()).public_bytes(Encoding.PEM)


def read_chain(
    text: bytes, *, key: PublicKey, host: str, at: datetime, authority: bytes = b""
) -> AccessChain:
    """Check what an authority answered to our request.

    Args:
        text: PEM, in any order; the authority's own certificate may be among it.
        key: that signs our requests.
        host: of our identifier.
        at: now.
        authority: PEM of the authority's own certificate, where it came apart.

    Raises:
        RejectedError: ``certificate_malformed``: no certificates, or too many;
            ``certificate_other_key``: none is over our key; ``certificate_self_made``: it is its
            own issuer; ``certificate_incomplete``: one is missing up to the authority;
            ``certificate_other_host``; ``certificate_dates``: over, or not begun;
            ``certificate_invalid``: it does not hold, or is of another use.
    """
    given, own = _read(text), _read(authority) if authority else []
    path = _path(given, own, key)
    root = path.pop()
    if any(each not in [*path, root] for each in given):
        _refuse("invalid", "a certificate that has no part in the chain")
    for each in (*path, root):
        if not each.not_valid_before_utc <= at < each.not_valid_after_utc:
            _refuse("dates", f"until {each.not_valid_after_utc.isoformat()}")
    octets = tuple(each.public_bytes(Encoding.DER) for each in path)
    anchor = root.public_bytes(Encoding.DER)
    try:
        leaf = check_chain(write_chain(octets), at=at, anchors=[anchor])
    except ProofInvalid as error:
        _refuse("invalid", error.detail)
    if not leaf.anchored:
        _refuse("invalid", "the authority may not certify this")
    if host not in leaf.hosts:
        _refuse("other_host", f"{host} is not named in it")
    until = min(each.not_valid_after_utc for each in (*path, root))
    return AccessChain(octets, leaf, _name(root), until)


def public_key(jwk: JsonObject) -> ec.EllipticCurvePublicKey:
    """The same P-256 key as the library for certificates has it."""
    x, y = (int.from_bytes(b64url_decode(str(jwk[name])), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def keep_chain(chain: AccessChain, file: Path) -> None:
    """Write a chain where the next start finds it; the one of before is there until then."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_bytes(chain.pem())
    beside.replace(file)


def _read(text: bytes) -> list[x509.Certificate]:
    try:
        found = x509.load_pem_x509_certificates(text) if len(text) <= MAX_FILE_BYTES else []
    except ValueError:
        found = []
    if not 0 < len(found) <= MAX_CHAIN + 1:
        _refuse("malformed", f"PEM with 1 to {MAX_CHAIN + 1} certificates is asked")
    return found


def _path(
    given: Sequence[x509.Certificate], own: Sequence[x509.Certificate], key: PublicKey
) -> list[x509.Certificate]:
    """From the certificate over our key up to one that is its own issuer."""
    ours = public_key(key.jwk())
    path = [each for each in given if _is_over(each, ours)]
    if len(path) != 1:
        _refuse("other_key", f"{len(path)} certificates over the key that signs our requests")
    if path[0].issuer == path[0].subject:
        _refuse("self_made", "it is its own issuer")
    while path[-1].issuer != path[-1].subject:
        above = [each for each in (*given, *own) if _is_issued_by(path[-1], each)]
        if not above or len(path) > MAX_CHAIN:
            _refuse("incomplete", f"nothing above certificate {len(path)}")
        path.append(above[0])
    return path


def _is_over(certificate: x509.Certificate, key: ec.EllipticCurvePublicKey) -> bool:
    try:
        return certificate.public_key() == key
    except (UnsupportedAlgorithm, ValueError):
        return False


def _is_issued_by(certificate: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(above)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _name(certificate: x509.Certificate) -> str:
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        found = certificate.subject.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value)
    return ""


def _refuse(code: str, detail: str) -> NoReturn:
    raise RejectedError(f"certificate_{code}", detail)


class _HeldElsewhere(ec.EllipticCurvePrivateKey):
    """A signer in the shape that the library for certificates asks: it signs, and shows nothing."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def sign(self, data: object, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """The signature in DER; the library asks for no other hash than SHA-256."""
        del signature_algorithm
        signature = self._signer.sign(bytes(data))  # type: ignore[call-overload]  # any buffer
        half = len(signature) // 2
        r, s = (int.from_bytes(each, "big") for each in (signature[:half], signature[half:]))
        return encode_dss_signature(r, s)

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The half that everyone may see."""
        return public_key(self._signer.public.jwk())

    @property
    def curve(self) -> ec.EllipticCurve:
        """Of the public half."""
        return self.public_key().curve

    @property
    def key_size(self) -> int:
        """In bits."""
        return self.curve.key_size

    def exchange(self, *_: object) -> bytes:
        """Not what this key is for."""
        raise UnsupportedAlgorithm("it signs, and nothing else")

    private_numbers = private_bytes = exchange  # type: ignore[assignment]  # each refuses

    def __copy__(self) -> "_HeldElsewhere":
        return self

    def __deepcopy__(self, _memo: object) -> "_HeldElsewhere":
        return self
