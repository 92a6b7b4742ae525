"""A firm's own work: welders confirmed with one tap, statements that a second person looks at."""

import re
from datetime import date
from pathlib import Path

import pytest
from httpx2 import Response
from sqlmodel import select

from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.formats import FORMATS
from issuer import confirmations
from issuer.confirmations import Details
from issuer.ports import Ports
from issuer.tables import Hold, Offer, Welder
from service.mailbox import Mailbox
from tests.databases import everything_in
from tests.issuer.office import Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

HTML = {"Accept": "text/html"}
WELDER = Details("Jan", "Bakker", "LM-2026-17", "135")
STATEMENT = {
    "given_name": "Ria",
    "family_name": "van der Velden",
    "period.from": "2004-03-01",
    "period.until": "2026-08-31",
    "skill.1": "mech-monteren",
    "level.1": "3",
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    found = open_office(tmp_path)
    found.sign_in("demo-brugman-1")
    return found


def firm(office: Office) -> Ports:
    ports: Ports = office.app.state.installation.ports("brugman")
    return ports


def add(
    office: Office, details: Details = WELDER, last_on: str = "2026-06-01", *, sure: bool = False
) -> Welder:
    ports = firm(office)
    with ports.database.transaction() as session:
        return confirmations.add_welder(
            session,
            details,
            last_on=date.fromisoformat(last_on),
            numbers_confirmed=sure,
            ports=ports,
            actor="demo-brugman-1",
            at=office.clock(),
        )


def post(office: Office, page: str, path: str, fields: dict[str, str]) -> Response:
    opened = office.client.get(page, headers=HTML)
    token = re.search(r'name="csrf_token" value="([^"]+)"', opened.text)
    assert token is not None
    return office.client.post(
        path, data={"csrf_token": token[1], **fields}, headers=HTML, follow_redirects=False
    )


def test_who_is_due_comes_first_and_says_until_when(office: Office) -> None:
    add(office, Details("Piet", "Later", "LM-2", "141"), "2026-11-01")
    add(office)
    add(office, Details("Kees", "Straks", "LM-3", "135"), "2026-06-20")
    office.clock.wait(days=9)
    with firm(office).database.reading() as session:
        rows = confirmations.welders(session, ports=firm(office), at=office.clock())
    assert [(row.details.family_name, row.word) for row in rows] == [
        ("Bakker", "late"),
        ("Straks", "due"),
        ("Later", "good"),
    ]
    office.sign_in("demo-brugman-1")
    page = office.client.get("/confirmations", headers=HTML).text
    assert page.index("Bakker") < page.index("Straks") < page.index("Later")


def test_one_tap_makes_a_confirmation_and_moves_the_day_on(office: Office) -> None:
    row = add(office)
    answer = post(
        office,
        "/confirmations",
        f"/confirmations/{row.id}",
        {"do": "confirm", "due_on": "2026-12-01"},
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/made/")
    with firm(office).database.reading() as session:
        found = session.get_one(Welder, row.id)
        offer = session.exec(select(Offer)).one()
    assert (found.confirmed_on, found.due_on) == (date(2026, 11, 23), date(2027, 5, 23))
    assert (offer.type_id, offer.organisation_id) == ("lasbevestiging", "brugman")


def test_a_second_tap_on_the_same_page_makes_no_second_confirmation(office: Office) -> None:
    row = add(office)
    tap = {"do": "confirm", "due_on": "2026-12-01"}
    assert post(office, "/confirmations", f"/confirmations/{row.id}", tap).status_code == 303
    assert post(office, "/confirmations", f"/confirmations/{row.id}", tap).status_code == 409
    with firm(office).database.reading() as session:
        assert len(session.exec(select(Offer)).all()) == 1


def test_the_confirmation_says_what_the_firm_confirms(office: Office) -> None:
    row, ports = add(office), firm(office)
    with ports.database.transaction() as session:
        made = confirmations.confirm(
            session,
            row.id,
            due_on=date(2026, 12, 1),
            ports=ports,
            actor="demo-brugman-1",
            at=office.clock(),
        )
    holder = Holder(office)
    path = made.offer_uri.removeprefix("https://issuer.skillspass.example")
    assert path.startswith("/o/brugman/offers/")
    code = office.client.get(path).json()["grants"][
        "urn:ietf:params:oauth:grant-type:pre-authorized_code"
    ]["pre-authorized_code"]
    token = office.client.post(
        "/o/brugman/token",
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:pre-authorized_code",
            "pre-authorized_code": code,
            "tx_code": made.tx_code,
        },
    ).json()["access_token"]
    nonce = office.client.post("/o/brugman/nonce").json()["c_nonce"]
    answer = office.client.post(
        "/o/brugman/credential",
        json={
            "credential_configuration_id": "lasbevestiging.dc+sd-jwt",
            "proofs": {"jwt": [holder.proof(nonce, audience=ports.origin)]},
        },
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text
    wire = answer.json()["credentials"][0]["credential"]
    credential = FORMATS["dc+sd-jwt"].parse(wire).credential
    assert credential.issuer == "did:web:issuer.skillspass.example:o:brugman"
    assert credential.claims["organisation"] == "Brugman Machinebouw (fictief)"
    assert credential.claims["document_number"] == "LM-2026-17"
    assert credential.claims["confirmed_on"] == "2026-11-23"


def test_a_welder_with_an_address_gets_a_letter(office: Office) -> None:
    row = add(office, Details("Jan", "Bakker", "LM-1", "135", "jan@example.org"))
    post(
        office,
        "/confirmations",
        f"/confirmations/{row.id}",
        {"do": "confirm", "due_on": "2026-12-01"},
    )
    office.app.state.workers[0].desk.run_due()
    letters = Mailbox(office.settings.directory / "mailbox").letters()
    assert [one.to for one in letters] == ["jan@example.org"]


@pytest.mark.parametrize(
    ("details", "last_on", "code"),
    [
        (WELDER, "2026-11-24", "welder_date"),
        (WELDER, "2026-05-22", "welder_date"),
        (Details("Jan", "Bakker", "LM-1", "MAG"), "2026-11-01", "claim_malformed"),
        (Details("", "Bakker", "LM-1", "135"), "2026-11-01", "claim_malformed"),
        (Details("Jan", "Bakker", "111222333", "135"), "2026-11-01", "number_unconfirmed"),
        (Details("Jan", "Bakker", "LM-1", "135", "nobody"), "2026-11-01", "mail_address"),
    ],
    ids=["tomorrow", "too long ago", "process", "name", "like a BSN", "address"],
)
def test_a_welder_that_does_not_fit_is_refused(
    office: Office, details: Details, last_on: str, code: str
) -> None:
    with pytest.raises(CredentialError, match=code):
        add(office, details, last_on)
    with firm(office).database.reading() as session:
        assert session.exec(select(Welder)).first() is None


def test_a_number_that_a_person_vouches_for_is_accepted(office: Office) -> None:
    row = add(office, Details("Jan", "Bakker", "111222333", "135"), "2026-11-01", sure=True)
    assert row.due_on == date(2027, 5, 1)


def test_welders_are_not_readable_in_the_database(office: Office) -> None:
    add(office)
    assert b"Bakker" not in everything_in(firm(office).database)


def test_a_school_confirms_no_welding_and_sees_no_welder_of_the_firm(office: Office) -> None:
    row = add(office)
    office.sign_in("demo-own-1")
    assert "Bakker" not in office.client.get("/confirmations", headers=HTML).text
    answer = post(
        office, "/kinds", f"/confirmations/{row.id}", {"do": "confirm", "due_on": "2026-12-01"}
    )
    assert answer.status_code == 404
    with (
        office.ports.database.transaction() as session,
        pytest.raises(RejectedError, match="not_found"),
    ):
        confirmations.add_welder(
            session,
            WELDER,
            last_on=date(2026, 11, 1),
            numbers_confirmed=False,
            ports=office.ports,
            actor="demo-own-1",
            at=office.clock(),
        )


# --- statements ------------------------------------------------------------------------------


def state(office: Office, **more: str) -> str:
    """Fill in a statement; its page."""
    page = "/templates/werkervaringsverklaring"
    answer = post(office, page, f"{page}/offers", {**STATEMENT, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def has_code(office: Office, page: str) -> bool:
    return "credential_offer_uri" in office.client.get(page, headers=HTML).text


def test_a_statement_shows_no_code_until_a_second_person_agrees(office: Office) -> None:
    page = state(office)
    assert not has_code(office, page)
    offer_id = page.rpartition("/")[2]
    office.sign_in("demo-brugman-2")
    assert "Ria van der Velden" in office.client.get("/confirmations", headers=HTML).text
    answer = post(office, "/confirmations", f"/statements/{offer_id}", {"do": "agree"})
    assert answer.status_code == 303
    assert has_code(office, page)
    again = post(office, "/confirmations", f"/statements/{offer_id}", {"do": "agree"})
    assert again.status_code == 409


def test_a_statement_counts_by_itself_after_the_waiting_day(office: Office) -> None:
    page = state(office, address="ria@example.org")
    worker = office.app.state.workers[0]
    office.clock.wait(hours=23, minutes=59)
    worker.desk.run_due()
    office.sign_in("demo-brugman-1")
    assert not has_code(office, page)
    office.clock.wait(minutes=1)
    worker.desk.run_due()
    assert has_code(office, page)
    worker.desk.run_due()
    letters = Mailbox(office.settings.directory / "mailbox").letters()
    assert [one.to for one in letters] == ["ria@example.org"]


def test_nobody_agrees_with_their_own_statement(office: Office) -> None:
    page = state(office)
    ports = firm(office)
    with ports.database.transaction() as session:
        row = session.exec(select(Hold)).one()
        row.placed_by = "demo-brugman-2"
        session.add(row)
    office.sign_in("demo-brugman-2")
    offer_id = page.rpartition("/")[2]
    answer = post(office, "/kinds", f"/statements/{offer_id}", {"do": "agree"})
    assert answer.status_code == 409
    assert not has_code(office, page)


def test_a_statement_that_is_refused_never_counts(office: Office) -> None:
    page = state(office)
    office.sign_in("demo-brugman-2")
    post(office, "/confirmations", f"/statements/{page.rpartition('/')[2]}", {"do": "refuse"})
    office.clock.wait(days=2)
    office.app.state.workers[0].desk.run_due()
    office.sign_in("demo-brugman-1")
    assert not has_code(office, page)


def test_the_statement_carries_the_firms_own_name(office: Office) -> None:
    page = office.client.get("/templates/werkervaringsverklaring", headers=HTML).text
    assert "Brugman Machinebouw (fictief)" in page


def test_a_day_that_is_none_is_refused(office: Office) -> None:
    answer = post(office, "/confirmations", "/confirmations", {"last_on": "yesterday"})
    assert answer.status_code == 400


def test_details_of_a_welder_are_checked_before_anything_is_kept(office: Office) -> None:
    with pytest.raises(MalformedError, match="mail_address"):
        add(office, Details("Jan", "Bakker", "LM-1", "135", "a@b.nl\nBcc: x@y.nl"))
