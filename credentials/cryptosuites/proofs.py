"""The proofs of one document: form, purpose, dates, order (VC Data Integrity 1.0, 4.4 and 4.5).

Everything that holds for each suite alike. Whether a key belongs to the issuer is the layer above.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from credentials.bbs_keys import BbsPublicKey, VerificationKey
from credentials.cryptosuites import cryptosuite_of, selective_cryptosuite_of
from credentials.data_model import parse_time
from credentials.encoding import JsonObject
from credentials.errors import MalformedError, ProofInvalid
from credentials.limits import CLOCK_SKEW, MAX_PROOFS

KeyOf = Callable[[str], VerificationKey]
"""The key behind a verification method."""


def proofs_of(document: JsonObject) -> list[JsonObject]:
    """The proofs of a document, at least one.

    Raises:
        MalformedError: ``no_proof``: none, or something else in its place; ``too_large`` for more
            than ``MAX_PROOFS``.
    """
    value = document.get("proof")
    entries = value if isinstance(value, list) else [value]
    proofs = [entry for entry in entries if isinstance(entry, dict) and entry]
    if not proofs or len(proofs) != len(entries):
        raise MalformedError("no_proof", "member proof")
    if len(proofs) > MAX_PROOFS:
        raise MalformedError("too_large", f"{len(proofs)} proofs, limit {MAX_PROOFS}")
    return proofs


def method_of(proof: JsonObject) -> str:
    """The verification method that a proof names.

    Raises:
        MalformedError: ``proof_malformed`` when it is no string.
    """
    method = proof.get("verificationMethod")
    if not isinstance(method, str) or not method:
        raise MalformedError("proof_malformed", "member verificationMethod")
    return method


def check_proofs(
    document: JsonObject, key_of: KeyOf, *, purpose: str, at: datetime, held: bool = False
) -> frozenset[str]:
    """Every proof of the document holds, for one purpose, ``at`` a moment.

    Args:
        document: with its proofs.
        key_of: called once for each proof.
        purpose: ``assertionMethod`` or ``authentication``.
        at: now.
        held: the document is still with its holder, who may have base proofs.

    Returns:
        The statements that a holder could have left out; empty where no proof lets him choose.

    Raises:
        ProofInvalid: ``proof_purpose_mismatch``, ``proof_date_invalid``, ``proof_invalid``,
            ``cryptosuite_not_allowed``; ``base_proof_presented`` unless ``held``.
        CredentialError: what ``proofs_of``, ``key_of`` or the suite raises.
    """
    check_proof_uses(proofs_of(document), purpose=purpose, at=at)
    return verify_proofs(document, key_of, held=held)


def check_proof_uses(proofs: Sequence[JsonObject], *, purpose: str, at: datetime) -> None:
    """Every proof is for this purpose, and within its dates.

    Raises:
        ProofInvalid: ``proof_purpose_mismatch``, ``proof_date_invalid``.
    """
    for proof in proofs:
        if proof.get("proofPurpose") != purpose:
            raise ProofInvalid("proof_purpose_mismatch", f"expected {purpose}")
        check_proof_dates(proof, at=at)


def verify_proofs(document: JsonObject, key_of: KeyOf, *, held: bool = False) -> frozenset[str]:
    """Every proof of the document was made by its key over its content, whatever the moment.

    Who calls this alone judges purpose and dates by ``check_proof_uses``.

    Raises:
        CredentialError: as ``check_proofs``.
    """
    proofs = proofs_of(document)
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    chosen: set[str] = set()
    for proof in proofs:
        before = _previous(proof, proofs)
        signed: JsonObject = dict(unsecured)
        if before:
            signed["proof"] = [*before]
        chosen.update(_check_proof(signed, proof, key_of, held=held))
    return frozenset(chosen)


def _check_proof(
    signed: JsonObject, proof: JsonObject, key_of: KeyOf, *, held: bool
) -> tuple[str, ...]:
    selective = selective_cryptosuite_of(proof)
    if selective is None:
        suite, key = cryptosuite_of(proof), key_of(method_of(proof))
        if isinstance(key, BbsPublicKey):
            raise ProofInvalid("cryptosuite_not_allowed", "a BBS key")
        suite.verify(signed, proof, key)
        return ()
    if held and selective.is_base(proof):
        selective.verify_base(signed, proof, key_of(method_of(proof)))
        return ()
    return selective.verify(signed, proof, key_of(method_of(proof)))


def check_proof_dates(proof: JsonObject, *, at: datetime) -> datetime | None:
    """``created`` is not ahead and ``expires`` not over; both are optional.

    Returns:
        When the proof was made, where it says so.

    Raises:
        ProofInvalid: ``proof_date_invalid``, also for a date without a zone.
    """
    created, expires = proof_created(proof), proof_expires(proof)
    if created is not None and created > at + CLOCK_SKEW:
        raise ProofInvalid("proof_date_invalid", f"created {created.isoformat()}")
    if expires is not None and expires <= at:
        raise ProofInvalid("proof_date_invalid", f"expired {expires.isoformat()}")
    return created


def proof_created(proof: JsonObject) -> datetime | None:
    """When the proof says it was made; it is not held against any clock.

    Raises:
        ProofInvalid: ``proof_date_invalid`` when it is no date with a zone.
    """
    return _proof_date(proof, "created")


def proof_expires(proof: JsonObject) -> datetime | None:
    """When the proof says it is over; it is not held against any clock.

    Raises:
        ProofInvalid: ``proof_date_invalid`` when it is no date with a zone.
    """
    return _proof_date(proof, "expires")


def _proof_date(proof: JsonObject, member: str) -> datetime | None:
    try:
        return parse_time(proof[member], member) if member in proof else None
    except MalformedError as error:
        raise ProofInvalid("proof_date_invalid", error.detail) from error


def _previous(proof: JsonObject, proofs: Sequence[JsonObject]) -> list[JsonObject]:
    """The proofs that this one builds upon (4.5, proof chains); each must be there."""
    named = proof.get("previousProof")
    if named is None:
        return []
    names = named if isinstance(named, list) else [named]
    found = [other for other in proofs if other is not proof and other.get("id") in names]
    if len(found) != len(names) or not names:
        raise ProofInvalid("proof_invalid", "previousProof names a proof that is not there")
    return found
