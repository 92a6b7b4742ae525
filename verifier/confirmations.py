"""Live confirmation of a deelkaart: ask the holder for the same proof, now (wallet design, 8).

A deelkaart shows that somebody agreed to it once. The confirmation asks for the same type and the
same claims; of what the card showed only digests are kept, and the answer must give them all again.
"""

import hashlib

from credentials.encoding import JsonObject, JsonValue, canonical_json
from credentials.errors import RejectedError
from credentials.findings import Check, Finding, Outcome, Part, Verdict
from credentials.model import Credential, Verified
from schemas.declarations import Declared
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
        firm: None where nobody was checked; then the card may show no more than may be asked.

    Raises:
        RejectedError: ``confirmation_impossible``: the proof did not hold.
    """
    verified = report.verdict.verified
    if verified is None:
        raise RejectedError("confirmation_impossible", "the proof did not hold")
    told = Declared(declared.relation, CONFIRMATION, declared.legal_basis, declared.retention_days)
    return Question(
        CONFIRMATION, _query(verified), told, firm, confirms=shown_digests(verified.credential)
    )


def shown_digests(credential: Credential) -> frozenset[str]:
    """What is kept of a shown proof, for the ten minutes of the question: a digest of each detail.

    Type and issuer, each claim, and of a list each element.
    """
    details: list[JsonValue] = [["type", credential.type], ["issuer", credential.issuer]]
    for name, value in credential.claims.items():
        if name != "id":
            details += [[name, each] for each in (value if isinstance(value, list) else [value])]
    return frozenset(hashlib.sha256(canonical_json(detail)).hexdigest() for detail in details)


def compared(verdict: Verdict, confirms: frozenset[str]) -> Verdict:
    """The verdict, with a finding where less was shown than there is to confirm, or another."""
    verified = verdict.verified
    if verified is None or confirms <= shown_digests(verified.credential):
        return verdict
    other = Finding(Part.HOLDER, Check.QUERY, Outcome.FAILED, "confirmation_mismatch")
    return Verdict((*verdict.findings, other), verified)


def _query(verified: Verified) -> JsonObject:
    credential, format_id = verified.credential, verified.format
    names = [name for name in credential.claims if name != "id"]
    meta: JsonObject = (
        {"vct_values": [credential.type]}
        if format_id == "dc+sd-jwt"
        else {"type_values": [[credential.type]]}
    )
    asked: JsonObject = {"id": "proof", "format": format_id, "meta": meta}
    paths = [path for name in names for path in _paths(name, credential.claims[name], format_id)]
    if paths:
        asked["claims"] = [{"path": path} for path in paths]
    return {"credentials": [asked]}


def _paths(name: str, value: JsonValue, format_id: str) -> list[JsonValue]:
    """The claim itself; of a list that may be shown in part every element."""
    inside: list[JsonValue] = [name] if format_id == "dc+sd-jwt" else [_SUBJECT, name]
    whole: list[JsonValue] = [inside]
    return [[*inside, None]] if isinstance(value, list) and format_id in _SELECTIVE else whole
