"""Take one answer to one request: OpenID4VP 1.0, sections 8.3 and 14.

Everything that can be refused without using the request up is refused first; then the request is
marked answered, by one conditional UPDATE, so that of two at once only one is ever checked.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from credentials.encoding import parse_json, parse_json_object
from credentials.errors import QueryUnsatisfied, RejectedError
from credentials.findings import Check, Finding, Outcome, Part, Verdict
from credentials.model import Binding, Wire
from credentials.openid4vc.dcql import CredentialQuery, check_answer, parse_query
from credentials.openid4vc.response import AuthorizationResponse, open_response
from credentials.verification import Policy
from schemas import catalog
from verifier import checking, requests
from verifier.policies import POLICIES
from verifier.ports import Ports
from verifier.tables import RequestRow, ResultRow
from verifier.verdicts import Report, finding_from_json, finding_json


@dataclass(frozen=True, slots=True)
class Received:
    """An answer that was taken.

    Attributes:
        return_code: lets the browser that asked, and no other, come back to the verdict; None
            where a program asked.
    """

    report: Report
    request_id: str
    return_code: str | None


def receive(ports: Ports, reference: str, jwe: str, *, at: datetime) -> Received:
    """Open, correlate, mark, check and keep the result of one answer.

    Raises:
        RejectedError: ``not_found``, ``response_already_received``, ``request_expired``,
            ``encryption_key_unknown``, ``session_mismatch``, ``query_unsatisfied``.
        MalformedError: what was sent is no encrypted answer.
    """
    with ports.database.reading() as session:
        row = requests.find_by_reference(session, reference)
    requests.require_open(row, at=at)
    response = open_response(jwe, parse_json_object(row.encryption_jwk))
    _correlate(response.state, row)
    if response.error is not None:
        return _declined(ports, row, at=at)
    query, wire = only_presentation(response, row.preset)
    code = requests.token(ports.entropy) if row.session_hash else None
    with ports.database.transaction() as session:
        requests.answer(session, row, at=at, return_code=code)
    report = checking.check_live(
        wire,
        query=query,
        binding=Binding(audience=ports.asker.client_id, nonce=row.nonce),
        around=ports.around(at),
        at=at,
        query_name=row.preset,
    )
    checking.note_status_dates(report, ports.documents.note_issued_at)
    with ports.database.transaction() as session:
        session.add(result_row(row.id, report))
    ports.reports.put(row.id, report)
    return Received(report, row.id, code)


def decline(ports: Ports, reference: str, *, state: str, at: datetime) -> Received:
    """Take a plain refusal (section 8.5); that someone shows nothing says nothing about them.

    Raises:
        RejectedError: as ``receive``.
    """
    with ports.database.reading() as session:
        row = requests.find_by_reference(session, reference)
    requests.require_open(row, at=at)
    _correlate(state, row)
    return _declined(ports, row, at=at)


def only_presentation(response: AuthorizationResponse, preset: str) -> tuple[CredentialQuery, Wire]:
    """The one presentation of an answer, with the query it must satisfy.

    Raises:
        QueryUnsatisfied: ``query_unsatisfied``: none, several, or to another question.
    """
    answers = check_answer(parse_query(catalog.query(preset)), response.vp_token)
    if len(answers) != 1:
        raise QueryUnsatisfied("query_unsatisfied", f"{len(answers)} presentations, asked one")
    return answers[0]


def report_of(ports: Ports, row: RequestRow, *, at: datetime) -> Report | None:
    """The verdict of a request: with its claims for some minutes, later the bare result.

    Returns:
        None while there is no result.
    """
    remembered = ports.reports.get(row.id, at=at)
    if remembered is not None:
        return remembered
    with ports.database.reading() as session:
        return stored_report(session, row)


def stored_report(session: Session, row: RequestRow) -> Report | None:
    """The result as the database keeps it: outcome, policy and date, without any claim."""
    kept = session.exec(select(ResultRow).where(col(ResultRow.request_id) == row.id)).one_or_none()
    if kept is None:
        return None
    policy = next(p for p in POLICIES.values() if p.version == kept.policy_version)
    checked_at = datetime.fromtimestamp(kept.checked_at, UTC)
    return Report(Verdict(_findings(kept.findings), None), policy, checked_at, None, row.preset)


def result_row(request_id: str, report: Report) -> ResultRow:
    """The row of a result."""
    findings = [finding_json(finding) for finding in report.verdict.findings]
    return ResultRow(
        request_id=request_id,
        outcome=report.verdict.outcome.value,
        policy_version=report.policy.version,
        checked_at=int(report.checked_at.timestamp()),
        findings=json.dumps(findings),
    )


def _findings(text: str) -> tuple[Finding, ...]:
    documents = parse_json(text)
    if not isinstance(documents, list):
        return ()
    return tuple(finding_from_json(each) for each in documents if isinstance(each, dict))


def _declined(ports: Ports, row: RequestRow, *, at: datetime) -> Received:
    finding = Finding(Part.HOLDER, Check.BINDING, Outcome.UNDETERMINED, "declined")
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
    code = requests.token(ports.entropy) if row.session_hash else None
    with ports.database.transaction() as session:
        requests.answer(session, row, at=at, return_code=code)
        session.add(result_row(row.id, report))
    return Received(report, row.id, code)


def _correlate(state: str | None, row: RequestRow) -> None:
    """The state inside the answer is the one of this very request (section 14.2)."""
    if not hmac.compare_digest((state or "").encode(), row.correlation.encode()):
        raise RejectedError("session_mismatch", "the answer carries another state")
