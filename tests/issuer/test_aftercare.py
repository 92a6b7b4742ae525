"""Delivering by mail, reminding, and looking after what was given: one or many at once."""

import re
from pathlib import Path

import pytest
from httpx2 import Response
from sqlmodel import select

from credentials.encoding import JsonObject
from credentials.errors import MalformedError, RejectedError
from issuer import aftercare, delivery
from issuer.aftercare import Care
from issuer.tables import AuditEntry, Issued, JobRow, Offer, OfferState, StatusWord
from service.mailbox import Kept, Mailbox
from tests.databases import everything_in
from tests.issuer.office import FORKLIFT, Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

HTML = {"Accept": "text/html"}
ADDRESS = "ahmet@example.org"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def post(office: Office, page: str, path: str, fields: dict[str, str | list[str]]) -> Response:
    opened = office.client.get(page, headers=HTML)
    token = re.search(r'name="csrf_token" value="([^"]+)"', opened.text)
    assert token is not None
    return office.client.post(
        path, data={"csrf_token": token[1], **fields}, headers=HTML, follow_redirects=False
    )


def mail(office: Office, offer_id: str, address: str = ADDRESS) -> None:
    with office.ports.database.transaction() as session:
        delivery.by_mail(session, offer_id, address, ports=office.ports)


def post_all(office: Office) -> list[Kept]:
    """Let the worker do what is due; what then lies in the mailbox."""
    office.app.state.workers[0].desk.run_due()
    return Mailbox(office.settings.directory / "mailbox").letters()


def care(office: Office, ids: list[str], what: Care, reason: str = "asked") -> aftercare.Cared:
    with office.ports.database.transaction() as session:
        return aftercare.care(
            session,
            ids,
            what,
            reason=reason,
            ports=office.ports,
            actor="demo-own-1",
            at=office.clock(),
        )


def row(office: Office, offer_id: str) -> Offer:
    with office.ports.database.reading() as session:
        return session.get_one(Offer, offer_id)


def test_a_letter_holds_the_link_and_never_the_pin(office: Office) -> None:
    made = office.offer()
    mail(office, made["id"])
    letters = post_all(office)
    assert [one.to for one in letters] == [ADDRESS]
    assert made["link"] in letters[0].text
    assert made["tx_code"] not in letters[0].text
    assert "Ahmet" in letters[0].text


def test_a_mailed_offer_lives_fourteen_days(office: Office) -> None:
    made = office.offer(life="screen")
    mail(office, made["id"])
    assert (row(office, made["id"]).expires_at - office.clock()).days == 14


def test_no_job_and_no_row_holds_an_address(office: Office) -> None:
    mail(office, office.offer()["id"])
    with office.ports.database.reading() as session:
        jobs = [one.model_dump_json() for one in session.exec(select(JobRow))]
    assert len(jobs) == 1
    assert ADDRESS not in jobs[0]
    assert ADDRESS.encode() not in everything_in(office.ports.database)


def test_an_offer_that_was_taken_back_gets_no_letter(office: Office) -> None:
    made = office.offer()
    mail(office, made["id"])
    assert care(office, [made["id"]], Care.CANCEL).done == 1
    assert post_all(office) == []


@pytest.mark.parametrize("address", ["", "nobody", "a@b.nl\r\nBcc: c@d.nl", "a@b.nl, c@d.nl"])
def test_an_address_that_is_none_is_refused(office: Office, address: str) -> None:
    made = office.offer()
    with pytest.raises(MalformedError, match="mail_address"):
        mail(office, made["id"], address)


def test_a_reminder_goes_once_a_day_to_who_has_not_fetched(office: Office) -> None:
    waiting, fetched = office.offer(), office.offer()
    for made in (waiting, fetched):
        mail(office, made["id"])
    assert len(post_all(office)) == 2
    Holder(office).receive(fetched)
    both = [waiting["id"], fetched["id"]]
    assert care(office, both, Care.REMIND) == aftercare.Cared(0, 2)
    office.clock.wait(days=1)
    assert care(office, both, Care.REMIND) == aftercare.Cared(1, 1)
    assert care(office, both, Care.REMIND) == aftercare.Cared(0, 2)
    assert len(post_all(office)) == 3


def test_everyone_who_waits_is_reminded_at_once(office: Office) -> None:
    for _ in range(3):
        mail(office, office.offer()["id"])
    office.offer()
    post_all(office)
    office.clock.wait(days=2)
    with office.ports.database.transaction() as session:
        count = delivery.remind_all(
            session, ports=office.ports, actor="demo-own-1", at=office.clock()
        )
    assert count == 3


def test_many_are_paused_resumed_and_withdrawn_together(office: Office) -> None:
    made = [office.offer() for _ in range(3)]
    for one in made[:2]:
        Holder(office).receive(one)
    ids = [one["id"] for one in made]
    assert care(office, ids, Care.SUSPEND) == aftercare.Cared(2, 1)
    assert care(office, ids, Care.RESUME) == aftercare.Cared(2, 1)
    assert care(office, ids, Care.REVOKE) == aftercare.Cared(2, 1)
    assert care(office, ids, Care.RESUME) == aftercare.Cared(0, 3)
    with office.ports.database.reading() as session:
        assert {one.status for one in session.exec(select(Issued))} == {StatusWord.REVOKED}
        actors = {one.actor for one in session.exec(select(AuditEntry)) if one.action == "revoked"}
    assert actors == {"demo-own-1"}


