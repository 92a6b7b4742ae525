"""Answers: opened, correlated, checked once, and only their result is kept."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from credentials.claims import ClaimsPath
from credentials.dids.web import did_web
from credentials.encoding import JsonObject
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Binding, Validity
from credentials.openid4vc.response import create_error, create_response
from schemas import catalog
from tests.conftest import NOW
from tests.verifier.world import CLIENT_ID, STATUS_URI, World, codes, named

WITH_NAMES: JsonObject = {
    "credentials": [
        {
            "id": "proof",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": [catalog.credential_type("cnc-frezen-vakcertificaat").url]},
            "claims": [
                {"path": ["given_name"]},
                {"path": ["family_name"]},
                {"path": ["skills", None]},
            ],
        }
    ]
}
NAMES: frozenset[ClaimsPath] = frozenset({("given_name",), ("family_name",), ("skills",)})


def test_a_good_proof_passes_in_all_four_parts(world: World) -> None:
    verdict = world.verdict_on(world.issue(world.credential()))
    assert verdict["verdict"] == "passed"
    assert set(verdict["parts"].values()) == {"passed"}
    assert verdict["claims"]["skills"][0]["level"] == 2


def test_only_what_was_shown_comes_across(world: World) -> None:
    verdict = world.verdict_on(world.issue(world.credential()), disclose=frozenset({("skills", 0)}))
    claims = verdict["claims"]
    assert isinstance(claims, dict)
    assert set(claims) == {"date_of_result", "skills"}
    assert len(claims["skills"]) == 1


def test_the_same_answer_twice_is_refused(world: World) -> None:
    request = world.request(world.ask()["request_uri"])
    jwe = world.show(world.issue(world.credential()), request)
    assert world.post(request, jwe).status == 200
    second = world.post(request, jwe)
    assert (second.status, second.body["code"]) == (409, "response_already_received")


def test_of_many_answers_at_once_exactly_one_is_taken(world: World) -> None:
    request = world.request(world.ask()["request_uri"])
    jwe = world.show(world.issue(world.credential()), request)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: world.post(request, jwe), range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7


def test_an_answer_after_ten_minutes_is_refused(world: World) -> None:
    asked = world.ask()
    request = world.request(asked["request_uri"])
    jwe = world.show(world.issue(world.credential()), request)
    world.clock.turn(minutes=10)
    refused = world.post(request, jwe)
    assert (refused.status, refused.body["code"]) == (400, "request_expired")
    assert world.result(asked["id"]) == {"state": "expired"}


def test_a_nonce_that_we_never_gave_is_found_out(world: World) -> None:
    verdict = world.verdict_on(
        world.issue(world.credential()), binding=Binding(CLIENT_ID, "an-unknown-nonce-of-ours")
    )
    assert (verdict["verdict"], verdict["parts"]["holder"]) == ("failed", "failed")
    assert "nonce_invalid" in codes(verdict)


def test_an_answer_made_for_another_is_found_out(world: World) -> None:
    asked = world.ask()
    request = world.request(asked["request_uri"])
    other = Binding(audience="decentralized_identifier:did:web:other.example", nonce=request.nonce)
    world.post(request, world.show(world.issue(world.credential()), request, binding=other))
    assert "aud_mismatch" in codes(world.result(asked["id"])["verdict"])


def test_a_proof_shown_with_another_key_is_found_out(world: World) -> None:
    thief = SoftwareSigner.generate(Algorithm.ES256)
    verdict = world.verdict_on(world.issue(world.credential()), signer=thief)
    assert "holder_key_mismatch" in codes(verdict)
    assert verdict["parts"]["holder"] == "failed"


def test_a_forged_signature_shows_no_claim_at_all(world: World) -> None:
    forger = SoftwareSigner.from_private_jwk(
        named("https://issuer.skillspass.example").private_jwk()
        | {"kid": world.school.public.key_id}
    )
    verdict = world.verdict_on(world.issue(world.credential(), signer=forger))
    assert verdict["parts"]["authentic"] == "failed"
    assert "signature_invalid" in codes(verdict)
    assert "claims" not in verdict
    assert verdict["type"] is None
    assert "CNC-frezen" not in str(verdict)


@pytest.mark.parametrize(("status", "code"), [(1, "revoked"), (2, "suspended")])
def test_a_withdrawn_or_paused_proof_is_not_valid(world: World, status: int, code: str) -> None:
    world.statuses[7] = status
    world.publish_statuses()
    verdict = world.verdict_on(world.issue(world.credential()))
    assert code in codes(verdict)
    assert verdict["parts"] == {  # the other questions keep their answer
        "authentic": "passed",
        "issuer": "passed",
        "valid": "failed",
        "holder": "passed",
    }


def test_a_proof_that_ended_is_not_valid(world: World) -> None:
    ended = world.credential(validity=Validity(valid_until=NOW))
    verdict = world.verdict_on(world.issue(ended))
    assert "expired" in codes(verdict)
    assert verdict["verdict"] == "failed"


def test_a_giver_that_is_not_on_the_list_is_not_believed(world: World) -> None:
    stranger = named("https://school.example")
    foreign = world.credential(issuer=did_web("https://school.example"))
    verdict = world.verdict_on(world.issue(foreign, signer=stranger))
    assert "issuer_not_listed" in codes(verdict)
    assert verdict["parts"]["issuer"] == "failed"
    assert "claims" not in verdict


def test_without_the_list_nothing_is_green(world: World) -> None:
    del world.internet.pages["https://trust.skillspass.example/list.jwt"]
    verdict = world.verdict_on(world.issue(world.credential()))
    assert verdict["verdict"] == "undetermined"
    assert "trust_list_unavailable" in codes(verdict)


def test_a_list_with_a_lower_number_is_refused(world: World) -> None:
    world.publish_list(sequence=5)
    assert world.verdict_on(world.issue(world.credential()))["verdict"] == "passed"
    world.publish_list(sequence=4)
    verdict = world.verdict_on(world.issue(world.credential()))
    assert verdict["verdict"] == "undetermined"
    assert "trust_list_rollback" in codes(verdict)


def test_a_status_list_older_than_one_seen_is_refused(world: World) -> None:
    held = world.issue(world.credential())
    old = world.internet.pages[STATUS_URI]
    world.clock.turn(minutes=1)
    world.publish_statuses()
    assert world.verdict_on(held)["verdict"] == "passed"
    world.internet.pages[STATUS_URI] = old
    verdict = world.verdict_on(held)
    assert "status_rollback" in codes(verdict)
    assert verdict["verdict"] == "undetermined"


def test_an_answer_to_another_question_does_not_use_the_request_up(world: World) -> None:
    request = world.request(world.ask("vca")["request_uri"])
    refused = world.post(request, create_response(request, {"something_else": ["x"]}))
    assert (refused.status, refused.body["code"]) == (400, "query_unsatisfied")
    wrong_type = world.show(world.issue(world.credential()), request)
    assert world.post(request, wrong_type).status == 200


def test_a_proof_of_another_type_than_asked_fails(world: World) -> None:
    asked = world.ask("vca")
    request = world.request(asked["request_uri"])
    world.post(request, world.show(world.issue(world.credential()), request))
    verdict = world.result(asked["id"])["verdict"]
    assert "query_unsatisfied" in codes(verdict)


def test_someone_who_shows_nothing_is_no_failure(world: World) -> None:
    asked = world.ask()
    request = world.request(asked["request_uri"])
    path = request.response_uri.removeprefix("https://verifier.skillspass.example")
    form = {"content-type": "application/x-www-form-urlencoded"}
    wrong = create_error(replace(request, state="of-another-session-12345"))
    assert world.client.post(path, content=wrong, headers=form).json()["code"] == "session_mismatch"
    assert world.client.post(path, content=create_error(request), headers=form).status_code == 200
    verdict = world.result(asked["id"])["verdict"]
    assert "declined" in codes(verdict)
    assert verdict["verdict"] == "undetermined"


def test_the_database_keeps_the_result_and_no_claim(world: World) -> None:
    world = World(world.directory / "checked", {"client_checked": True})
    held = world.issue(world.credential())
    asked = world.ask(None, dcql_query=WITH_NAMES, declaration={"purpose": "hiring"})
    request = world.request(asked["request_uri"])
    assert world.post(request, world.show(held, request, disclose=NAMES)).status == 200
    verdict = world.result(asked["id"])["verdict"]
    assert "Ahmet" in str(verdict)  # what would be found is there to be found
    with closing(sqlite3.connect(world.settings().directory / "verifier.db")) as connection:
        kept = "\n".join(connection.iterdump())
    assert "listed/1" in kept
    for secret in ("Ahmet", "Demir", "CNC-frezen", str(held)[:40], "eyJ"):
        assert secret not in kept


def test_after_a_while_the_result_is_shown_without_its_claims(world: World) -> None:
    asked = world.ask()
    request = world.request(asked["request_uri"])
    world.post(request, world.show(world.issue(world.credential()), request))
    world.clock.turn(minutes=31)
    verdict = world.result(asked["id"])["verdict"]
    assert isinstance(verdict, dict)
    assert "claims" not in verdict
    assert verdict["verdict"] == "passed"
    assert verdict["issuer"]["name"] == "Vakschool De Lasboog"
    assert world.clock() - NOW == timedelta(minutes=31)
