"""Add a base proof: ecdsa-sd-2023, section 3.6.1 of the ECDSA Cryptosuites 1.0."""

import hashlib
from collections.abc import Iterable, Sequence

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from credentials.bbs_keys import IssuingSigner
from credentials.cryptosuites.base import (
    PROOF_TYPE,
    ProofOptions,
    check_options,
    document_hash,
    in_context,
)
from credentials.cryptosuites.ecdsa_sd_2023.proof_value import (
    HMAC_OCTETS,
    BaseProof,
    serialize_base,
)
from credentials.cryptosuites.selective import canonicalize_and_group, hmac_labels
from credentials.encoding import JsonObject
from credentials.errors import UnsupportedError
from credentials.keys import Algorithm
from credentials.model import Entropy
from credentials.multibase import varint_encode

NAME = "ecdsa-sd-2023"
"""The value of ``cryptosuite``."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SCALAR_OCTETS = 32
_P256_CODEC = 0x1200
_TRIES = 8
_HASHING = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


def create_base_proof(
    document: JsonObject,
    options: ProofOptions,
    signer: IssuingSigner,
    *,
    mandatory: Sequence[str],
    entropy: Entropy,
) -> JsonObject:
    """Create Base Proof (section 3.6.1).

    Args:
        document: the whole credential.
        options: of the base proof, and so of every derived one.
        signer: the issuer's P-256 key.
        mandatory: JSON pointers to what every derived proof shows.
        entropy: for the HMAC key and the key that signs the statements.

    Raises:
        UnsupportedError: ``cryptosuite_not_allowed`` for a key other than P-256.
        CredentialError: what ``canonicalize_and_group`` raises.
        ValueError: ``entropy`` is none.
    """
    if signer.public.algorithm is not Algorithm.ES256:
        raise UnsupportedError("cryptosuite_not_allowed", "the key is not P-256")
    proof: JsonObject = {"type": PROOF_TYPE, "cryptosuite": NAME, **options.members()}
    proof_hash = hash_of_configuration(document, proof)  # (2)
    hmac_key = entropy(HMAC_OCTETS)
    grouped = canonicalize_and_group(document, hmac_labels(hmac_key), {"mandatory": mandatory})
    group = grouped.groups["mandatory"]  # (3), section 3.6.2
    mandatory_hash = hash_of_mandatory(group.matching.values())  # (4), section 3.6.3
    statement_key = _proof_scoped_key(entropy)  # (5), section 3.6.5
    public_key = _multikey(statement_key.public_key())
    signatures = tuple(_signed(statement_key, line) for line in group.rest.values())
    to_sign = proof_hash + public_key + mandatory_hash  # serializeSignData, section 3.5.1
    parts = BaseProof(signer.sign(to_sign), public_key, hmac_key, signatures, tuple(mandatory))
    return {**proof, "proofValue": serialize_base(parts)}  # (6), (7)


def hash_of_configuration(document: JsonObject, options: JsonObject) -> bytes:
    """Base Proof Configuration (section 3.6.4), canonicalized and hashed: 32 octets.

    Raises:
        UnsupportedError: ``cryptosuite_not_allowed`` for another type or suite.
        CredentialError: what ``in_context`` or ``statements`` raises.
    """
    check_options(options, NAME)
    return document_hash(in_context(document, options))


def hash_of_mandatory(statements: Iterable[str]) -> bytes:
    """``hashMandatoryNQuads`` (section 3.4.17): 32 octets."""
    return hashlib.sha256("".join(statements).encode()).digest()


def _proof_scoped_key(entropy: Entropy) -> ec.EllipticCurvePrivateKey:
    """A key for the statements of one proof, forgotten with the end of this call."""
    for _ in range(_TRIES):
        scalar = int.from_bytes(entropy(_SCALAR_OCTETS), "big")
        if 0 < scalar < _ORDER:  # all but one of 2^32 are
            return ec.derive_private_key(scalar, ec.SECP256R1())
    raise ValueError("entropy gives no scalar of P-256")


def _multikey(key: ec.EllipticCurvePublicKey) -> bytes:
    return varint_encode(_P256_CODEC) + key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )


def _signed(key: ec.EllipticCurvePrivateKey, statement: str) -> bytes:
    r, s = decode_dss_signature(key.sign(statement.encode(), _HASHING))
    return r.to_bytes(_SCALAR_OCTETS, "big") + s.to_bytes(_SCALAR_OCTETS, "big")
