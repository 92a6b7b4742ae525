"""How the certificates in a set of proofs stand today: the six kinds of validity as findings.

The kernel judges dates and status of one proof; this adds what only its kind tells: a chain of
confirmations, an employer, a house rule (requirements R25 and R26).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType

from credentials.encoding import JsonValue
from credentials.findings import Check, Finding, Outcome, Part, Verdict
from schemas import catalog
from service.dates import local_day
from skills.certificates import rule_of
from skills.evidence import Proof, Status
from skills.validity import ANYONE, Confirmation, Reader, Shown, Standing, State, judge
from verifier.verdicts import RULE, Report, giver_role

_SILENT = frozenset({"fixed_until", "house_rule_ok", "no_house_rule", "no_end", "type_unknown"})
"""Standings that say no more than the proof's own dates do."""

_OUTCOMES = MappingProxyType(
    {
        State.VALID: Outcome.PASSED,
        State.ENDING: Outcome.PASSED,
        State.ENDED: Outcome.FAILED,
        State.WAITING: Outcome.FAILED,
        State.NOT_FOR_YOU: Outcome.UNDETERMINED,
        State.UNKNOWN: Outcome.UNDETERMINED,
    }
)


HouseRules = Mapping[str, int]
"""Months after which a firm no longer takes a certificate that no law ends, by type."""

NO_HOUSE_RULES: HouseRules = MappingProxyType({})


_HERE = frozenset({"designated_here", "review_due", "review_overdue", "designation_ended"})
"""Standings that only a reader of the firm that gave a designation sees."""


def stand(
    reports: Sequence[Report],
    house_rules: HouseRules = NO_HOUSE_RULES,
    identities: frozenset[str] = frozenset(),
) -> tuple[Report, ...]:
    """Add to each report what its kind of certificate says; what was added before is replaced.

    Args:
        reports: what came together.
        house_rules: of the firm that reads.
        identities: DIDs and names of that firm; empty where it is nobody's, or was not checked.
    """
    bare = [replace(report, verdict=_without_rules(report.verdict)) for report in reports]
    confirmed = confirmations(bare)
    return tuple(_with_rule(report, confirmed, house_rules, identities) for report in bare)


def standing_of(
    report: Report, *, confirmed: Sequence[Confirmation] | None, reader: Reader = ANYONE
) -> Standing | None:
    """How the certificate of a proof that held stands; None for a proof that did not."""
    credential = report.credential
    kind = None if credential is None else catalog.by_url(credential.type)
    if credential is None or kind is None:
        return None
    until = credential.validity.valid_until
    shown = Shown(
        claims=credential.claims,
        issuer=credential.issuer,
        issued_on=local_day(credential.issued_at),
        until=None if until is None else local_day(until),
    )
    on = local_day(report.checked_at)
    return judge(rule_of(kind.id), shown, on=on, reader=reader, confirmations=confirmed)


def confirmations(reports: Sequence[Report]) -> tuple[Confirmation, ...] | None:
    """The confirmations among the proofs that hold in every way; None where there is none."""
    found = [
        made for report in reports if _holds(report) and (made := _confirmation(report)) is not None
    ]
    return tuple(found) or None


def proof_of(
    report: Report, name: str, *, confirmed: Sequence[Confirmation] | None, reader: Reader
) -> Proof | None:
    """The proof as the matching of skills takes it; None for one that may not be shown.

    Args:
        report: the verdict about it.
        name: what the caller calls it.
        confirmed: as ``confirmations`` found.
        reader: whose house rule counts.
    """
    credential = report.credential
    if credential is not None and _HERE & {each.code for each in report.verdict.findings}:
        reader = replace(reader, identities=reader.identities | {credential.issuer})
    standing = standing_of(report, confirmed=confirmed, reader=reader)
    foreign = report.verdict.part(Part.HOLDER) is Outcome.FAILED
    if credential is None or foreign or report.verdict.part(Part.AUTHENTIC) is not Outcome.PASSED:
        return None
    kind = catalog.by_url(credential.type)
    return Proof(
        id=name,
        type_id="" if kind is None else kind.id,
        role=giver_role(report),
        claims=credential.claims,
        issued_on=local_day(credential.issued_at),
        standing=standing or Standing(State.UNKNOWN, "type_unknown"),
        status=_status(report),
    )


def _with_rule(
    report: Report,
    confirmed: Sequence[Confirmation] | None,
    house_rules: HouseRules,
    identities: frozenset[str],
) -> Report:
    kind = catalog.by_url(report.type_url or "")
    own = house_rules.get(kind.id) if kind is not None else None
    standing = standing_of(report, confirmed=confirmed, reader=Reader(identities, own))
    if standing is None or standing.reason in _SILENT or _is_only_about_dates(standing, report):
        return report
    outcome = _OUTCOMES[standing.state]
    if own is None and standing.reason.startswith("house_rule") and outcome is Outcome.FAILED:
        outcome = Outcome.UNDETERMINED  # the reader's own rule decides, and we do not know it
    facts = {**standing.facts, RULE: standing.next or ""}
    finding = Finding(Part.VALID, Check.DATES, outcome, standing.reason, MappingProxyType(facts))
    verdict = Verdict((*report.verdict.findings, finding), report.verdict.verified)
    return replace(report, verdict=verdict)


def _is_only_about_dates(standing: Standing, report: Report) -> bool:
    """Whether the kernel said it already, or what is missing is no law but a house rule."""
    kinds = {finding.code for finding in report.verdict.findings if finding.part is Part.VALID}
    said = standing.reason in {"expired", "not_yet"} and {"expired", "not_yet_valid"} & kinds
    kind = catalog.by_url(report.type_url or "")
    house = kind is not None and kind.validity.kind.value == "policy"
    return bool(said) or (standing.reason == "no_start_date" and house)


def _without_rules(verdict: Verdict) -> Verdict:
    kept = tuple(finding for finding in verdict.findings if RULE not in finding.facts)
    return Verdict(kept, verdict.verified)


def _holds(report: Report) -> bool:
    parts = (Part.AUTHENTIC, Part.ISSUER, Part.VALID)
    outcomes = {report.verdict.part(part) for part in parts}
    return outcomes == {Outcome.PASSED} and report.verdict.part(Part.HOLDER) is not Outcome.FAILED


def _confirmation(report: Report) -> Confirmation | None:
    credential = report.credential
    kind = None if credential is None else catalog.by_url(credential.type)
    if credential is None or kind is None or kind.confirms is None:
        return None
    claims = credential.claims
    number, on = claims.get("document_number"), claims.get("confirmed_on")
    firm, process = _name(claims.get("organisation")), claims.get("process")
    if not isinstance(number, str) or not isinstance(on, str) or not _is_day(on) or firm is None:
        return None
    return Confirmation(
        number, date.fromisoformat(on), firm, process if isinstance(process, str) else None
    )


def _name(organisation: JsonValue) -> str | None:
    if isinstance(organisation, dict):
        organisation = organisation.get("name")
    return organisation if isinstance(organisation, str) else None


def _status(report: Report) -> Status:
    found = [each for each in report.verdict.findings if each.check is Check.STATUS]
    if any(each.code == "revoked" for each in found):
        return Status.WITHDRAWN
    if any(each.code == "suspended" for each in found):
        return Status.PAUSED
    unknown = any(each.outcome in {Outcome.UNDETERMINED, Outcome.FAILED} for each in found)
    return Status.UNKNOWN if unknown else Status.GOOD


def _is_day(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).date().isoformat() == value
    except ValueError:
        return False
