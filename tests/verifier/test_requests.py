"""Requests: what they carry, how long they live, which way they go."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from credentials.errors import RejectedError
from credentials.openid4vc.dcql import parse_query
from schemas import catalog
from schemas.declarations import lists
from tests.conftest import NOW
from tests.verifier.world import CLIENT_ID, VERIFIER, World, fields_of
from verifier import requests
from verifier.requests import REQUEST_LIFE, Asker, State
from verifier.tables import RequestRow, ResultRow


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.app.state.ports.database.transaction() as opened:
        yield opened


ASKER = Asker(CLIENT_ID, VERIFIER, "Precisie Techniek Oost", "http://localhost:8002/present")
KEPT = timedelta(days=lists().usual.retention_days)


def ask(session: Session, **how: Any) -> RequestRow:  # noqa: ANN401 - whatever a test asks
    return requests.ask(session, "skills", at=NOW, entropy=os.urandom, asker=ASKER, **how)


def test_every_request_has_its_own_nonce_state_handle_and_key(session: Session) -> None:
    first, second = ask(session), ask(session)
    for name in ("id", "reference", "nonce", "correlation", "encryption_jwk"):
        assert getattr(first, name) != getattr(second, name)
    assert len(first.nonce) == 22


def test_an_unknown_question_is_refused(session: Session) -> None:
    with pytest.raises(RejectedError, match="preset_unknown"):
        requests.ask(session, "birthday", at=NOW, entropy=os.urandom, asker=ASKER)


def test_a_request_is_retrieved_then_answered_and_no_further(session: Session) -> None:
    row = ask(session)
    assert requests.state_of(row, at=NOW) is State.REQUESTED
    row = requests.retrieve(session, row.reference, at=NOW)
    assert requests.state_of(row, at=NOW) is State.RETRIEVED
    requests.answer(session, row, at=NOW)
    session.refresh(row)
    assert requests.state_of(row, at=NOW) is State.ANSWERED
    with pytest.raises(RejectedError, match="response_already_received"):
        requests.answer(session, row, at=NOW)
    with pytest.raises(RejectedError, match="response_already_received"):
        requests.retrieve(session, row.reference, at=NOW)


def test_a_request_may_be_fetched_again_while_it_is_open(session: Session) -> None:
    row = ask(session)
    requests.retrieve(session, row.reference, at=NOW)
    again = requests.retrieve(session, row.reference, at=NOW + timedelta(minutes=9))
    assert requests.state_of(again, at=NOW) is State.RETRIEVED


def test_the_key_is_forgotten_with_the_answer(session: Session) -> None:
    row = ask(session)
    assert "d" in row.encryption_jwk
    requests.answer(session, row, at=NOW)
    session.refresh(row)
    assert row.encryption_jwk == ""


def test_a_request_expires_after_ten_minutes_to_the_second(session: Session) -> None:
    row = ask(session)
    last = NOW + REQUEST_LIFE - timedelta(seconds=1)
    assert requests.state_of(row, at=last) is State.REQUESTED
    assert requests.state_of(row, at=NOW + REQUEST_LIFE) is State.EXPIRED
    with pytest.raises(RejectedError, match="request_expired"):
        requests.retrieve(session, row.reference, at=NOW + REQUEST_LIFE)


def test_the_sweep_expires_what_is_over_and_forgets_its_key(session: Session) -> None:
    old, fresh = ask(session), ask(session)
    fresh.expires_at += 600
    session.add(fresh)
    session.flush()
    requests.sweep(session, at=NOW + REQUEST_LIFE)
    session.refresh(old)
    session.refresh(fresh)
    assert (old.state, old.encryption_jwk) == (State.EXPIRED, "")
    assert fresh.state == State.REQUESTED


def test_results_are_kept_for_their_time_and_no_longer(session: Session) -> None:
    row = ask(session)
    requests.answer(session, row, at=NOW)
    result = ResultRow(
        request_id=row.id,
        outcome="passed",
        policy_version="listed/1",
        checked_at=int(NOW.timestamp()),
        findings="[]",
    )
    session.add(result)
    session.flush()
    requests.sweep(session, at=NOW + KEPT)
    assert session.exec(select(ResultRow)).all()
    requests.sweep(session, at=NOW + KEPT + timedelta(seconds=1))
    assert not session.exec(select(ResultRow)).all()
    assert not session.exec(select(RequestRow)).all()


def test_the_link_names_us_and_the_request_but_not_the_handle(world: World) -> None:
    asked = world.ask()
    fields = fields_of(asked["link"])
    assert fields == {
        "client_id": CLIENT_ID,
        "request_uri": asked["request_uri"],
        "request_uri_method": "post",
    }
    assert asked["request_uri"].startswith(f"{VERIFIER}/oid4vp/requests/")
    assert asked["id"] not in asked["link"]


def test_the_signed_request_carries_the_question_and_no_private_key(world: World) -> None:
    request = world.request(world.ask("vca")["request_uri"])
    assert request.client_id == CLIENT_ID
    assert request.client_name == "skillspass"
    assert request.purpose
    assert request.response_uri.startswith(f"{VERIFIER}/oid4vp/responses/")
    assert "d" not in request.encryption_key
    assert request.expires == NOW + REQUEST_LIFE


@pytest.mark.parametrize("name", catalog.query_names())
def test_presets_ask_no_name_and_no_birthday(name: str) -> None:
    asked = {
        str(claim.path)
        for query in parse_query(catalog.query(name)).credentials
        for claim in query.claims
    }
    assert asked
    assert not any(word in path for path in asked for word in ("name", "birth", "employer"))


def test_an_unknown_reference_is_not_found(session: Session) -> None:
    with pytest.raises(RejectedError, match="not_found"):
        requests.find_by_reference(session, "no-such-request")
