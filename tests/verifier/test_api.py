"""The verifier over HTTP: OpenID4VP for the holder's side, JSON for programs."""

import json
from urllib.parse import urlsplit

import pytest

from credentials.dids.web import did_web
from credentials.encoding import JsonObject, compact_json
from credentials.errors import RejectedError
from credentials.model import Binding
from credentials.openid4vc.request import AuthorizationRequest
from service.problems import PROBLEM_TYPE
from tests.verifier.world import CLIENT_ID, KEY, SCHOOL, VERIFIER, World, codes, named
from verifier.app import create_app
from verifier.settings import VerifierSettings

JSON = {"accept": "application/json"}


def test_the_whole_journey_goes_from_question_to_verdict(world: World) -> None:
    asked = world.ask()
    assert set(asked) == {"id", "client_id", "request_uri", "link", "expires_at"}
    assert world.result(asked["id"]) == {"state": "requested"}
    request = world.request(asked["request_uri"])
    assert world.result(asked["id"]) == {"state": "retrieved"}
    posted = world.post(request, world.show(world.issue(world.credential()), request))
    assert (posted.status, set(posted.body)) == (200, {"redirect_uri"})
    found = world.result(asked["id"])
    assert found["state"] == "answered"
    assert found["verdict"]["verdict"] == "passed"
    assert found["verdict"]["type"]["title"]["en"] == "Trade certificate CNC milling"


def test_the_shape_of_a_verdict_is_the_same_everywhere(world: World) -> None:
    live = world.verdict_on(world.issue(world.credential()))
    loose = world.client.post(
        "/api/check", json={"presentation": world.issue(world.credential())}
    ).json()
    for verdict in (live, loose):
        assert set(verdict) == {
            *("verdict", "parts", "findings", "sentences", "policy"),
            *("checked_at", "issuer", "type", "claims"),
        }
        assert set(verdict["parts"]) == {"authentic", "issuer", "valid", "holder"}
        assert {len(lines) for lines in verdict["sentences"].values()} == {4}
        for finding in verdict["findings"]:
            assert {"part", "check", "outcome", "code"} <= set(finding)


def test_the_did_document_holds_the_key_that_signs_requests(world: World) -> None:
    answer = world.client.get("/.well-known/did.json")
    assert answer.headers["content-type"] == "application/did+json"
    document = answer.json()
    assert document["id"] == did_web(VERIFIER)
    assert document["verificationMethod"][0]["id"] == world.signer.public.key_id
    assert '"d"' not in answer.text


def test_the_request_is_served_as_a_signed_request_and_never_cached(world: World) -> None:
    path = urlsplit(world.ask()["request_uri"]).path
    answer = world.client.get(path)
    assert answer.headers["content-type"] == "application/oauth-authz-req+jwt"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic a-key-for-tests", "Bearer "])
def test_programs_without_the_key_are_refused(world: World, authorization: str) -> None:
    headers = JSON | {"authorization": authorization}
    asked = world.client.post("/api/requests", json={"preset": "skills"}, headers=headers)
    read = world.client.get("/api/requests/anything", headers=headers)
    for answer in (asked, read):
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_an_unknown_preset_is_a_problem_with_a_sentence(world: World) -> None:
    answer = world.client.post("/api/requests", json={"preset": "birthday"}, headers=KEY)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == PROBLEM_TYPE + "preset_unknown"
    assert problem["title"] == "Deze vraag kennen we niet. Kies een vraag van de lijst."


