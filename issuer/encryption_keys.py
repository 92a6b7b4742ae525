"""The key to which wallets encrypt their requests (OpenID4VCI 1.0, section 10).

One for each organisation, made from the sealing key, so that every process has the same.
"""

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.encoding import JsonObject, b64url_encode
from credentials.keys import public_key_from_jwk
from issuer.ports import Ports

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256 (FIPS 186-5)."""

_SIZE = 32
_SPARE_BYTES = 16
"""Beyond the order's length, so that no number is likelier than another (FIPS 186-5, A.2.1)."""


def encryption_key(ports: Ports) -> JsonObject:
    """The private JWK for ECDH-ES; its ``kid`` is the thumbprint."""
    return _derived(ports.sealer.key, ports.organisation_id)


@lru_cache(maxsize=256)
def _derived(sealing_key: bytes, organisation_id: str) -> JsonObject:
    about = b"skillspass issuer: requests " + organisation_id.encode()
    octets = HKDF(SHA256(), _SIZE + _SPARE_BYTES, salt=None, info=about).derive(sealing_key)
    number = 1 + int.from_bytes(octets, "big") % (_ORDER - 1)
    point = ec.derive_private_key(number, ec.SECP256R1()).public_key().public_numbers()
    x, y, d = (b64url_encode(part.to_bytes(_SIZE, "big")) for part in (point.x, point.y, number))
    public: JsonObject = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    kid = public_key_from_jwk(public).thumbprint
    return {**public, "d": d, "use": "enc", "alg": "ECDH-ES", "kid": kid}
