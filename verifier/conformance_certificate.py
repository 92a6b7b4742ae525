"""A certificate that the door for official suites makes for itself; it names this machine alone."""

from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID = timedelta(days=2)
"""One run of a suite takes minutes."""

_NAME = "localhost"


def self_made(*, at: datetime) -> bytes:
    """A fresh P-256 key and its certificate for localhost, as one PEM text: key first.

    Args:
        at: the certificate starts an hour before, and lasts ``VALID``.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    addresses = [ip_address("127.0.0.1"), ip_address("::1")]
    names = x509.SubjectAlternativeName([x509.DNSName(_NAME), *map(x509.IPAddress, addresses)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + VALID)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM)
