"""Proofs on paper: given once, checked by our own verifier, printed again for a while."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdf
import pytest
from sqlmodel import select

from credentials.badge_images import read_image
from credentials.badges import check_badge
from credentials.errors import RejectedError
from credentials.findings import Check, Outcome
from credentials.formats import format_of
from credentials.formats.base import verify
from credentials.model import Wire
from credentials.verification import Expectations, Policy, Sources, check
from issuer import audit, holds, offers, paper, status
from issuer.key_ring import KeyRing
from issuer.offers import PAPER_KEPT
from issuer.paper import Printed
from issuer.ports import Ports
from issuer.tables import (
    PAPER_GRANT,
    AuditEntry,
    Issued,
    IssuedState,
    Offer,
    OfferState,
    Paper,
    StatusSlot,
    StatusWord,
)
from schemas import catalog
from service.certificate_files import read_certificate
from tests.in_memory import InMemoryHttp
from tests.issuer.office import Holder, Office, open_office
from tests.issuer.test_issuance import FailingKeys

pytestmark = pytest.mark.usefixtures("on_both_databases")

MEMBER = "demo-own-1"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def give(office: Office, **wish: str) -> tuple[str, Printed]:
    """An offer that was given on paper."""
    offer_id = office.offer(**wish)["id"]
    paper.give(office.ports, offer_id, language="nl", actor=MEMBER, at=office.clock())
    return offer_id, found(office.ports, offer_id)


def found(ports: Ports, offer_id: str) -> Printed:
    with ports.database.reading() as session:
        return paper.printed(session, offer_id, ports=ports)


def rows(office: Office) -> tuple[list[Issued], list[Paper], list[StatusSlot]]:
    with office.ports.database.reading() as session:
        taken = select(StatusSlot).where(StatusSlot.issued_id != None)  # noqa: E711
        return (
            list(session.exec(select(Issued))),
            list(session.exec(select(Paper))),
            list(session.exec(taken)),
        )


def verdict(office: Office, wire: Wire) -> dict[Check, Outcome]:
    """What a verifier that reaches the issuer finds; of several statuses the one that fails."""
    http = InMemoryHttp({office.ports.origin: office.client})

    def schema(url: str) -> dict[str, object] | None:
        kind = catalog.by_url(url)
        return None if kind is None else catalog.json_schema(kind.id)  # type: ignore[return-value]  # the same JSON

    answer = check(
        wire,
        expected=Expectations(policy=Policy.ANY),
        sources=Sources(get=http.get_body, trust_list=None, schemas=schema),  # type: ignore[arg-type]  # as above
        at=office.clock(),
    )
    worst = sorted(answer.findings, key=lambda finding: finding.outcome is Outcome.FAILED)
    return {finding.check: finding.outcome for finding in worst}


def test_the_file_holds_a_proof_that_a_verifier_accepts(office: Office) -> None:
    _, printed = give(office)
    text = read_certificate(paper.as_pdf(printed, ports=office.ports))
    assert json.loads(text) == printed.wire
    outcomes = verdict(office, text)
    assert {outcomes[one] for one in (Check.PROOF, Check.DATES, Check.SCHEMA, Check.STATUS)} == {
        Outcome.PASSED
    }
    assert outcomes[Check.BINDING] is Outcome.NOT_APPLICABLE
    parsed = format_of(text).parse(text)
    assert parsed.holder is None
    assert parsed.credential.claims["given_name"] == "Ahmet"


def test_the_paper_says_what_the_proof_says(office: Office) -> None:
    _, printed = give(office)
    pdf = pypdf.PdfReader(io.BytesIO(paper.as_pdf(printed, ports=office.ports)))
    words = " ".join(pdf.pages[0].extract_text().split())
    for part in ("Ahmet Yılmaz", "Heftruckcertificaat", "Vakschool De Lasboog"):  # noqa: RUF001
        assert part in words
    assert paper.as_picture(printed, ports=office.ports).startswith(b"\x89PNG")


def test_the_badge_is_accepted_too_and_fits_in_its_pictures(office: Office) -> None:
    _, printed = give(office)
    badge = paper.badge_of(printed)
    check_badge(badge)
    assert verdict(office, badge)[Check.PROOF] is Outcome.PASSED
    for picture in (
        paper.as_png(printed, icon="forklift", ports=office.ports),
        paper.as_svg(printed, icon="forklift", ports=office.ports),
    ):
        assert read_image(picture) == badge


def test_withdrawing_the_certificate_withdraws_paper_and_badge(office: Office) -> None:
    _, printed = give(office)
    with office.ports.database.transaction() as session:
        status.change(
            session,
            printed.paper.issued_id,
            to=StatusWord.REVOKED,
            reason="mistake",
            ports=office.ports,
            at=office.clock(),
        )
    office.clock.wait(minutes=1)
    assert verdict(office, printed.wire)[Check.STATUS] is Outcome.FAILED
    assert verdict(office, paper.badge_of(printed))[Check.STATUS] is Outcome.FAILED


def test_giving_twice_gives_one_proof_and_the_same_bytes(office: Office) -> None:
    offer_id, first = give(office)
    office.clock.wait(hours=1)
    paper.give(office.ports, offer_id, language="en", actor=MEMBER, at=office.clock())
    second = found(office.ports, offer_id)
    assert paper.as_pdf(first, ports=office.ports) == paper.as_pdf(second, ports=office.ports)
    issued, papers, taken = rows(office)
    assert (len(issued), len(papers), len(taken)) == (1, 1, 1)
    assert (issued[0].grant_id, issued[0].holder, issued[0].state) == (
        PAPER_GRANT,
        "",
        IssuedState.DELIVERED,
    )


def test_many_clicks_at_once_give_one_proof(office: Office) -> None:
    offer_id = office.offer()["id"]

    def click(_number: int) -> str:
        paper.give(office.ports, offer_id, language="nl", actor=MEMBER, at=office.clock())
        return json.dumps(found(office.ports, offer_id).wire)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(click, range(8)))) == 1
    issued, papers, taken = rows(office)
    assert (len(issued), len(papers), len(taken)) == (1, 1, 1)


def test_a_signer_that_is_away_leaves_an_intent_that_is_taken_up_again(tmp_path: Path) -> None:
    keys = FailingKeys()
    office = open_office(tmp_path, signers_of=lambda place: KeyRing(place, lambda: keys).begin())
    offer_id = office.offer()["id"]
    keys.away = True
    with pytest.raises(RejectedError, match="signer_away"):
        paper.give(office.ports, offer_id, language="nl", actor=MEMBER, at=office.clock())
    (before,), papers, _ = rows(office)
    assert (before.state, papers) == (IssuedState.SIGNING, [])
    keys.away = False
    office.clock.wait(minutes=5)
    paper.give(office.ports, offer_id, language="nl", actor=MEMBER, at=office.clock())
    (after,), (_,), (_,) = rows(office)
    assert (after.id, after.issued_at) == (before.id, before.issued_at)


def test_a_wallet_that_began_loses_to_the_paper_and_gets_nothing(office: Office) -> None:
    made = office.offer()
    holder = Holder(office)
    token = holder.token(made)
    paper.give(office.ports, made["id"], language="nl", actor=MEMBER, at=office.clock())
    assert holder.ask(token, holder.proof()).status_code in {400, 401}
    issued, papers, taken = rows(office)
    assert (len(issued), len(papers), len(taken)) == (1, 1, 1)


def test_the_place_that_a_wallet_had_reserved_decides_the_form(tmp_path: Path) -> None:
    keys = FailingKeys()
    office = open_office(tmp_path, signers_of=lambda place: KeyRing(place, lambda: keys).begin())
    made = office.offer(format="dc+sd-jwt")
    holder = Holder(office)
    token = holder.token(made)
    keys.away = True
    assert holder.ask(token, holder.proof()).status_code >= 400
    keys.away = False
    paper.give(office.ports, made["id"], language="nl", actor=MEMBER, at=office.clock())
    printed = found(office.ports, made["id"])
    assert printed.format == "dc+sd-jwt"
    with pytest.raises(RejectedError, match="not_found"):
        paper.badge_of(printed)
    text = read_certificate(paper.as_pdf(printed, ports=office.ports))
    assert text == printed.wire
    assert verdict(office, text)[Check.STATUS] is Outcome.PASSED
    issued, _, taken = rows(office)
    assert (len(issued), len(taken)) == (1, 1)


def test_what_was_fetched_or_cancelled_does_not_go_on_paper(office: Office) -> None:
    fetched, cancelled = office.offer(), office.offer()
    Holder(office).receive(fetched)
    with office.ports.database.transaction() as session:
        offers.cancel(session, cancelled["id"], ports=office.ports, at=office.clock())
    for made in (fetched, cancelled):
        with pytest.raises(RejectedError, match="offer_closed"):
            paper.give(office.ports, made["id"], language="nl", actor=MEMBER, at=office.clock())
    with pytest.raises(RejectedError, match="not_found"):
        paper.give(office.ports, "nothing", language="nl", actor=MEMBER, at=office.clock())


def test_what_waits_for_an_approval_does_not_go_on_paper_before_it(office: Office) -> None:
    offer_id = office.offer()["id"]
    with office.ports.database.transaction() as session:
        holds.hold(session, offer_id, ports=office.ports, at=office.clock())
    with pytest.raises(RejectedError, match="offer_held"):
        paper.give(office.ports, offer_id, language="nl", actor=MEMBER, at=office.clock())
    assert rows(office) == ([], [], [])
    with office.ports.database.transaction() as session:
        holds.release(session, offer_id, ports=office.ports, at=office.clock())
    paper.give(office.ports, offer_id, language="nl", actor=MEMBER, at=office.clock())
    assert found(office.ports, offer_id).claims["given_name"] == "Ahmet"


def test_an_offer_whose_code_is_over_can_still_go_on_paper(office: Office) -> None:
    offer_id = office.offer()["id"]
    office.clock.wait(days=20)
    paper.give(office.ports, offer_id, language="nl", actor=MEMBER, at=office.clock())
    assert found(office.ports, offer_id).claims["given_name"] == "Ahmet"


def test_claims_leave_the_offer_and_the_paper_is_sealed(office: Office) -> None:
    offer_id, printed = give(office)
    with office.ports.database.reading() as session:
        row = session.get_one(Offer, offer_id)
    assert (row.state, row.contents, row.format) == (OfferState.DELIVERED, None, "ldp_vc")
    assert printed.paper.sealed is not None
    assert b"Ahmet" not in printed.paper.sealed
    assert b"proofValue" not in printed.paper.sealed


def test_paper_is_kept_for_a_while_and_then_dropped(office: Office) -> None:
    offer_id, _ = give(office)
    office.clock.wait(seconds=PAPER_KEPT.total_seconds())
    office.offer()
    with pytest.raises(RejectedError, match="gone"):
        found(office.ports, offer_id)


def test_the_audit_log_tells_who_gave_it(office: Office) -> None:
    _, printed = give(office)
    with office.ports.database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "given_on_paper")).one()
        assert audit.verify(session, office.ports).faults == ()
    assert (entry.about, entry.actor) == (printed.paper.issued_id, MEMBER)


def test_the_proof_itself_can_be_read_back(office: Office) -> None:
    _, printed = give(office)
    written = format_of(printed.wire)
    key = office.ports.signers["ldp_vc"].public
    verified = verify(written, printed.wire, lambda _: key, at=office.clock())
    assert verified.credential.credential_id == printed.paper.issued_id
