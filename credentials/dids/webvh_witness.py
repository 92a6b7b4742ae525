"""did:webvh 1.0, "DID Witnesses": whether enough witnesses approved each version."""

from collections.abc import Sequence
from datetime import datetime

from credentials.cryptosuites.eddsa_jcs_2022 import EDDSA_JCS_2022
from credentials.cryptosuites.proofs import proofs_of
from credentials.dids.webvh_log import Version, key_of
from credentials.dids.webvh_parameters import Witnesses
from credentials.encoding import JsonObject, parse_json
from credentials.errors import CredentialError, MalformedError
from credentials.keys import PublicKey, public_key_from_multikey

MAX_WITNESS_ENTRIES = 1_000
"""Each costs up to eight signature checks; a tidy file holds one or two a witness."""


def rule_for(versions: Sequence[Version], index: int) -> Witnesses | None:
    """Who must approve the version at ``index``: those in force before it, else its own."""
    before = versions[index - 1].parameters.witnesses if index else None
    return before or versions[index].parameters.witnesses


def needs_witnesses(versions: Sequence[Version]) -> bool:
    """Whether ``did-witness.json`` must be fetched."""
    return any(rule_for(versions, index) for index in range(len(versions)))


def first_unwitnessed(
    versions: Sequence[Version], proofs: bytes | None, *, at: datetime
) -> int | None:
    """The index of the first version that too few witnesses approved; None where all have enough.

    Args:
        versions: that held in every other respect.
        proofs: the file ``did-witness.json``; None where there is none.
        at: now.

    Raises:
        MalformedError: ``did_witness_malformed``, or as ``parse_json``.
    """
    rules = [rule_for(versions, index) for index in range(len(versions))]
    witnesses = {name: key for rule in rules if rule for name, key in rule.keys.items()}
    approved = _approvals(versions, witnesses, proofs, at=at) if proofs and witnesses else {}
    for index, rule in enumerate(rules):
        if rule is not None:
            count = sum(approved.get(name, -1) >= index for name in rule.keys)
            if count < rule.threshold:
                return index
    return None


def _approvals(
    versions: Sequence[Version],
    witnesses: dict[str, PublicKey],
    proofs: bytes,
    *,
    at: datetime,
) -> dict[str, int]:
    """The newest version that each witness approved; an approval covers all versions before it.

    A proof about a version that is not in this log counts for nothing: its signature says no more
    than the version's id, and may have been given to another DID.
    """
    places = {version.id: index for index, version in enumerate(versions)}
    approved: dict[str, int] = {}
    for entry in _entries(proofs):
        version_id = entry.get("versionId")
        index = places.get(version_id) if isinstance(version_id, str) else None
        if index is None:
            continue
        for name in _signers(entry, at=at):
            if name in witnesses:
                approved[name] = max(approved.get(name, -1), index)
    return approved


def _entries(proofs: bytes) -> list[JsonObject]:
    value = parse_json(proofs)
    entries = value if isinstance(value, list) else [value]
    objects = [entry for entry in entries if isinstance(entry, dict)]
    if len(objects) != len(entries) or len(entries) > MAX_WITNESS_ENTRIES or value is not entries:
        raise MalformedError("did_witness_malformed", "expected a list of objects")
    return objects


def _signers(entry: JsonObject, *, at: datetime) -> set[str]:
    """The Multikeys whose proof over the version id holds; one that does not is passed over."""
    found: set[str] = set()
    try:
        proofs = proofs_of(entry)
    except CredentialError:
        return found
    for proof in proofs:
        try:
            key = key_of(proof, at=at)
            EDDSA_JCS_2022.verify(
                {"versionId": entry["versionId"]}, proof, public_key_from_multikey(key)
            )
        except CredentialError:
            continue
        found.add(key)
    return found
