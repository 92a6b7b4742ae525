"""Status: a place that nobody else has, changes with a reason, lists that show them at once."""

import json
from pathlib import Path

import pytest
from sqlmodel import select

from credentials.encoding import JsonObject
from credentials.errors import MalformedError, RejectedError
from credentials.formats import FORMATS
from credentials.model import Purpose, StatusKind, StatusReference
from credentials.status import bitstring_status_list, token_status_list
from issuer import status
from issuer.settings import DEMO_ORIGIN
from issuer.status import LIST_SIZE, POOL_SIZE
from issuer.tables import AuditEntry, StatusSlot, StatusWord
from tests.issuer.office import Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

REASON = "er staat een fout in"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def issued(office: Office, format_id: str) -> tuple[str, tuple[StatusReference, ...]]:
    """The id of a fresh proof, and where its status is published."""
    made = office.offer(format=format_id)
    wire = Holder(office).receive(made)["credentials"][0]["credential"]
    found = office.operator("GET", f"/offers/{made['id']}").json()
    return found["issued_id"], FORMATS[format_id].parse(wire).credential.status


def change(office: Office, issued_id: str, word: str, reason: str = REASON) -> int:
    wish: JsonObject = {"status": word, "reason": reason}
    return office.operator("POST", f"/issued/{issued_id}/status", json=wish).status_code


def token_status(office: Office, reference: StatusReference) -> int:
    answer = office.client.get(reference.uri.removeprefix(DEMO_ORIGIN))
    assert answer.headers["content-type"] == "application/statuslist+jwt"
    found = token_status_list.read_list(
        answer.text,
        uri=reference.uri,
        key=office.ports.signers["dc+sd-jwt"].public,
        at=office.clock(),
    )
    return found.status(reference.index)


def bit(office: Office, reference: StatusReference) -> bool:
    answer = office.client.get(reference.uri.removeprefix(DEMO_ORIGIN))
    found = bitstring_status_list.read(
        json.loads(answer.content),
        uri=reference.uri,
        purpose=reference.purpose,
        key=office.ports.signers["ldp_vc"].public,
        at=office.clock(),
    )
    assert found.issuer == office.ports.did
    return bool(found.status(reference.index))


def test_a_token_list_shows_paused_resumed_and_withdrawn_at_once(office: Office) -> None:
    issued_id, (reference,) = issued(office, "dc+sd-jwt")
    seen = [token_status(office, reference)]
    for word in ("suspended", "valid", "revoked"):
        assert change(office, issued_id, word) == 200
        seen.append(token_status(office, reference))
    assert seen == [0, 2, 0, 1]


def test_bitstring_lists_tell_paused_and_withdrawn_apart(office: Office) -> None:
    issued_id, references = issued(office, "ldp_vc")
    assert [one.purpose for one in references] == [Purpose.REVOCATION, Purpose.SUSPENSION]
    seen = [[bit(office, one) for one in references]]
    for word in ("suspended", "revoked"):
        change(office, issued_id, word)
        seen.append([bit(office, one) for one in references])
    assert seen == [[False, False], [False, True], [True, False]]


def test_others_in_the_same_list_stay_as_they_are(office: Office) -> None:
    one, (first,) = issued(office, "dc+sd-jwt")
    _, (second,) = issued(office, "dc+sd-jwt")
    assert first.uri == second.uri
    change(office, one, "revoked")
    assert (token_status(office, first), token_status(office, second)) == (1, 0)


def test_a_withdrawn_proof_stays_withdrawn(office: Office) -> None:
    issued_id, (reference,) = issued(office, "dc+sd-jwt")
    assert change(office, issued_id, "revoked") == 200
    assert change(office, issued_id, "valid") == 409
    assert token_status(office, reference) == 1


@pytest.mark.parametrize("reason", ["", "   ", "two\nlines"])
def test_a_change_needs_a_reason_on_one_line(office: Office, reason: str) -> None:
    issued_id, _ = issued(office, "dc+sd-jwt")
    with (
        office.ports.database.transaction() as session,
        pytest.raises(MalformedError, match="status_reason_invalid"),
    ):
        status.change(
            session,
            issued_id,
            to=StatusWord.REVOKED,
            reason=reason,
            ports=office.ports,
            at=office.clock(),
        )


def test_each_change_is_kept_with_its_reason(office: Office) -> None:
    issued_id, _ = issued(office, "dc+sd-jwt")
    change(office, issued_id, "suspended", "we kijken iets na")
    change(office, issued_id, "suspended", "nog eens")  # says what already holds
    with office.ports.database.reading() as session:
        about = select(AuditEntry).where(AuditEntry.about == issued_id)
        entries = session.exec(about).all()
    assert [(one.action, one.about, one.reason) for one in entries] == [
        ("suspended", issued_id, "we kijken iets na")
    ]


def test_an_unchanged_list_is_the_same_bytes_until_it_must_be_signed_again(office: Office) -> None:
    issued_id, _ = issued(office, "dc+sd-jwt")
    first = office.client.get("/status/token/1")
    tag = first.headers["etag"]
    assert office.client.get("/status/token/1").content == first.content
    known = office.client.get("/status/token/1", headers={"If-None-Match": tag})
    assert (known.status_code, known.content) == (304, b"")
    change(office, issued_id, "revoked")
    changed = office.client.get("/status/token/1", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    office.clock.wait(minutes=11)
    later = office.client.get("/status/token/1")
    assert later.headers["etag"] not in {tag, changed.headers["etag"]}


def test_unknown_lists_are_not_there(office: Office) -> None:
    for path in ("/status/token/1", "/status/bitstring/revocation/1", "/status/bitstring/other/1"):
        assert office.client.get(path).status_code == 404


def test_places_are_drawn_at_random_and_never_twice(office: Office) -> None:
    database = office.ports.database
    places = []
    with database.transaction() as session:
        for number in range(POOL_SIZE + 10):
            place = status.reserve(
                session, kind=StatusKind.TOKEN, issued_id=f"urn:{number}", ports=office.ports
            )
            places.append((place.number, place.index))
        assert status.place_of(session, "urn:3", ports=office.ports).index == places[3][1]
    assert len(set(places)) == POOL_SIZE + 10
    assert [index for _, index in places] != sorted(index for _, index in places)
    assert all(0 <= index < LIST_SIZE for _, index in places)


def test_a_half_full_list_is_followed_by_a_new_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "MAX_TAKEN", POOL_SIZE)
    with office.ports.database.transaction() as session:
        numbers = [
            status.reserve(
                session, kind=StatusKind.TOKEN, issued_id=f"urn:{number}", ports=office.ports
            ).number
            for number in range(POOL_SIZE + 1)
        ]
    assert (numbers[0], numbers[-1]) == (1, 2)


def test_a_proof_without_a_place_is_not_found(office: Office) -> None:
    with (
        office.ports.database.reading() as session,
        pytest.raises(RejectedError, match="not_found"),
    ):
        status.place_of(session, "urn:none", ports=office.ports)
    with office.ports.database.reading() as session:
        assert session.exec(select(StatusSlot)).first() is None
