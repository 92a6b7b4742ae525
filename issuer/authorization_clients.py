"""Who stands behind a request: an attested wallet, the holder of a DPoP key, or no one known.

Attestation-based client authentication and RFC 9449. The nonces that we ask for are recognised, not
remembered; each proof is remembered, so that it serves one request.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from credentials.encoding import JsonObject, compact_json, parse_json_object
from credentials.keys import PublicKey, public_key_from_jwk
from credentials.openid4vc import client_attestation, dpop
from credentials.openid4vc.attester import Attesters
from credentials.openid4vc.message import ProtocolError
from credentials.openid4vc.nonce import is_timed_nonce, timed_nonce
from issuer.authorization_grants import Client, Grant
from issuer.offers import fingerprint
from issuer.ports import Ports
from issuer.tables import SeenProof

NONCE_LIFE = timedelta(minutes=5)
"""A wallet uses a nonce at once, and learns a fresh one with every answer."""

SEEN_LIFE = dpop.MAX_AGE + timedelta(minutes=5)
"""A proof that is older is refused by its own time."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of its sender, one header each; more than one of a kind is none.

    Attributes:
        path: of the request, under the issuer's identifier.
    """

    path: str
    dpop: tuple[str, ...] = field(default=(), repr=False)
    attestation: tuple[str, ...] = field(default=(), repr=False)
    pop: tuple[str, ...] = field(default=(), repr=False)


def dpop_nonce(ports: Ports, at: datetime) -> str:
    """A nonce for DPoP proofs (RFC 9449, section 8)."""
    return timed_nonce(_nonce_key(ports), purpose=f"dpop {ports.organisation_id}", at=at)


def attestation_challenge(ports: Ports, at: datetime) -> str:
    """A challenge for proofs of possession of an attested key."""
    return timed_nonce(_nonce_key(ports), purpose=f"challenge {ports.organisation_id}", at=at)


def _nonce_key(ports: Ports) -> bytes:
    return hmac.digest(ports.sealer.key, b"skillspass issuer: nonces", "sha256")


def _is_ours(nonce: str, ports: Ports, at: datetime, *, use: str) -> bool:
    purpose = f"{use} {ports.organisation_id}"
    return is_timed_nonce(nonce, _nonce_key(ports), purpose=purpose, at=at, life=NONCE_LIFE)


def attesters(ports: Ports) -> Attesters:
    """The providers of wallets that this installation trusts, by the settings."""
    written = cast("JsonObject", ports.settings.attesters)  # two names for what JSON can hold
    return _read_attesters(compact_json(written))


@lru_cache(maxsize=8)
def _read_attesters(document: bytes) -> Mapping[str, Sequence[PublicKey]]:
    found: dict[str, Sequence[PublicKey]] = {}
    for issuer, jwks in parse_json_object(document).items():
        keys: list[JsonObject] = (
            [jwk for jwk in jwks if isinstance(jwk, dict)] if isinstance(jwks, list) else []
        )
        found[issuer] = tuple(public_key_from_jwk(jwk) for jwk in keys)
    return found


def identify(ports: Ports, shown: Shown, *, client_id: str | None, at: datetime) -> Client:
    """Check what a request to the authorization server shows of its sender.

    Raises:
        ProtocolError: ``invalid_client`` and its kin as ``client_attestation.verify``,
            ``client_attestation_missing`` where attestation is asked, ``..._replayed``;
            ``invalid_dpop_proof`` and its kin as ``dpop.verify_proof``, ``dpop_replayed``.
    """
    attested = _attested(ports, shown, client_id=client_id, at=at)
    thumbprint = None
    if shown.dpop:
        expected = dpop.Expected("POST", f"{ports.origin}{shown.path}")
        thumbprint = _possessed(ports, shown, expected, at).key.thumbprint
    if attested is None:
        return Client(client_id, None, thumbprint)
    return Client(attested.client_id, attested.key.thumbprint, thumbprint)


def check_sender(
    ports: Ports, shown: Shown, *, grant: Grant, access_token: str, at: datetime
) -> None:
    """A request that shows a bound token also shows the key that it is bound to.

    Raises:
        ProtocolError: as ``dpop.verify_proof``; ``invalid_dpop_proof`` where there is no proof.
    """
    if grant.thumbprint is None:
        return
    expected = dpop.Expected(
        "POST",
        f"{ports.origin}{shown.path}",
        access_token=access_token,
        thumbprint=grant.thumbprint,
    )
    _possessed(ports, shown, expected, at)


def _attested(
    ports: Ports, shown: Shown, *, client_id: str | None, at: datetime
) -> client_attestation.AttestedClient | None:
    if not shown.attestation and not shown.pop:
        if ports.settings.high_assurance:
            code = "client_attestation_missing"
            raise ProtocolError("invalid_client", "no attestation", code=code)
        return None
    if len(shown.attestation) != 1 or len(shown.pop) != 1:
        code = "client_attestation_malformed"
        raise ProtocolError("invalid_client", "not one header of each", code=code)
    found = client_attestation.verify(
        shown.attestation[0],
        shown.pop[0],
        attesters=attesters(ports),
        audience=ports.origin,
        client_id=client_id,
        challenge_known=lambda given: _is_ours(given, ports, at, use="challenge"),
        at=at,
    )
    if not _first_time(ports, f"pop {found.key.thumbprint} {found.jti}", at):
        code = "client_attestation_replayed"
        raise ProtocolError("invalid_client", "the proof was seen before", code=code)
    return found


def _possessed(ports: Ports, shown: Shown, expected: dpop.Expected, at: datetime) -> dpop.DpopProof:
    if len(shown.dpop) != 1:
        raise ProtocolError("invalid_dpop_proof", "not one proof", code="dpop_malformed")
    found = dpop.verify_proof(
        shown.dpop[0],
        expected=expected,
        nonce_known=lambda given: _is_ours(given, ports, at, use="dpop"),
        at=at,
    )
    if not _first_time(ports, f"dpop {found.key.thumbprint} {found.jti}", at):
        raise ProtocolError("invalid_dpop_proof", "it was seen before", code="dpop_replayed")
    return found


def _first_time(ports: Ports, name: str, at: datetime) -> bool:
    """Remember a proof; False where it was there already: the database decides who was first.

    What is too old to be taken anyway is forgotten.
    """
    row = SeenProof(
        name_hash=fingerprint(f"{ports.organisation_id} {name}"), expires_at=at + SEEN_LIFE
    )
    try:
        with ports.database.transaction() as session:
            session.connection().execute(delete(SeenProof).where(col(SeenProof.expires_at) <= at))
            session.add(row)
    except IntegrityError:
        return False
    return True
