"""A certificate authority of the tests' own: real chains over keys that sign."""

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier

from credentials.keys import PublicKey
from tests.conftest import NOW

YEAR = timedelta(days=365)


def public_key_of(key: PublicKey) -> ec.EllipticCurvePublicKey:
    """The same P-256 key as the library for certificates has it."""
    members = key.jwk()
    x, y = (
        int.from_bytes(base64.urlsafe_b64decode(f"{members[name]}="), "big") for name in ("x", "y")
    )
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


@dataclass
class Authority:
    """A root, self-signed, that certifies leaves."""

    name: str = "Toetsautoriteit"
    starts: datetime = NOW - YEAR
    ends: datetime = NOW + 2 * YEAR
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def certificate(self) -> bytes:
        """The anchor, in DER."""
        return self.certify(self.key.public_key(), self.name, authority=True)

    def certify(
        self,
        key: PublicKey | ec.EllipticCurvePublicKey,
        name: str,
        *,
        host: str | None = None,
        authority: bool = False,
        usage: ObjectIdentifier | None = None,
        ends: datetime | None = None,
    ) -> bytes:
        """A certificate in DER over a key."""
        public = public_key_of(key) if isinstance(key, PublicKey) else key
        made = x509.CertificateBuilder(
            issuer_name=_named(self.name),
            subject_name=_named(name),
            public_key=public,
            serial_number=x509.random_serial_number(),
            not_valid_before=self.starts,
            not_valid_after=ends or self.ends,
        )
        made = made.add_extension(x509.BasicConstraints(ca=authority, path_length=None), True)  # noqa: FBT003 - critical
        own = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        made = made.add_extension(own, critical=False)
        if host is not None:
            made = made.add_extension(
                x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False
            )
        if usage is not None:
            made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        return made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
