"""Reading the vectors of the Data Integrity cryptosuites."""

import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from credentials.encoding import JsonObject, b64url_encode
from credentials.keys import Algorithm, PublicKey, SoftwareSigner, public_key_from_multikey
from credentials.multibase import multibase_decode


def load(path: Path) -> JsonObject:
    """One JSON object."""
    document: JsonObject = json.loads(path.read_bytes())
    return document


def key_of(method: str) -> PublicKey:
    """The key that a did:key method carries."""
    return public_key_from_multikey(method.partition("#")[2])


def unsecured(signed: JsonObject) -> tuple[JsonObject, JsonObject]:
    """A document and its one proof, apart."""
    document = {name: value for name, value in signed.items() if name != "proof"}
    proof = signed["proof"]
    assert isinstance(proof, dict)
    return document, proof


def signer_of(pair: JsonObject, method: str) -> SoftwareSigner:
    """The signer of a published key pair."""
    secret = pair.get("privateKeyMultibase") or pair["secretKeyMultibase"]
    octets = multibase_decode(str(secret))[2:]
    public = public_key_from_multikey(str(pair["publicKeyMultibase"]))
    signer = SoftwareSigner.from_private_jwk({**public.jwk(), "d": b64url_encode(octets)})
    return SoftwareSigner(signer.public.with_key_id(method), signer._key)


@dataclass(frozen=True, slots=True)
class DeterministicSigner:
    """Signs as RFC 6979 says, as the published vectors were made."""

    inner: SoftwareSigner

    @property
    def public(self) -> PublicKey:
        """The key that checks."""
        return self.inner.public

    def sign(self, message: bytes) -> bytes:
        """The one signature of a message."""
        key = self.inner._key
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        p256 = self.public.algorithm is Algorithm.ES256
        hashing = hashes.SHA256() if p256 else hashes.SHA384()
        size = 32 if p256 else 48
        pair = decode_dss_signature(
            key.sign(message, ec.ECDSA(hashing, deterministic_signing=True))
        )
        return b"".join(number.to_bytes(size, "big") for number in pair)
