"""Issuance: one credential for one token, whatever goes wrong on the way."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlmodel import select

from credentials.encoding import JsonObject
from credentials.errors import RejectedError
from credentials.formats import FORMATS
from credentials.formats.base import verify
from credentials.keys import Algorithm, PublicKey, Signer, SoftwareSigner
from credentials.model import Wire
from issuer import offers
from issuer.formats import FORMAT_IDS, ISSUED_FORMATS
from issuer.issuance import signer_of
from issuer.key_ring import KeyRing
from issuer.keys import MemoryKeys
from issuer.tables import Issued, IssuedState, Offer, OfferState, StatusSlot
from tests.issuer.office import Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


class FailingSigner:
    """A real signer whose device is away for a while."""

    def __init__(self, inner: Signer, keys: "FailingKeys") -> None:
        self.inner, self.keys = inner, keys

    @property
    def public(self) -> PublicKey:
        return self.inner.public

    def sign(self, message: bytes) -> bytes:
        if self.keys.away:
            raise RejectedError("signer_away", "no answer")
        return self.inner.sign(message)


class FailingKeys(MemoryKeys):
    """The keys of an issuer whose device is away for a while."""

    away = False

    def signer(self, name: str) -> Signer:
        return FailingSigner(super().signer(name), self)

    def ensure(self, name: str, algorithm: Algorithm, *, key_id: str | None = None) -> Signer:
        return FailingSigner(super().ensure(name, algorithm, key_id=key_id), self)


def office_with(keys: FailingKeys, directory: Path) -> Office:
    return open_office(directory, signers_of=lambda place: KeyRing(place, lambda: keys).begin())


def rows(office: Office) -> tuple[list[Issued], list[StatusSlot]]:
    with office.ports.database.reading() as session:
        issued = list(session.exec(select(Issued)))
        taken = list(session.exec(select(StatusSlot).where(StatusSlot.issued_id != None)))  # noqa: E711
    return issued, taken


def issued_wire(office: Office, format_id: str) -> tuple[Holder, Wire]:
    holder = Holder(office)
    answer = holder.receive(office.offer(format=format_id))
    wire: Wire = answer["credentials"][0]["credential"]
    return holder, wire


@pytest.mark.parametrize("format_id", FORMAT_IDS)
def test_what_is_delivered_verifies_and_is_bound_to_the_holder(
    office: Office, format_id: str
) -> None:
    holder, wire = issued_wire(office, format_id)
    issued_format = ISSUED_FORMATS[format_id]
    (row,), _ = rows(office)
    written = issued_format.written
    key = signer_of(office.ports, issued_format, row.key_id).public
    verified = verify(written, wire, lambda _: key, at=office.clock())
    assert verified.credential.issuer == office.ports.did
    assert verified.credential.type == "https://skillspass.example/types/heftruck/1"
    assert verified.credential.claims["given_name"] == "Ahmet"
    assert verified.credential.claims["truck_type"] == "vorkheftruck"  # fixed by the template
    parsed = written.parse(wire)
    assert parsed.holder == holder.key.public
    purposes = [reference.purpose for reference in parsed.credential.status]
    assert len(purposes) == (1 if format_id == "dc+sd-jwt" else 2)


def test_only_claims_of_the_holders_choice_can_be_left_out(office: Office) -> None:
    _, wire = issued_wire(office, "dc+sd-jwt")
    paths = FORMATS["dc+sd-jwt"].parse(wire).disclosable
    assert ("given_name",) in paths
    assert ("skills", 0) in paths
    assert ("date_of_test",) not in paths


def test_a_proof_with_an_end_date_ends_after_its_last_day(office: Office) -> None:
    claims: JsonObject = {
        "given_name": "Kevin",
        "family_name": "Bakker",
        "date_of_exam": "2026-04-27",
    }
    made = office.offer(type="vca-basis", claims=claims)
    wire = Holder(office).receive(made)["credentials"][0]["credential"]
    credential = FORMATS["dc+sd-jwt"].parse(wire).credential
    assert credential.claims["valid_until"] == "2036-04-27"
    assert credential.validity.valid_until is not None
    assert credential.validity.valid_until.isoformat() == "2036-04-27T22:00:00+00:00"


@pytest.mark.parametrize("format_id", ["dc+sd-jwt", "ldp_vc"])
def test_a_retry_with_the_same_token_and_key_gets_the_same_bytes(
    office: Office, format_id: str
) -> None:
    holder = Holder(office)
    token = holder.token(office.offer(format=format_id))
    proof, wanted = holder.proof(), f"heftruck.{format_id}"
    asked = (proof, proof, holder.proof())
    first, same, fresh = (holder.ask(token, one, wanted).content for one in asked)
    assert first == same == fresh
    issued, taken = rows(office)
    assert (len(issued), len(taken)) == (1, 1)


def test_the_same_token_with_another_key_is_a_conflict(office: Office) -> None:
    holder, thief = Holder(office), Holder(office)
    token = holder.token(office.offer())
    assert holder.ask(token, holder.proof()).status_code == 200
    answer = thief.ask(token, thief.proof())
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")


def test_claims_leave_the_database_and_the_bytes_with_the_token(office: Office) -> None:
    holder = Holder(office)
    token = holder.token(office.offer())
    first = holder.ask(token, holder.proof())
    with office.ports.database.reading() as session:
        offer = session.exec(select(Offer)).one()
        assert (offer.state, offer.contents) == (OfferState.DELIVERED, None)
    notification = first.json()["notification_id"]
    assert holder.notify(token, notification, "credential_accepted").status_code == 204
    assert holder.ask(token, holder.proof()).content == first.content  # the answer may be lost
    office.clock.wait(minutes=5)
    again = holder.ask(token, holder.proof())
    assert (again.status_code, again.json()["error"]) == (401, "invalid_token")
    office.clock.wait(hours=2)
    with office.ports.database.transaction() as session:
        offers.purge(session, at=office.clock())
    (issued,), _ = rows(office)
    assert (issued.state, issued.sealed) == (IssuedState.ACCEPTED, None)


def test_what_was_refused_leaves_the_database_at_once(office: Office) -> None:
    holder = Holder(office)
    token = holder.token(office.offer())
    notification = holder.ask(token, holder.proof()).json()["notification_id"]
    assert holder.notify(token, notification, "credential_failure").status_code == 204
    (issued,), _ = rows(office)
    assert (issued.state, issued.sealed) == (IssuedState.REFUSED, None)
    again = holder.ask(token, holder.proof())
    assert (again.status_code, again.json()["error"]) == (401, "invalid_token")


def test_when_the_signer_fails_nothing_is_lost_and_a_retry_takes_the_same_place(
    tmp_path: Path,
) -> None:
    keys = FailingKeys()
    office = office_with(keys, tmp_path)
    holder = Holder(office)
    token = holder.token(office.offer())
    keys.away = True
    assert holder.ask(token, holder.proof()).json()["code"] == "signer_away"
    (intent,), (place,) = rows(office)
    assert (intent.state, intent.sealed) == (IssuedState.SIGNING, None)
    keys.away = False
    assert holder.ask(token, holder.proof()).status_code == 200
    (issued,), (same,) = rows(office)
    assert (issued.id, same.position, issued.state) == (
        intent.id,
        place.position,
        IssuedState.DELIVERED,
    )


def test_a_new_code_after_a_failed_delivery_keeps_id_and_place(tmp_path: Path) -> None:
    keys = FailingKeys()
    office = office_with(keys, tmp_path)
    holder = Holder(office)
    made = office.offer()
    token = holder.token(made)
    keys.away = True
    assert holder.ask(token, holder.proof()).json()["code"] == "signer_away"
    with office.ports.database.transaction() as session:
        again = offers.renew(session, made["id"], ports=office.ports, at=office.clock())
    assert holder.ask(token, holder.proof()).status_code == 401
    keys.away = False
    other = Holder(office, SoftwareSigner.generate(Algorithm.EDDSA))
    other.receive(made | {"offer_uri": again.offer_uri, "tx_code": again.tx_code})
    issued, taken = rows(office)
    assert (len(issued), len(taken)) == (1, 1)
    assert issued[0].holder == other.key.public.thumbprint


def test_an_offer_taken_back_meanwhile_is_not_delivered(office: Office) -> None:
    holder = Holder(office)
    made = office.offer()
    token = holder.token(made)
    with office.ports.database.transaction() as session:
        offers.cancel(session, made["id"], ports=office.ports, at=office.clock())
    answer = holder.ask(token, holder.proof())
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_many_holders_at_once_get_places_that_are_all_different(office: Office) -> None:
    waiting = [office.offer() for _ in range(8)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda made: Holder(office).receive(made), waiting))
    places = {
        FORMATS["dc+sd-jwt"].parse(one["credentials"][0]["credential"]).credential.status[0].index
        for one in answers
    }
    assert len(places) == len(waiting)


def test_a_holder_who_says_this_is_not_me_is_heard(office: Office) -> None:
    holder = Holder(office)
    made = office.offer()
    token = holder.token(made)
    answer = holder.ask(token, holder.proof()).json()
    office.clock.wait(minutes=20)  # the person thinks; the token itself is over by now
    heard = holder.notify(token, answer["notification_id"], "credential_failure")
    assert heard.status_code == 204
    assert office.operator("GET", f"/offers/{made['id']}").json()["state"] == "refused"
