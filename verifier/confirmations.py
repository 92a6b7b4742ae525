"""Live confirmation of a deelkaart: ask the holder for the same proof, now (wallet design, 8).

A deelkaart shows that somebody agreed to it once. The confirmation asks for the same type and the
same claims; of what the card showed only digests are kept, and the answer must give them all again.
"""

import hashlib

from credentials.encoding import JsonObject, JsonValue, canonical_json
from credentials.errors import RejectedError
from credentials.findings import Check, Finding, Outcome, Part, Verdict
from credentials.model import Credential, Verified
from schemas.declarations import Declared, lists
from verifier.questions import Firm, Question
from verifier.verdicts import Report

CONFIRMATION = "confirmation"

_SELECTIVE = frozenset({"dc+sd-jwt", "vc+sd-jwt"})
_SUBJECT = "credentialSubject"


def confirmation_of(report: Report, *, declared: Declared, firm: Firm | None = None) -> Question:
    """The question that asks once more for what a checked proof showed.

    Args:
        report: the verdict about the deelkaart's proof.
        declared: what the holder is told; the purpose is always ``confirmation``.
        firm: None where nobody was checked; then what names a person is left out of the question.

    Raises:
        RejectedError: ``confirmation_impossible``: the proof did not hold, or nothing of it may be
            asked.
    """
    verified = report.verdict.verified
    if verified is None:
        raise RejectedError("confirmation_impossible", "the proof did not hold")
    told = Declared(declared.relation, CONFIRMATION, declared.legal_basis, declared.retention_days)
    names = frozenset(verified.credential.claims) - {"id"}
    if firm is None:
        names &= lists().unchecked_claims
    confirms = shown_digests(verified.credential, names)
    return Question(CONFIRMATION, _query(verified, names), told, firm, confirms=confirms)


def shown_digests(credential: Credential, names: frozenset[str]) -> frozenset[str]:
    """What is kept of a shown proof, for the ten minutes of the question: a digest of each detail.

    Type and issuer, each claim of these names, and of a list each element.
    """
    details: list[JsonValue] = [["type", credential.type], ["issuer", credential.issuer]]
    for name, value in credential.claims.items():
        if name in names:
            details += [[name, each] for each in (value if isinstance(value, list) else [value])]
    return frozenset(hashlib.sha256(canonical_json(detail)).hexdigest() for detail in details)


def compared(verdict: Verdict, confirms: frozenset[str]) -> Verdict:
    """The verdict, with a finding where less was shown than there is to confirm, or another."""
    verified = verdict.verified
    if verified is None:
        return verdict
    shown = verified.credential
    if confirms <= shown_digests(shown, frozenset(shown.claims)):
        return verdict
    other = Finding(Part.HOLDER, Check.QUERY, Outcome.FAILED, "confirmation_mismatch")
    return Verdict((*verdict.findings, other), verified)


def _query(verified: Verified, names: frozenset[str]) -> JsonObject:
    credential, format_id = verified.credential, verified.format
    meta: JsonObject = (
        {"vct_values": [credential.type]}
        if format_id == "dc+sd-jwt"
        else {"type_values": [[credential.type]]}
    )
    asked: JsonObject = {"id": "proof", "format": format_id, "meta": meta}
    asked["claims"] = [
        {"path": _path(name, value, format_id)}
        for name, value in credential.claims.items()
        if name in names
    ]
    if not asked["claims"]:
        raise RejectedError("confirmation_impossible", "nothing on it may be asked")
    return {"credentials": [asked]}


def _path(name: str, value: JsonValue, format_id: str) -> list[JsonValue]:
    """The claim itself; of a list that may be shown in part every element."""
    inside: list[JsonValue] = [name] if format_id == "dc+sd-jwt" else [_SUBJECT, name]
    return [*inside, None] if isinstance(value, list) and format_id in _SELECTIVE else inside
