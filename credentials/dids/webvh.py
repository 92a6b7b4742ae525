"""did:webvh 1.0 (DIF): a domain's DID with a history that can be checked.

The log is replayed whole: its name is the hash of the first entry, each entry holds the hash of
the one before, and is signed by a key that the log allows. Pure over the two published files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from credentials.dids.base import DidDocument, read_members
from credentials.dids.web import location
from credentials.dids.webvh_log import PREFIX, History, Version, replay, split
from credentials.dids.webvh_witness import first_unwitnessed, needs_witnesses
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, ProofInvalid, RejectedError, Untrusted
from credentials.model import Get

__all__ = [
    "PREFIX",
    "Resolution",
    "fetch",
    "log_url",
    "read",
    "resolution_error",
    "resolve_log",
    "witness_url",
]

_ERRORS: Mapping[str, str] = {
    "did_version_unknown": "notFound",
    "did_parameters_invalid": "invalidParameters",
    "did_proof_invalid": "invalidProof",
}
_LINKED_PRESENTATIONS = "https://identity.foundation/linked-vp/contexts/v1"


@dataclass(frozen=True, slots=True)
class Resolution:
    """One version of a DID whose log held.

    Attributes:
        versions: all that held, in order.
        version: the one that was asked for, by default the last.
        deactivated: the DID is no longer in use, whichever version was asked for.
    """

    versions: tuple[Version, ...]
    version: Version
    deactivated: bool

    @property
    def document(self) -> JsonObject:
        """The DID document with the two services that every did:webvh has."""
        document = self.version.document
        origin, path = location(split(str(document["id"]))[1])
        base = "/".join([origin, *path])
        listed = document.get("service", [])
        services = listed if isinstance(listed, list) else [listed]
        named = {
            str(each.get("id")).rpartition("#")[2] for each in services if isinstance(each, dict)
        }
        implicit: list[JsonObject] = [
            {"id": "#files", "type": "relativeRef", "serviceEndpoint": base},
            {
                "@context": _LINKED_PRESENTATIONS,
                "id": "#whois",
                "type": "LinkedVerifiablePresentation",
                "serviceEndpoint": f"{base}/whois.vp",
            },
        ]
        missing = [each for each in implicit if str(each["id"])[1:] not in named]
        return {**document, "service": [*services, *missing]}

    @property
    def time_to_live(self) -> timedelta:
        """How long this answer may be kept."""
        return self.versions[-1].parameters.ttl

    def metadata(self) -> JsonObject:
        """``didDocumentMetadata``; numbers as text, as DID Resolution asks, save the number."""
        parameters = self.versions[-1].parameters
        witnesses: JsonObject = {}
        if parameters.witnesses is not None:
            ids: list[JsonValue] = [{"id": f"did:key:{key}"} for key in parameters.witnesses.keys]
            witnesses = {"threshold": str(parameters.witnesses.threshold), "witnesses": ids}
        return {
            "created": self.versions[0].time_text,
            "updated": self.versions[-1].time_text,
            "versionId": self.version.id,
            "versionNumber": self.version.number,
            "versionTime": self.version.time_text,
            "scid": parameters.scid,
            "portable": parameters.portable,
            "deactivated": self.deactivated,
            "ttl": str(int(parameters.ttl.total_seconds())),
            "witness": witnesses,
            "watchers": [*parameters.watchers],
        }


def log_url(did: str) -> str:
    """Where the log of a did:webvh lies ("The DID to HTTPS Transformation").

    Raises:
        MalformedError: ``did_malformed``.
        RejectedError: ``address_forbidden`` for an IP address in any spelling.
    """
    origin, path = location(split(did)[1])
    return "/".join([origin, *(path or [".well-known"]), "did.jsonl"])


def witness_url(did: str) -> str:
    """Where the proofs of the witnesses lie: beside the log.

    Raises:
        CredentialError: as ``log_url``.
    """
    return log_url(did).removesuffix("did.jsonl") + "did-witness.json"


def resolve_log(
    did: str,
    log: bytes,
    witness: bytes | None,
    *,
    at: datetime,
    version_id: str | None = None,
    version_time: datetime | None = None,
    version_number: int | None = None,
) -> Resolution:
    """Replay the log and give one version of the DID.

    A version that held is given even where a later entry does not; the newest only where all held.

    Args:
        did: without path, query or fragment.
        log: the file ``did.jsonl``.
        witness: the file ``did-witness.json``; None where there is none.
        at: now.
        version_id: the whole ``versionId`` that is asked for.
        version_time: a moment; the version of then is asked for.
        version_number: the number of the version that is asked for, from 1.

    Raises:
        CredentialError: ``did_malformed``, ``address_forbidden``, ``did_log_malformed``,
            ``did_log_mismatch``, ``did_log_invalid``, ``did_parameters_invalid``,
            ``did_method_version_unknown``, ``did_proof_invalid``, ``did_witness_missing``,
            ``did_witness_malformed``, ``date_invalid``; ``did_version_unknown``: the log holds,
            but has no such version.
    """
    history = _held(did, log, lambda: witness, at=at)
    if version_id is not None:
        return _select(history, lambda each: each.id == version_id)
    if version_number is not None:
        return _select(history, lambda each: each.number == version_number)
    if version_time is not None:
        return _at_time(history, version_time)
    return _newest(history)


def read(did: str, get: Get, *, at: datetime, moment: datetime | None = None) -> DidDocument:
    """Fetch a log, replay it, and give the keys of one moment.

    Args:
        did: without path, query or fragment.
        get: the guarded fetcher; the witnesses' file is fetched only where the log asks for it.
        at: now.
        moment: when the keys were used; by default now.

    Raises:
        ProofInvalid: ``did_deactivated``: no keys, whatever the moment was.
        Untrusted: ``key_not_valid_at_issuance``: the DID did not exist at the moment.
        CredentialError: what ``resolve_log`` or ``get`` raises, or ``did_document_mismatch``.
    """
    history = _fetched(did, get, at=at)
    newest = _newest(history)
    if newest.deactivated:
        raise ProofInvalid("did_deactivated", "the log ends the DID")
    version = newest.version if moment is None else _of_moment(history, moment)
    document = read_members(did, version.document)
    ids = [_method_ids(each) for each in newest.versions]
    return replace(
        document,
        rotated=frozenset(document.methods) - ids[-1],
        elsewhere=frozenset().union(*ids) - frozenset(document.methods),
    )


def fetch(did: str, get: Get, *, at: datetime) -> Resolution:
    """Fetch a log, replay it, and give its newest version whole.

    Raises:
        CredentialError: as ``read``.
    """
    return _newest(_fetched(did, get, at=at))


def _fetched(did: str, get: Get, *, at: datetime) -> History:
    return _held(did, get(log_url(did)), lambda: get(witness_url(did)), at=at)


def resolution_error(error: CredentialError) -> str:
    """The ``error`` of ``didResolutionMetadata`` for an error of ``resolve_log``."""
    return _ERRORS.get(error.code, "invalidDid")


def _held(did: str, log: bytes, proofs: Callable[[], bytes | None], *, at: datetime) -> History:
    """The versions that hold, witnesses included; one of them must bear the name asked for.

    ``proofs`` gives the witnesses' file and is called only where the log asks for it.
    """
    history = replay(did, log, at=at)
    if needs_witnesses(history.versions):
        lacking = first_unwitnessed(history.versions, proofs(), at=at)
        if lacking is not None:
            fault = RejectedError("did_witness_missing", f"version {lacking + 1}")
            history = History(history.versions[:lacking], fault)
    if any(version.document["id"] == did for version in history.versions):
        return history
    raise history.fault or RejectedError("did_log_mismatch", "no version has this name")


def _newest(history: History) -> Resolution:
    if history.fault is not None:
        raise history.fault
    return _resolution(history, history.versions[-1])


def _select(history: History, wanted: Callable[[Version], bool]) -> Resolution:
    for version in history.versions:
        if wanted(version):
            return _resolution(history, version)
    raise history.fault or RejectedError("did_version_unknown", "no such version")


def _at_time(history: History, moment: datetime) -> Resolution:
    """The version of a moment; an entry that does not hold might have ended the last one."""
    earlier = [version for version in history.versions if version.time <= moment]
    if earlier and (history.fault is None or len(earlier) < len(history.versions)):
        return _resolution(history, earlier[-1])
    raise history.fault or RejectedError("did_version_unknown", "the DID did not exist yet")


def _of_moment(history: History, moment: datetime) -> Version:
    try:
        return _at_time(history, moment).version
    except RejectedError as error:
        raise Untrusted("key_not_valid_at_issuance", error.detail) from error


def _resolution(history: History, version: Version) -> Resolution:
    ended = history.versions[-1].parameters.deactivated
    return Resolution(history.versions, version, ended)


def _method_ids(version: Version) -> frozenset[str]:
    """The full ids of the methods that a version names; nothing is read of their keys."""
    listed = version.document.get("verificationMethod", [])
    methods = listed if isinstance(listed, list) else []
    names = [str(each.get("id")) for each in methods if isinstance(each, dict)]
    did = str(version.document["id"])
    return frozenset(did + name if name.startswith("#") else name for name in names)
