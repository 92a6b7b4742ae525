"""A holder hears why a proof was paused or withdrawn; nobody else does."""

from pathlib import Path

import pytest
from httpx2 import Response

from credentials.encoding import JsonObject
from tests.issuer.office import Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def withdrawn(office: Office, holder: Holder, reason: str = "mistake") -> str:
    """Give a proof and pause it; its id."""
    made = office.offer()
    holder.receive(made)
    issued_id = str(office.operator("GET", f"/offers/{made['id']}").json()["issued_id"])
    wish: JsonObject = {"status": "suspended", "reason": reason}
    assert office.operator("POST", f"/issued/{issued_id}/status", json=wish).status_code == 200
    return issued_id


def ask(office: Office, proof: str) -> Response:
    return office.client.post("/status/reasons", json={"proof": proof})


def test_the_holder_hears_the_reason_in_both_languages(office: Office) -> None:
    holder = Holder(office)
    issued_id = withdrawn(office, holder)
    (told,) = ask(office, holder.proof()).json()["credentials"]
    assert (told["id"], told["status"]) == (issued_id, "suspended")
    assert told["reason_nl"] == "er staat een fout in"
    assert told["reason_en"] == "it holds a mistake"


def test_a_reason_in_own_words_is_told_as_it_was_written(office: Office) -> None:
    holder = Holder(office)
    withdrawn(office, holder, "Bel even met de administratie.")
    (told,) = ask(office, holder.proof()).json()["credentials"]
    assert told["reason_nl"] == told["reason_en"] == "Bel even met de administratie."


def test_another_holder_hears_nothing(office: Office) -> None:
    withdrawn(office, Holder(office))
    assert ask(office, Holder(office).proof()).json()["credentials"] == []


def test_a_proof_that_holds_has_no_reason(office: Office) -> None:
    holder = Holder(office)
    holder.receive(office.offer())
    assert ask(office, holder.proof()).json()["credentials"] == []


def test_a_proof_of_possession_is_used_once_and_for_this_issuer(office: Office) -> None:
    holder = Holder(office)
    withdrawn(office, holder)
    elsewhere = holder.proof(audience="https://elsewhere.example")
    assert ask(office, elsewhere).status_code == 400
    proof = holder.proof()
    assert ask(office, proof).json()["credentials"] != []
    made_up = holder.proof("a-nonce-of-our-own")
    assert ask(office, made_up).json()["code"] == "invalid_nonce"
    nonce = holder.nonce()
    assert ask(office, holder.proof(nonce)).status_code == 200
    assert ask(office, Holder(office).proof(nonce)).status_code == 400


def test_another_organisation_does_not_tell(office: Office) -> None:
    holder = Holder(office)
    withdrawn(office, holder)
    nonce = office.client.post("/o/brugman/nonce").json()["c_nonce"]
    proof = holder.proof(nonce, audience="https://issuer.skillspass.example/o/brugman")
    answer = office.client.post("/o/brugman/status/reasons", json={"proof": proof})
    assert answer.json()["credentials"] == []


@pytest.mark.parametrize("body", [{}, {"proof": 1}, {"proof": "x"}, {"proof": "a" * 9_000}, []])
def test_a_request_that_is_none_is_refused(office: Office, body: object) -> None:
    assert office.client.post("/status/reasons", json=body).status_code == 400
