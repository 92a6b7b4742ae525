"""The one sentence above the four questions: the least good answer decides its tone."""

from credentials.findings import Check, Outcome, Part
from schemas.messages import known
from verifier.verdicts import ELSEWHERE, Report, answer, decisive, is_elsewhere

FORGED = frozenset(
    {
        *("signature_invalid", "proof_invalid", "claim_collision", "digest_duplicate"),
        *("disclosure_unreferenced", "disclosure_duplicate", "disclosure_malformed"),
    }
)
"""Codes that mean: someone changed it, or made it up."""

OWN_TITLE = frozenset({"revoked", "suspended", "expired", "issuer_not_listed"})
"""Codes with a headline of their own."""

_UNKNOWN_GIVER = frozenset({"issuer_not_listed", "one_time_key"})


def is_declined(report: Report) -> bool:
    """Whether somebody chose to show nothing."""
    return any(finding.code == "declined" for finding in report.verdict.findings)


def is_gone(report: Report) -> bool:
    """Whether nobody can say more about its status, now or later: who gave it is gone."""
    listed, found = report.listed, decisive(report.verdict, Part.VALID)
    gone = listed is not None and listed.gone_since is not None
    return gone and found is not None and found.check is Check.STATUS


def headline(report: Report) -> tuple[str, str, str]:
    """Tone and catalogue keys of title and lead; the least good answer decides."""
    if is_declined(report):
        return "info", "verdict.title.declined", "verdict.lead.declined"
    answers = {part: answer(report, part) for part in Part}
    failed = [part for part in Part if answers[part] is Outcome.FAILED]
    if failed:
        return _refused(report, failed[0])
    unknown = [part for part in Part if answers[part] is Outcome.UNDETERMINED]
    if unknown:
        return _unknown(report, unknown)
    if is_elsewhere(report):
        return "info", f"verdict.title.{ELSEWHERE}", f"verdict.lead.{ELSEWHERE}"
    if all(found is Outcome.PASSED for found in answers.values()):
        return "positive", "verdict.title.passed", "verdict.lead.passed"
    return "info", "verdict.title.loose", "verdict.lead.loose"


def _refused(report: Report, part: Part) -> tuple[str, str, str]:
    finding = decisive(report.verdict, part)
    name = part.value
    if finding is not None:
        if finding.check is Check.QUERY:
            name = "query"
        elif finding.code in OWN_TITLE:
            name = finding.code
        elif finding.code in FORGED and part is Part.AUTHENTIC:
            name = "forged"
    lead = f"verdict.lead.{name}"
    return (
        "negative",
        f"verdict.title.{name}",
        lead if known(lead) else f"verdict.lead.{part}",
    )


def _unknown(report: Report, unknown: list[Part]) -> tuple[str, str, str]:
    finding = decisive(report.verdict, Part.ISSUER)
    if finding is not None and finding.code in _UNKNOWN_GIVER:
        return "warning", f"verdict.title.{finding.code}", f"verdict.lead.{finding.code}"
    valid = decisive(report.verdict, Part.VALID)
    if valid is not None and is_gone(report):
        word = "last_known" if valid.code == "status_last_known" else "gone"
        return "warning", "verdict.title.gone", f"verdict.lead.{word}"
    if len(unknown) > 1:
        return "warning", "verdict.title.unknown_more", "verdict.lead.unknown"
    lead = f"verdict.lead.unknown_{unknown[0]}"
    return (
        "warning",
        "verdict.title.unknown_one",
        lead if known(lead) else "verdict.lead.unknown",
    )
