"""Take one answer to one request: OpenID4VP 1.0, sections 8 and 14.

Everything that can be refused without using the request up is refused first; then the request is
marked answered, by one conditional UPDATE, so that of two at once only one is ever checked.
"""

import hmac
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from credentials.encoding import parse_json, parse_json_object
from credentials.errors import RejectedError
from credentials.findings import Check, Finding, Outcome, Part, Verdict
from credentials.formats import format_of
from credentials.model import Binding, Wire
from credentials.openid4vc.dcql import CredentialQuery, check_answer, parse_query
from credentials.openid4vc.deletion import holder_digest
from credentials.openid4vc.match_code import match_code
from credentials.openid4vc.response import (
    AuthorizationResponse,
    PostedResponse,
    open_response,
    read_plain,
)
from credentials.verification import Policy
from verifier import checking, confirmations, events, figures, requests
from verifier.policies import POLICIES, policy_named
from verifier.ports import Ports
from verifier.request_objects import query_of
from verifier.tables import RequestRow, ResultRow
from verifier.verdicts import Report, finding_from_json, finding_json

_DENIED = "access_denied"
_SEVERITY = (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.PASSED, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Received:
    """An answer that was taken.

    Attributes:
        reports: one for each presentation, in the order of the answer.
        return_code: lets the browser that asked, and no other, come back to the verdict.
    """

    reports: tuple[Report, ...]
    request_id: str
    return_code: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One presentation of an answer with its verdict.

    Attributes:
        holder: what is kept of the holder's key; None where the proof did not hold.
    """

    report: Report
    query_id: str = ""
    holder: str | None = None


def receive(ports: Ports, reference: str, posted: PostedResponse, *, at: datetime) -> Received:
    """Open, correlate, mark, check and keep the result of one answer, or of a refusal.

    Raises:
        RejectedError: ``not_found``, ``response_already_received``, ``request_expired``,
            ``response_not_encrypted``, ``encryption_key_unknown``, ``session_mismatch``,
            ``query_unsatisfied``.
        MalformedError: what was sent is no answer.
    """
    with ports.database.reading() as session:
        row = requests.find_by_reference(session, reference)
    requests.require_open(row, at=at)
    response = _opened(posted, row)
    _correlate(response.state, row)
    if response.error is not None:
        return _declined(ports, row, error=response.error, at=at)
    pairs = check_answer(parse_query(query_of(row)), response.vp_token)
    code, digits = requests.token(ports.entropy), match_code(row.nonce, response.vp_token)
    with ports.database.transaction() as session:
        requests.answer(session, row, at=at, return_code=code, match_code=digits)
    checked = _check(ports, row, pairs, at=at)
    for each in checked:
        checking.note_status_dates(each.report, ports.documents.note_issued_at)
    return _kept(ports, row, checked, code, at=at)


def _opened(posted: PostedResponse, row: RequestRow) -> AuthorizationResponse:
    """What was posted; a refusal may always come as it is (section 8.3.1)."""
    if posted.error is not None:
        return AuthorizationResponse({}, posted.state, posted.error)
    if not row.encrypted:
        if posted.vp_token is None:
            raise RejectedError("encryption_key_unknown", "no key was given")
        return read_plain(posted.vp_token, posted.state)
    if posted.jwe is None:
        raise RejectedError("response_not_encrypted", "asked for direct_post.jwt")
    return open_response(posted.jwe, parse_json_object(row.encryption_jwk))


def _check(
    ports: Ports, row: RequestRow, pairs: tuple[tuple[CredentialQuery, Wire], ...], *, at: datetime
) -> tuple[Checked, ...]:
    around = ports.around(at)
    binding = Binding(audience=row.client_id, nonce=row.nonce)
    confirms = frozenset(row.confirms.split())
    checked = []
    for query, wire in pairs:
        report = checking.check_live(
            wire, query=query, binding=binding, around=around, at=at, query_name=row.preset
        )
        report = replace(report, verdict=confirmations.compared(report.verdict, confirms))
        checked.append(Checked(report, query.id, _holder(wire, report, row.nonce)))
    found = checking.together([each.report for each in checked], around=around)
    return tuple(replace(each, report=one) for each, one in zip(checked, found, strict=True))


def _holder(wire: Wire, report: Report, nonce: str) -> str | None:
    verified = report.verdict.verified
    if verified is None or not verified.holder_bound:
        return None
    holder = format_of(wire).parse(wire).holder
    return None if holder is None else holder_digest(nonce, holder)


def _kept(
    ports: Ports, row: RequestRow, checked: tuple[Checked, ...], code: str, *, at: datetime
) -> Received:
    """Keep the results, unless whoever asked let go of the question meanwhile."""
    reports = tuple(each.report for each in checked)
    with ports.database.transaction() as session:
        if session.get(RequestRow, row.id, with_for_update=True) is None:
            raise RejectedError("not_found", "the question was taken back")
        session.add_all(
            [result_row(row.id, each, position=place) for place, each in enumerate(checked)]
        )
        events.emit(session, events.ANSWERED, row, ports=ports, at=at)
        outcome = worst(reports)
        if ports.settings.figures and outcome is not None:
            is_sqlite = ports.database.is_sqlite
            figures.count(session, outcome.verdict.outcome, is_sqlite=is_sqlite, at=at)
    ports.reports.put(row.id, reports, at=at)
    return Received(reports, row.id, code)


def reports_of(ports: Ports, row: RequestRow, *, at: datetime) -> tuple[Report, ...]:
    """The verdicts of a request: with their claims for some minutes, later the bare results.

    Returns:
        Nothing while there is no result.
    """
    remembered = ports.reports.get(row.id, at=at)
    if remembered is not None:
        return remembered
    with ports.database.reading() as session:
        return stored_reports(session, row)


def report_of(ports: Ports, row: RequestRow, *, at: datetime) -> Report | None:
    """The verdict of a request; of several the worst. None while there is no result."""
    return worst(reports_of(ports, row, at=at))


def worst(reports: tuple[Report, ...]) -> Report | None:
    """The report that decides about an answer as a whole."""
    return min(reports, key=lambda report: _SEVERITY.index(report.verdict.outcome), default=None)


def stored_reports(session: Session, row: RequestRow) -> tuple[Report, ...]:
    """The results as the database keeps them: outcome, policy and date, without any claim."""
    kept = session.exec(
        select(ResultRow)
        .where(col(ResultRow.request_id) == row.id)
        .order_by(col(ResultRow.position))
    ).all()
    return tuple(_stored(each, row.preset) for each in kept)


def _stored(kept: ResultRow, preset: str) -> Report:
    policy = policy_named(kept.policy_version)
    checked_at = datetime.fromtimestamp(kept.checked_at, UTC)
    return Report(Verdict(_findings(kept.findings), None), policy, checked_at, None, preset)


def result_row(request_id: str, checked: Checked, *, position: int = 0) -> ResultRow:
    """The row of a result."""
    report = checked.report
    findings = [finding_json(finding) for finding in report.verdict.findings]
    return ResultRow(
        request_id=request_id,
        position=position,
        query_id=checked.query_id,
        outcome=report.verdict.outcome.value,
        policy_version=report.policy.version,
        checked_at=int(report.checked_at.timestamp()),
        findings=json.dumps(findings),
        holder=checked.holder,
    )


def _findings(text: str) -> tuple[Finding, ...]:
    documents = parse_json(text)
    if not isinstance(documents, list):
        return ()
    return tuple(finding_from_json(each) for each in documents if isinstance(each, dict))


def _declined(ports: Ports, row: RequestRow, *, error: str, at: datetime) -> Received:
    """Take a refusal (section 8.5): that someone shows nothing says nothing about them."""
    code = "declined" if error == _DENIED else "wallet_error"
    finding = Finding(Part.HOLDER, Check.BINDING, Outcome.UNDETERMINED, code, _told(error))
    others = [
        Finding(part, check, Outcome.UNDETERMINED, "not_reached")
        for part, check in (
            (Part.AUTHENTIC, Check.PROOF),
            (Part.ISSUER, Check.TRUST),
            (Part.VALID, Check.STATUS),
        )
    ]
    report = Report(
        Verdict((*others, finding), None), POLICIES[Policy.LISTED], at, None, row.preset
    )
    back = requests.token(ports.entropy)
    with ports.database.transaction() as session:
        requests.answer(session, row, at=at, return_code=back)
        session.add(result_row(row.id, Checked(report)))
        events.emit(session, events.ANSWERED, row, ports=ports, at=at)
    return Received((report,), row.id, back)


def _told(error: str) -> dict[str, str]:
    return {} if error == _DENIED else {"error": error}


def _correlate(state: str | None, row: RequestRow) -> None:
    """The state inside the answer is the one of this very request (section 14.2)."""
    if not hmac.compare_digest((state or "").encode(), row.correlation.encode()):
        raise RejectedError("session_mismatch", "the answer carries another state")
