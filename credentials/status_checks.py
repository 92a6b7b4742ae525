"""Step 10 of a verdict: whether the issuer took the credential back since.

What is wrong with a list makes the status unknown; only its own answer fails. Of an issuer that is
gone the list's publisher keeps the last status lists: they can say that a credential was withdrawn,
but not that it still holds.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from credentials.credential_status import check_status, read_status, status_facts
from credentials.encoding import b64url_encode
from credentials.errors import CredentialError, UndeterminedError
from credentials.expectations import Sources
from credentials.findings import Check, Finding, Outcome, finding, judged, of_error
from credentials.model import Credential, StatusReference
from credentials.trust.listing import KeptStatus, TrustedIssuer

LAST_KNOWN = "status_last_known"
"""Not withdrawn when the list was kept; what was done since, nobody can say."""

_UNREADABLE = frozenset(["status_issuer_mismatch", "status_index_invalid"])


def find_statuses(credential: Credential, sources: Sources, *, at: datetime) -> list[Finding]:
    """One finding for each status that the credential names."""
    if not credential.status:
        return [finding(Check.STATUS, Outcome.NOT_APPLICABLE, "status_not_offered")]
    entry = sources.trust_list.entry(credential.issuer) if sources.trust_list else None
    return [
        _find_kept(reference, entry, kept, sources)
        if entry is not None and (kept := entry.last_status(reference.uri)) is not None
        else _find_now(reference, credential.issuer, sources, at=at)
        for reference in credential.status
    ]


def _find_now(
    reference: StatusReference, issuer: str, sources: Sources, *, at: datetime
) -> Finding:
    facts = {"uri": reference.uri, "purpose": reference.purpose}
    try:
        body = sources.get(reference.uri)
    except UndeterminedError as error:
        code = error.code if error.code == "status_stale" else "status_unreachable"
        return finding(Check.STATUS, Outcome.UNDETERMINED, code, facts)
    except CredentialError as error:
        return of_error(Check.STATUS, error, facts)
    try:
        issued_at, status = read_status(
            reference,
            body,
            issuer=issuer,
            trust_list=sources.trust_list,
            get=sources.get,
            at=at,
        )
    except CredentialError as error:
        outcome = Outcome.FAILED if error.code in _UNREADABLE else Outcome.UNDETERMINED
        return finding(Check.STATUS, outcome, error.code, facts)
    facts |= {"issued_at": issued_at.isoformat(), **status_facts(reference, status)}
    seen = sources.status_seen(reference.uri)

    def standing() -> Finding:
        check_newest(issued_at, seen)
        check_status(reference, status)
        return finding(Check.STATUS, Outcome.PASSED, "ok", facts)

    return judged(Check.STATUS, standing, facts)


def check_newest(issued_at: datetime, seen: datetime | None) -> None:
    """An older list than one met before at its address hides what was withdrawn since.

    Raises:
        UndeterminedError: ``status_rollback``.
    """
    if seen is not None and issued_at < seen:
        raise UndeterminedError("status_rollback", "a newer list was seen before")


def _find_kept(
    reference: StatusReference, entry: TrustedIssuer, kept: KeptStatus, sources: Sources
) -> Finding:
    """By the copy that the signed list names by its digest; the issuer's address is not asked."""
    known_at = kept.kept_at.isoformat()
    facts = {"uri": reference.uri, "purpose": reference.purpose, "known_at": known_at}
    try:
        body = sources.get(kept.location)
        if b64url_encode(sha256(body).digest()) != kept.digest:
            raise UndeterminedError("status_invalid", "another copy than the list names")
        _issued_at, status = read_status(
            reference,
            body,
            issuer=entry.id,
            trust_list=sources.trust_list,
            get=_nobody,
            at=kept.kept_at,
        )
    except CredentialError as error:
        unkept = error.code in {"fetch_failed", "status_stale"}
        code = "status_unreachable" if unkept else error.code
        return finding(Check.STATUS, Outcome.UNDETERMINED, code, facts)
    facts |= status_facts(reference, status)
    return judged(Check.STATUS, lambda: _as_far_as_known(reference, status, facts), facts)


def _as_far_as_known(reference: StatusReference, status: int, facts: Mapping[str, str]) -> Finding:
    check_status(reference, status)
    return finding(Check.STATUS, Outcome.UNDETERMINED, LAST_KNOWN, facts)


def _nobody(_url: str) -> bytes:
    raise UndeterminedError("key_not_kept", "the issuer is gone, and the list has no such key")