def test_without_a_reason_nothing_changes_for_anybody(office: Office) -> None:
    made = office.offer()
    Holder(office).receive(made)
    with pytest.raises(MalformedError, match="status_reason_invalid"):
        care(office, [made["id"]], Care.REVOKE, reason="")
    with office.ports.database.reading() as session:
        assert session.exec(select(Issued)).one().status == StatusWord.VALID


def test_offers_of_another_organisation_are_left_alone(office: Office) -> None:
    made = office.offer()
    firm = office.app.state.installation.ports("brugman")
    with firm.database.transaction() as session:
        cared = aftercare.care(
            session,
            [made["id"]],
            Care.CANCEL,
            reason="asked",
            ports=firm,
            actor="demo-brugman-1",
            at=office.clock(),
        )
    assert cared == aftercare.Cared(0, 1)
    assert row(office, made["id"]).state == OfferState.OFFERED


@pytest.mark.parametrize("fetched", [True, False], ids=["fetched", "waiting"])
def test_a_corrected_proof_replaces_the_wrong_one(office: Office, fetched: bool) -> None:  # noqa: FBT001 - a parameter
    wrong = office.offer()
    if fetched:
        Holder(office).receive(wrong)
    page = f"/templates/heftruck?corrects={wrong['id']}"
    assert 'value="Ahmet"' in office.client.get(page, headers=HTML).text
    answer = post(
        office,
        page,
        "/templates/heftruck/offers",
        {
            "corrects": wrong["id"],
            "given_name": "Ahmet",
            "family_name": "Yildiz",
            "date_of_test": "2026-11-09",
        },
    )
    assert answer.status_code == 303, answer.text
    found = row(office, wrong["id"])
    if not fetched:
        assert found.state == OfferState.CANCELLED
        return
    with office.ports.database.reading() as session:
        issued = session.exec(select(Issued).where(Issued.offer_id == wrong["id"])).one()
    assert (issued.status, issued.status_reason) == (StatusWord.REVOKED, "mistake")


def test_what_ends_soon_is_listed_and_renewed(office: Office) -> None:
    claims: JsonObject = {
        "given_name": "Ahmet",
        "family_name": "Bakker",
        "date_of_exam": "2017-01-10",
        "diploma_number": "V-1",
    }
    kind = office.ports.templates["vca-basis"].type
    wanted = {one.path for one in kind.issued()}
    claims = {path: value for path, value in claims.items() if path in wanted}
    for path in kind.required():
        if path not in claims and path not in kind.computed:
            claims[path] = office.ports.templates["vca-basis"].fixed.get(path, "2017-01-10")
    made = office.offer(type="vca-basis", claims=claims)
    page = office.client.get("/ending", headers=HTML).text
    assert "Bakker" not in page
    Holder(office).receive(made)
    page = office.client.get("/ending", headers=HTML).text
    assert "Ahmet Bakker" in page
    assert f"/templates/vca-basis?renews={made['id']}" in page


def test_the_page_cares_for_every_ticked_row(office: Office) -> None:
    made = [office.offer() for _ in range(3)]
    answer = post(
        office,
        "/overview",
        "/overview",
        {"row": [one["id"] for one in made[:2]], "do": "cancel", "show": "all"},
    )
    assert answer.headers["location"] == "/overview?show=all&done=2&left=0"
    assert [row(office, one["id"]).state for one in made] == ["cancelled", "cancelled", "offered"]
    refused = post(office, "/overview", "/overview", {"do": "delete"})
    assert refused.status_code == 400


def test_the_mailbox_is_of_a_trial_alone(office: Office) -> None:
    made = office.offer()
    page = f"/made/{made['id']}"
    assert post(office, page, f"{page}/mail", {"address": ADDRESS}).status_code == 303
    post_all(office)
    page = office.client.get("/mailbox", headers=HTML).text
    assert ADDRESS in page
    assert "Ahmet" in page
    office.sign_in("demo-brugman-1")
    assert ADDRESS not in office.client.get("/mailbox", headers=HTML).text


def test_who_may_not_give_may_not_care(office: Office) -> None:
    made = office.offer()
    page = office.client.get("/overview", headers=HTML)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    office.sign_in("demo-own-3")
    page = office.client.get("/kinds", headers=HTML)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    answer = office.client.post(
        "/overview", data={"csrf_token": token[1], "do": "cancel", "row": made["id"]}
    )
    assert answer.status_code == 403


def test_a_proof_that_nobody_fetched_has_no_status_to_change(office: Office) -> None:
    made = office.offer()
    with (
        office.ports.database.transaction() as session,
        pytest.raises(RejectedError, match="offer_open"),
    ):
        aftercare.change_status(
            session,
            made["id"],
            to=StatusWord.REVOKED,
            reason="asked",
            ports=office.ports,
            actor="x",
            at=office.clock(),
        )


def test_a_claim_of_the_form_reaches_the_letter_as_text(office: Office) -> None:
    made = office.offer(claims={**FORKLIFT, "given_name": "<b>Ahmet</b>"})
    mail(office, made["id"])
    assert "<b>Ahmet</b>" in post_all(office)[0].text
    assert "<b>Ahmet</b>" not in office.client.get("/mailbox", headers=HTML).text
