"""Offers: a code and a PIN, each of use once."""

from pathlib import Path

import pytest
from sqlmodel import select

from credentials.errors import RejectedError
from issuer import offers
from issuer.authorization_grants import Granted
from issuer.authorization_grants import redeem as redeem_offer
from issuer.offers import MAX_WRONG_PINS, MadeOffer, Refused
from issuer.orders import order
from issuer.tables import Offer, OfferState
from tests.databases import everything_in
from tests.issuer.office import FORKLIFT, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def make(office: Office) -> MadeOffer:
    ports = office.ports
    wanted = order(ports.templates["heftruck"], FORKLIFT)
    with ports.database.transaction() as session:
        return offers.offer(
            session, wanted, ports=ports, at=office.clock(), life=offers.SCREEN_LIFE
        )


def code_of(office: Office, made: MadeOffer) -> str:
    with office.ports.database.reading() as session:
        row = offers.find(session, made.id, ports=office.ports)
        return offers.contents_of(row, office.ports).code


def redeem(office: Office, code: str, pin: str) -> Granted | Refused:
    with office.ports.database.transaction() as session:
        return redeem_offer(session, code=code, tx_code=pin, ports=office.ports, at=office.clock())


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


def state_of(office: Office, made: MadeOffer) -> str:
    with office.ports.database.reading() as session:
        return offers.find(session, made.id, ports=office.ports).state


def test_the_right_code_and_pin_give_a_token_once(office: Office) -> None:
    made = make(office)
    code = code_of(office, made)
    assert isinstance(redeem(office, code, made.tx_code), Granted)
    assert redeem(office, code, made.tx_code) == Refused("code_used")


def test_an_unknown_code_is_refused(office: Office) -> None:
    assert redeem(office, "no-such-code", "000000") == Refused("code_unknown")


def test_a_wrong_pin_counts_and_does_not_use_the_code_up(office: Office) -> None:
    made = make(office)
    code = code_of(office, made)
    assert redeem(office, code, wrong(made.tx_code)) == Refused("pin_wrong", MAX_WRONG_PINS - 1)
    assert isinstance(redeem(office, code, made.tx_code), Granted)


def test_the_fifth_wrong_pin_locks_the_code_for_the_right_one_as_well(office: Office) -> None:
    made = make(office)
    code = code_of(office, made)
    answers = [redeem(office, code, wrong(made.tx_code)) for _ in range(MAX_WRONG_PINS)]
    assert answers[-1] == Refused("code_locked")
    assert redeem(office, code, made.tx_code) == Refused("code_locked")
    assert state_of(office, made) == OfferState.LOCKED


def test_a_code_on_a_screen_dies_after_ten_minutes(office: Office) -> None:
    made = make(office)
    code = code_of(office, made)
    office.clock.wait(minutes=10)
    assert redeem(office, code, made.tx_code) == Refused("code_expired")


def test_a_new_code_for_a_locked_offer_works_and_the_old_one_does_not(office: Office) -> None:
    made = make(office)
    old = code_of(office, made)
    for _ in range(MAX_WRONG_PINS):
        redeem(office, old, wrong(made.tx_code))
    with office.ports.database.transaction() as session:
        again = offers.renew(session, made.id, ports=office.ports, at=office.clock())
    assert again.offer_uri != made.offer_uri
    assert redeem(office, old, made.tx_code) == Refused("code_unknown")
    assert isinstance(redeem(office, code_of(office, again), again.tx_code), Granted)


def test_a_stopped_offer_keeps_no_claims_and_gives_no_token(office: Office) -> None:
    made = make(office)
    code = code_of(office, made)
    with office.ports.database.transaction() as session:
        offers.cancel(session, made.id, ports=office.ports, at=office.clock())
    assert redeem(office, code, made.tx_code) == Refused("code_used")
    with office.ports.database.reading() as session:
        assert session.exec(select(Offer.contents)).one() is None
    with (
        pytest.raises(RejectedError, match="offer_closed"),
        office.ports.database.transaction() as session,
    ):
        offers.cancel(session, made.id, ports=office.ports, at=office.clock())


def test_the_database_shows_no_name_claim_code_or_pin(office: Office) -> None:
    made = make(office)
    code = code_of(office, made)
    stored = everything_in(office.ports.database)
    assert made.id.encode() in stored  # the scan finds what is there
    for secret in ("Ahmet", str(FORKLIFT["family_name"]), "2026-11-09", code):
        assert secret.encode() not in stored


def test_claims_that_nobody_came_for_are_dropped(office: Office) -> None:
    made = make(office)
    office.clock.wait(days=31)
    with office.ports.database.transaction() as session:
        offers.purge(session, at=office.clock())
    with (
        office.ports.database.reading() as session,
        pytest.raises(RejectedError, match="offer_closed"),
    ):
        offers.contents_of(offers.find(session, made.id, ports=office.ports), office.ports)
