"""Sealing under a key that the issuer's database does not hold."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.model import Entropy
from service.sealing import KEY_BYTES, Sealer


def token_sealer(token: str, entropy: Entropy) -> Sealer:
    """A sealer whose key is in the access token: the database alone cannot open it."""
    derive = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"skillspass issuer: delivered proof")
    return Sealer(derive.derive(token.encode()), entropy)
