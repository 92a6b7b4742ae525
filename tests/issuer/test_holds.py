"""Proofs that wait for an approval: deferred issuance."""

from pathlib import Path

import pytest
from sqlmodel import select

from credentials.errors import RejectedError
from credentials.keys import Algorithm, SoftwareSigner
from issuer import holds
from issuer.holds import INTERVAL
from issuer.tables import Deferral, Issued
from tests.issuer.code_flow import Wallet, wires_of
from tests.issuer.office import Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


@pytest.fixture
def wallet(office: Office) -> Wallet:
    return Wallet(office, bound=True)


def hold(office: Office, made: dict[str, str]) -> None:
    with office.ports.database.transaction() as session:
        holds.hold(session, made["id"], ports=office.ports, at=office.clock())


def release(office: Office, made: dict[str, str]) -> None:
    with office.ports.database.transaction() as session:
        holds.release(session, made["id"], ports=office.ports, at=office.clock())


def test_a_held_proof_is_given_after_its_approval(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    hold(office, made)
    token = wallet.token(made)
    proof = wallet.proof()
    waits = wallet.ask(token["access_token"], proof)
    assert waits.status_code == 202
    assert waits.json()["interval"] == INTERVAL.total_seconds()
    assert waits.headers["retry-after"] == str(waits.json()["interval"])
    transaction = waits.json()["transaction_id"]
    assert wallet.ask(token["access_token"], proof).json() == waits.json()  # a retry
    again = wallet.ask_later(token["access_token"], transaction)
    assert (again.status_code, again.json()["transaction_id"]) == (202, transaction)
    with office.ports.database.reading() as session:
        assert session.exec(select(Issued)).first() is None
    office.clock.wait(days=2)
    release(office, made)
    fresh = wallet.refresh(token["refresh_token"]).json()["access_token"]
    given = wallet.ask_later(fresh, transaction)
    (wire,) = wires_of(given)
    assert isinstance(wire, str)
    assert wallet.ask_later(fresh, transaction).content == given.content  # its answer was lost
    assert wallet.notify(fresh, given.json()["notification_id"]).status_code == 204


def test_a_held_proof_that_is_denied_says_so(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    hold(office, made)
    token = wallet.token(made)["access_token"]
    transaction = wallet.ask(token).json()["transaction_id"]
    with office.ports.database.transaction() as session:
        holds.deny(session, made["id"], ports=office.ports, at=office.clock())
    for answer in (wallet.ask_later(token, transaction), wallet.ask(token)):
        assert (answer.status_code, answer.json()["error"]) == (400, "credential_request_denied")


def test_a_transaction_belongs_to_its_grant(office: Office, wallet: Wallet) -> None:
    made, other = office.offer(), office.offer()
    hold(office, made)
    hold(office, other)
    token, second = wallet.token(made)["access_token"], wallet.token(other)["access_token"]
    transaction = wallet.ask(token).json()["transaction_id"]
    for shown, asked in ((second, transaction), (token, "made-up")):
        answer = wallet.ask_later(shown, asked)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_transaction_id")


def test_other_keys_for_a_transaction_are_a_conflict(office: Office, wallet: Wallet) -> None:
    made = office.offer()
    hold(office, made)
    token = wallet.token(made)["access_token"]
    wallet.ask(token)
    other = wallet.proof(key=SoftwareSigner.generate(Algorithm.ES256))
    answer = wallet.ask(token, other)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")
    with office.ports.database.reading() as session:
        assert len(session.exec(select(Deferral)).all()) == 1


def test_a_holder_with_a_pin_can_wait_too(office: Office) -> None:
    made, holder = office.offer(), Holder(office)
    hold(office, made)
    code = holder.read(made["offer_uri"]).pre_authorized_code
    granted = holder.redeem(code, made["tx_code"]).json()
    waits = holder.ask(granted["access_token"], holder.proof())
    assert waits.status_code == 202
    assert granted["refresh_token"]  # an approval may take longer than a token lives


def test_a_hold_is_answered_once_and_by_its_organisation(office: Office) -> None:
    made = office.offer()
    hold(office, made)
    hold(office, made)
    release(office, made)
    with pytest.raises(RejectedError, match="hold_ended"):
        release(office, made)
    other = next(p for p in office.app.state.installation.organisations() if p.identity.slug)
    with (
        pytest.raises(RejectedError, match="not_found"),
        office.ports.database.transaction() as session,
    ):
        holds.deny(session, made["id"], ports=other, at=office.clock())


def test_what_was_fetched_cannot_be_held(office: Office) -> None:
    made = office.offer()
    Holder(office).receive(made)
    with pytest.raises(RejectedError, match="offer_closed"):
        hold(office, made)
