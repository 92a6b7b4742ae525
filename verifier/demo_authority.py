"""A certificate for a trial: from an authority of its own, which nobody else knows.

In production a certificate comes from an authority that wallets know (docs/verifier.md).
"""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from credentials.certificates import check_chain, write_chain
from credentials.errors import ProofInvalid
from credentials.keys import Signer
from verifier.access_certificates import public_key
from verifier.settings import VerifierSettings

LIFE = timedelta(days=365)
"""A trial that lasts longer makes itself a new one."""

_BEFORE = timedelta(days=1)


def chain(settings: VerifierSettings, signer: Signer, *, at: datetime) -> tuple[bytes, ...]:
    """The kept leaf over the signer's key, or a new one where none holds today, in DER."""
    file = settings.directory / "certificate.der"
    if file.exists() and _holds(file.read_bytes(), signer, at):
        return (file.read_bytes(),)
    leaf = _leaf(settings, signer, at)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(leaf)
    return (leaf,)


def _holds(leaf: bytes, signer: Signer, at: datetime) -> bool:
    try:
        return check_chain(write_chain([leaf]), at=at).key == signer.public
    except ProofInvalid:
        return False


def _leaf(settings: VerifierSettings, signer: Signer, at: datetime) -> bytes:
    authority = ec.generate_private_key(ec.SECP256R1())
    made = x509.CertificateBuilder(
        issuer_name=_named("Proef"),
        subject_name=_named(settings.client_name),
        public_key=public_key(signer.public.jwk()),
        serial_number=x509.random_serial_number(),
        not_valid_before=at - _BEFORE,
        not_valid_after=at + LIFE,
    )
    names = x509.SubjectAlternativeName([x509.DNSName(settings.identifier_host)])
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(names, critical=False).add_extension(identifier, critical=False)
    return made.sign(authority, hashes.SHA256()).public_bytes(Encoding.DER)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64])])
