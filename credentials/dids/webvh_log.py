"""did:webvh 1.0, "Read (Resolve)": replaying the log, every entry with every check.

What was checked is remembered by the digest of its octets: a log that did not change is not
replayed, and one that grew from its last entry that held. Other octets before that, or a moment at
which one of its dates does not hold, and everything is checked again.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from credentials.cryptosuites.eddsa_jcs_2022 import EDDSA_JCS_2022
from credentials.cryptosuites.proofs import (
    check_proof_dates,
    method_of,
    proof_created,
    proof_expires,
    proofs_of,
)
from credentials.data_model import parse_time
from credentials.dids.web import location
from credentials.dids.webvh_parameters import (
    Parameters,
    first_parameters,
    multihash,
    next_parameters,
)
from credentials.encoding import (
    JsonObject,
    JsonValue,
    canonical_json,
    parse_json_object,
)
from credentials.errors import CredentialError, MalformedError, ProofInvalid, RejectedError
from credentials.keys import public_key_from_multikey
from credentials.limits import CLOCK_SKEW
from credentials.memory import Memory

PREFIX = "did:webvh:"
MAX_CHARACTERS = 512
"""A domain name ends at 253, the SCID takes 46; the rest is a short path."""

MAX_LOG_BYTES = 1024 * 1024
"""What one fetch brings; an entry takes about 2 kB."""

MAX_ENTRIES = 500
"""Each costs two hashes and a signature check: about 0.1 s for the longest log."""

MAX_HELD, MAX_HELD_OCTETS = 256, 4 * 1024 * 1024
"""Logs that stay checked: a verifier meets some tens of issuers in an hour."""

_SCID = re.compile(r"[1-9A-HJ-NP-Za-km-z]{46}")
_VERSION_ID = re.compile(r"(?P<number>[1-9][0-9]{0,5})-(?P<hash>[1-9A-HJ-NP-Za-km-z]{46})")
_MEMBERS = frozenset({"versionId", "versionTime", "parameters", "state", "proof"})
_PLACEHOLDER = "{SCID}"
_DID_KEY = "did:key:"


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of the log that held.

    Attributes:
        number: from 1.
        id: the number and the entry's hash.
        time_text: ``versionTime`` as it is written.
        parameters: in force after this entry.
        document: the DID document of this version, as it stands in the log.
    """

    number: int
    id: str
    time: datetime
    time_text: str
    parameters: Parameters
    document: JsonObject


@dataclass(frozen=True, slots=True)
class History:
    """The versions up to the first that does not hold.

    Attributes:
        versions: in order.
        fault: why the log stops there; None where all of it held.
    """

    versions: tuple[Version, ...]
    fault: CredentialError | None


@dataclass(frozen=True, slots=True)
class _Held:
    """The beginning of a log that held.

    Attributes:
        digest: SHA-256 of its octets.
        octets: how many they are, without the end of the last line.
        starts: the latest date in it; it holds from then on.
        ends: the first moment at which one of its proofs is over; None where none ever is.
    """

    digest: bytes
    octets: int
    versions: tuple[Version, ...]
    starts: datetime
    ends: datetime | None


_HELD: Memory[str, _Held] = Memory(
    most=MAX_HELD, most_octets=MAX_HELD_OCTETS, weigh=lambda _did, kept: kept.octets
)


def split(did: str) -> tuple[str, str]:
    """The SCID of a did:webvh and its place: the domain and path, colons between.

    Raises:
        MalformedError: ``did_malformed``, also for a path, query or fragment behind the DID.
        RejectedError: ``address_forbidden`` for an IP address in any spelling.
    """
    if not did.startswith(PREFIX) or len(did) > MAX_CHARACTERS:
        raise MalformedError("did_malformed", "expected did:webvh, an SCID and a domain")
    scid, _, place = did.removeprefix(PREFIX).partition(":")
    if not _SCID.fullmatch(scid):
        raise MalformedError("did_malformed", "no SCID of 46 characters")
    location(place)
    if "." not in place.partition(":")[0]:
        raise MalformedError("did_malformed", "no domain name of at least two labels")
    return scid, place