@pytest.mark.parametrize("body", [{}, {"preset": 3}, {"preset": "skills", "claims": ["name"]}])
def test_anything_but_a_preset_is_refused(world: World, body: dict[str, object]) -> None:
    answer = world.client.post("/api/requests", json=body, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_an_unknown_request_is_not_found(world: World) -> None:
    assert world.client.get("/api/requests/nothing", headers=KEY).status_code == 404
    assert world.client.get("/oid4vp/requests/nothing").json()["code"] == "not_found"


def test_a_credential_alone_is_checked_without_asking_whose_it_is(world: World) -> None:
    held = world.issue(world.credential())
    verdict = world.client.post("/api/check", json={"presentation": held}).json()
    assert verdict["parts"] == {
        "authentic": "passed",
        "issuer": "passed",
        "valid": "passed",
        "holder": "not_applicable",
    }


def test_a_presentation_for_someone_else_leaves_the_holder_unknown(world: World) -> None:
    request = world.request(world.ask()["request_uri"])
    held = world.issue(world.credential())
    shown = _presentation(world, held, request)
    verdict = world.client.post("/api/check", json={"presentation": shown}).json()
    assert verdict["parts"]["holder"] == "undetermined"
    assert "holder_request_unknown" in codes(verdict)


def test_policy_any_does_not_ask_the_list(world: World) -> None:
    stranger = named("https://school.example")
    document: JsonObject = {"id": did_web("https://school.example"), "verificationMethod": []}
    world.internet.pages["https://school.example/.well-known/did.json"] = compact_json(document)
    foreign = world.issue(
        world.credential(issuer=did_web("https://school.example"), status=()), signer=stranger
    )
    body = {"presentation": foreign, "policy": "any"}
    verdict = world.client.post("/api/check", json=body).json()
    assert "trust_not_asked" in codes(verdict)
    assert verdict["verdict"] == "failed"  # its document does not know the key


@pytest.mark.parametrize("rubbish", ["", "x", "a.b.c", "{", "~", {}, {"@context": []}])
def test_rubbish_gets_a_verdict_and_no_error(world: World, rubbish: object) -> None:
    answer = world.client.post("/api/check", json={"presentation": rubbish})
    assert answer.status_code == 200
    assert answer.json()["parts"]["authentic"] == "failed"


def test_the_api_strips_nothing_from_a_presentation(world: World) -> None:
    held = world.issue(world.credential())
    verdict = world.client.post("/api/check", json={"presentation": f" {held}\n"}).json()
    assert verdict["verdict"] == "failed"


def test_a_refused_answer_is_an_oauth_error_without_details(world: World) -> None:
    request = world.request(world.ask()["request_uri"])
    refused = world.post(request, "a.b.c.d.e")
    assert refused.status == 400
    assert set(refused.body) == {"error", "error_description", "code"}
    assert "a.b.c" not in json.dumps(refused.body)


def test_an_answer_that_is_not_encrypted_is_refused(world: World) -> None:
    request = world.request(world.ask()["request_uri"])
    answer = world.client.post(
        urlsplit(request.response_uri).path, data={"vp_token": "{}", "state": request.state}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_verifier_without_https_identifier_does_not_start(world: World) -> None:
    settings = VerifierSettings(var=world.directory, public_url="http://localhost:8003")
    with pytest.raises(RejectedError, match="config_identifier"):
        create_app(
            settings,
            signer=world.signer,
            fetch=world.internet,
            clock=world.clock,
            entropy=bytes,
        )


def test_two_processes_over_the_same_files_take_one_answer(world: World) -> None:
    request = world.request(world.ask()["request_uri"])
    jwe = world.show(world.issue(world.credential()), request)
    assert world.post(request, jwe).status == 200
    world.app = world.start()
    world.client = world.browser()
    assert world.post(request, jwe).body["code"] == "response_already_received"


def test_the_status_host_may_be_down_for_a_while(world: World) -> None:
    held = world.issue(world.credential())
    assert world.verdict_on(held)["verdict"] == "passed"
    for url in [one for one in world.internet.pages if one.startswith(SCHOOL)]:
        del world.internet.pages[url]
    world.clock.turn(minutes=10)
    verdict = world.verdict_on(held)
    assert verdict["verdict"] == "passed"
    status = next(one for one in verdict["findings"] if one["check"] == "status")
    assert status["facts"]["issued_at"] == "2026-11-23T12:00:00+00:00"  # and it says how old


def _presentation(world: World, held: object, request: AuthorizationRequest) -> str:
    from credentials.formats import FORMATS  # noqa: PLC0415 - for this one helper

    shown = FORMATS["dc+sd-jwt"].present(
        str(held),
        world.worker,
        Binding(audience=CLIENT_ID, nonce=request.nonce),
        disclose=frozenset({("skills",)}),
        at=world.clock(),
    )
    return str(shown)
