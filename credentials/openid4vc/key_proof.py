"""Key proofs of a credential request: one key for each copy (OpenID4VCI 1.0, appendix F)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from credentials import jose
from credentials.encoding import JsonObject
from credentials.errors import CredentialError, MalformedError
from credentials.keys import PublicKey, Signer, public_key_from_jwk
from credentials.limits import CLOCK_SKEW
from credentials.openid4vc.attester import Attesters
from credentials.openid4vc.key_attestation import KeyAttestation, verify_attestation
from credentials.openid4vc.message import ProtocolError

PROOF_TYPE = "openid4vci-proof+jwt"
"""``typ`` of a key proof."""

MAX_PROOF_AGE = timedelta(minutes=10)
"""A proof answers a nonce that lives no longer."""


@dataclass(frozen=True, slots=True)
class ProofRules:
    """What every proof of one request must fit.

    Attributes:
        audience: the credential issuer's identifier.
        client_id: the access token's; None where it was obtained anonymously.
        attesters: the providers whose key attestations we believe.
        attested: keys without an attestation are refused.
    """

    audience: str
    client_id: str | None = None
    attesters: Attesters = field(default_factory=dict)
    attested: bool = False


@dataclass(frozen=True, slots=True)
class _Proof:
    key: PublicKey
    nonce: str
    attestation: KeyAttestation | None


def create_proof(
    signer: Signer,
    *,
    audience: str,
    nonce: str,
    at: datetime,
    client_id: str | None = None,
    key_attestation: str | None = None,
) -> str:
    """Prove that we hold the key of ``signer``, to which the credential is to be bound.

    The audience is the credential issuer's identifier, the nonce comes from its nonce endpoint,
    and ``client_id`` is given only where the token was not obtained anonymously.
    """
    payload: JsonObject = {"aud": audience, "iat": int(at.timestamp()), "nonce": nonce}
    if client_id is not None:
        payload["iss"] = client_id
    header: JsonObject = {"typ": PROOF_TYPE, "jwk": signer.public.jwk()}
    if key_attestation is not None:
        header["key_attestation"] = key_attestation
    return jose.sign_compact(header, payload, signer)


def verify_proofs(
    proofs: Sequence[str],
    *,
    rules: ProofRules,
    nonce_known: Callable[[str], bool],
    at: datetime,
) -> tuple[PublicKey, ...]:
    """Check proofs of type ``jwt`` and return the keys to bind the copies to, all different.

    One proof with an attestation stands for every key that is attested there. Proofs may share a
    nonce. ``nonce_known`` says whether we gave it out and it still counts, and may use it up; it
    is asked last, so that a forged proof uses up none.

    Raises:
        ProtocolError: ``invalid_proof``: no sound proof by the key in its header, for another
            issuer or client, without time or nonce, outside ten minutes, or a key that comes
            twice (``proof_key_repeated``) or is not attested (``key_attestation_missing``,
            ``key_attestation_other_key``, and as ``verify_attestation``);
            ``invalid_nonce``: a nonce is not one of ours (section 8.3.1.2).
    """
    checked = [_checked(proof, rules, at) for proof in proofs]
    first = checked[0]
    keys = (
        first.attestation.keys
        if len(checked) == 1 and first.attestation is not None
        else tuple(proof.key for proof in checked)
    )
    if len({key.thumbprint for key in keys}) != len(keys):
        raise ProtocolError("invalid_proof", "a key comes twice", code="proof_key_repeated")
    attestations = [proof.attestation for proof in checked if proof.attestation is not None]
    _check_nonces([*(proof.nonce for proof in checked), *map(_nonce_of, attestations)], nonce_known)
    return keys


def verify_attested(
    token: str, *, rules: ProofRules, nonce_known: Callable[[str], bool], at: datetime
) -> tuple[PublicKey, ...]:
    """Check a proof of type ``attestation`` and return the keys in it (appendix F.3).

    Raises:
        ProtocolError: ``invalid_proof`` as ``verify_attestation``, or without nonce;
            ``invalid_nonce``.
    """
    found = verify_attestation(token, attesters=rules.attesters, needs_end=False, at=at)
    _check_nonces([_nonce_of(found)], nonce_known)
    return found.keys


def _nonce_of(attestation: KeyAttestation) -> str:
    if not attestation.nonce:
        raise ProtocolError("invalid_proof", "an attestation without nonce")
    return attestation.nonce


def _check_nonces(nonces: Sequence[str], nonce_known: Callable[[str], bool]) -> None:
    for nonce in dict.fromkeys(nonces):
        if not nonce_known(nonce):
            raise ProtocolError("invalid_nonce", "nonce is unknown, used or too old")


def _checked(token: str, rules: ProofRules, at: datetime) -> _Proof:
    key, attested, payload = _signed(token)
    if payload.get("aud") != rules.audience:
        raise ProtocolError("invalid_proof", "aud is another issuer")
    if payload.get("iss") != rules.client_id:
        raise ProtocolError("invalid_proof", "iss is not the client")
    _check_age(payload.get("iat"), at)
    nonce = payload.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise ProtocolError("invalid_proof", "nonce is missing")
    return _Proof(key, nonce, _attestation(attested, key, rules, at))


def _attestation(
    token: object, key: PublicKey, rules: ProofRules, at: datetime
) -> KeyAttestation | None:
    if token is None and not rules.attested:
        return None
    if not isinstance(token, str):
        code = "key_attestation_missing"
        raise ProtocolError("invalid_proof", "keys must be attested", code=code)
    found = verify_attestation(token, attesters=rules.attesters, needs_end=True, at=at)
    if key not in found.keys:
        code = "key_attestation_other_key"
        raise ProtocolError("invalid_proof", "the proof's key is not attested", code=code)
    return found


def _signed(token: str) -> tuple[PublicKey, object, JsonObject]:
    try:
        proof = jose.peek(token, typ=frozenset({PROOF_TYPE}), header_key=True)
        key = public_key_from_jwk(_own_key(proof.header))
        proof.verify(key)
    except CredentialError as error:
        raise ProtocolError("invalid_proof", f"{error.code} {error.detail}") from error
    return key, proof.header.get("key_attestation"), proof.payload


def _own_key(header: JsonObject) -> JsonObject:
    jwk = header.get("jwk")
    if not isinstance(jwk, dict) or not {"kid", "x5c"}.isdisjoint(header):
        raise MalformedError("key_invalid", "the header needs jwk and no other key")
    return jwk


def _check_age(issued: object, at: datetime) -> None:
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        raise ProtocolError("invalid_proof", "iat is no number")
    try:
        moment = datetime.fromtimestamp(issued, tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise ProtocolError("invalid_proof", "iat is no time") from None
    if not at - MAX_PROOF_AGE <= moment <= at + CLOCK_SKEW:
        raise ProtocolError("invalid_proof", "iat is outside the window")