def replay(did: str, log: bytes, *, at: datetime) -> History:
    """Check the log entry by entry, in order.

    Args:
        did: what was asked for.
        log: the file ``did.jsonl``.
        at: now.

    Raises:
        MalformedError: ``did_malformed``, or ``did_log_malformed`` when nothing can be read.
        RejectedError: ``address_forbidden``.
    """
    scid, _ = split(did)
    lines = _lines(log)
    held = _remembered(did, log, at=at)
    versions = [*held.versions] if held else []
    known = len(versions)
    fault: CredentialError | None = None
    for line in lines[known:]:
        try:
            versions.append(_checked(line, versions[-1] if versions else None, scid, at=at))
        except CredentialError as error:
            fault = error
            break
    if len(versions) > known:
        _remember(did, lines, tuple(versions), held)
    return History(tuple(versions), fault)


def _remembered(did: str, log: bytes, *, at: datetime) -> _Held | None:
    """What is known of the beginning of these very octets, where all of it holds at ``at``."""
    held = _HELD.find(did)
    if held is None or log[held.octets : held.octets + 1] not in {b"", b"\n"}:
        return None
    if sha256(log[: held.octets]).digest() != held.digest:
        return None
    over = held.ends is not None and at >= held.ends
    return None if over or held.starts > at + CLOCK_SKEW else held


def _remember(
    did: str, lines: list[bytes], versions: tuple[Version, ...], before: _Held | None
) -> None:
    """Keep the lines that held; their dates are judged at every use."""
    begin = len(before.versions) if before else 0
    starts = [each.time for each in versions[begin:]]
    ends: list[datetime] = []
    for line in lines[begin : len(versions)]:
        for proof in proofs_of(parse_json_object(line)):
            starts += filter(None, [proof_created(proof)])
            ends += filter(None, [proof_expires(proof)])
    if before is not None:
        starts.append(before.starts)
        ends += filter(None, [before.ends])
    octets = b"\n".join(lines[: len(versions)])
    _HELD.keep(
        did,
        _Held(sha256(octets).digest(), len(octets), versions, max(starts), min(ends, default=None)),
    )


def _lines(log: bytes) -> list[bytes]:
    if len(log) > MAX_LOG_BYTES:
        raise MalformedError("did_log_malformed", f"{len(log)} octets, limit {MAX_LOG_BYTES}")
    lines = log.removesuffix(b"\n").split(b"\n")
    if len(lines) > MAX_ENTRIES:
        raise MalformedError("did_log_malformed", f"{len(lines)} entries, limit {MAX_ENTRIES}")
    return lines


def _checked(line: bytes, before: Version | None, scid: str, *, at: datetime) -> Version:
    """One entry; the numbers are those of the steps in "Read (Resolve)"."""
    entry = parse_json_object(line)
    parameters, state = entry.get("parameters"), entry.get("state")
    if entry.keys() != _MEMBERS or not isinstance(parameters, dict) or not isinstance(state, dict):
        raise MalformedError("did_log_malformed", "members of an entry")
    if before is not None and before.parameters.deactivated:
        raise RejectedError("did_log_invalid", "an entry after the DID was deactivated")
    # step 1 with 7, then 4 before the costlier 2
    now = next_parameters(parameters, before.parameters) if before else first_parameters(parameters)
    time = _version_time(entry["versionTime"], before, at=at)  # (4)
    signers = before.parameters if before and not before.parameters.next_key_hashes else now
    check_proof(entry, signers.update_keys, at=at)  # (2)
    number, version_id = _version_id(entry, before, now)  # (3)
    if now.scid != scid:
        raise RejectedError("did_log_mismatch", "the log of another SCID")
    if before is None:
        _check_scid(entry, scid)  # (5)
    _check_state(state, before, now)  # (6)
    return Version(number, version_id, time, str(entry["versionTime"]), now, state)


def check_proof(document: JsonObject, authorized: tuple[str, ...], *, at: datetime) -> None:
    """Each proof is eddsa-jcs-2022 by an authorized key ("Authorized Keys").

    Args:
        document: an entry, with its proofs.
        authorized: Multikeys.
        at: now.

    Raises:
        ProofInvalid: ``did_proof_invalid``.
    """
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    try:
        for proof in proofs_of(document):
            key = key_of(proof, at=at)
            if key not in authorized:
                raise ProofInvalid("did_proof_invalid", "signed by a key that may not")
            EDDSA_JCS_2022.verify(unsecured, proof, public_key_from_multikey(key))
    except CredentialError as error:
        raise ProofInvalid("did_proof_invalid", f"{error.code} {error.detail}") from error


def key_of(proof: JsonObject, *, at: datetime) -> str:
    """The Multikey that a proof of the permitted form names.

    Raises:
        CredentialError: another suite, purpose, a date ahead, or a did:key whose fragment names
            another key than its body.
    """
    form = (proof.get("type"), proof.get("cryptosuite"), proof.get("proofPurpose"))
    if form != ("DataIntegrityProof", EDDSA_JCS_2022.name, "assertionMethod"):
        raise ProofInvalid("did_proof_invalid", "type, cryptosuite or proofPurpose")
    check_proof_dates(proof, at=at)
    body, _, fragment = method_of(proof).removeprefix(_DID_KEY).partition("#")
    if method_of(proof) != f"{_DID_KEY}{body}#{body}" or fragment != body:
        raise ProofInvalid("did_proof_invalid", "verificationMethod names two keys")
    return body


def _version_id(entry: JsonObject, before: Version | None, now: Parameters) -> tuple[int, str]:
    """The number follows the one before, and the hash is that of the entry behind it."""
    text = entry["versionId"]
    parts = _VERSION_ID.fullmatch(text) if isinstance(text, str) else None
    expected = before.number + 1 if before else 1
    if parts is None or int(parts["number"]) != expected:
        raise MalformedError("did_log_malformed", f"versionId, expected number {expected}")
    preliminary = {name: value for name, value in entry.items() if name != "proof"}
    preliminary["versionId"] = before.id if before else now.scid
    if multihash(canonical_json(preliminary)) != parts["hash"]:
        raise RejectedError("did_log_invalid", f"the hash of entry {expected}")
    return expected, parts[0]


def _version_time(value: JsonValue, before: Version | None, *, at: datetime) -> datetime:
    time = parse_time(value, "versionTime")
    if not str(value).endswith(("Z", "+00:00")):
        raise MalformedError("date_invalid", "versionTime is not in UTC")
    if time > at + CLOCK_SKEW:
        raise RejectedError("did_log_invalid", "an entry from the future")
    if before is not None and time <= before.time:
        raise RejectedError("did_log_invalid", "an entry no later than the one before")
    return time


def _check_scid(entry: JsonObject, scid: str) -> None:
    """The SCID is the hash of the first entry, with a placeholder wherever it stands."""
    preliminary = {name: value for name, value in entry.items() if name != "proof"}
    preliminary["versionId"] = _PLACEHOLDER
    text = canonical_json(preliminary).decode().replace(scid, _PLACEHOLDER)
    if multihash(canonical_json(parse_json_object(text))) != scid:
        raise RejectedError("did_log_invalid", "the SCID is not the hash of the first entry")


def _check_state(state: JsonObject, before: Version | None, now: Parameters) -> None:
    """Every version names the same SCID; only a portable DID may move, and says from where."""
    did = state.get("id")
    if not isinstance(did, str) or split(did)[0] != now.scid:
        raise RejectedError("did_log_invalid", "the document is of another SCID")
    if before is None or did == before.document["id"]:
        return
    known_as = state.get("alsoKnownAs")
    if not now.portable or not isinstance(known_as, list) or before.document["id"] not in known_as:
        raise RejectedError("did_log_invalid", "moved without leave, or without its former name")
