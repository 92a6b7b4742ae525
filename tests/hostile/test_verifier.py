"""Hostile input at the verifier's door; ids as in the project's list of bad inputs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from credentials.errors import CredentialError, RejectedError
from credentials.model import Binding
from credentials.openid4vc.request import create_request, parse_request
from credentials.openid4vc.response import create_form, create_response
from schemas import catalog
from tests.verifier.world import CLIENT_ID, STATUS_URI, VERIFIER, World, codes, named
from verifier import requests, sessions
from verifier.views import view


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_h020_a_nonce_that_is_unknown_used_or_of_another_tenant_is_refused(
    world: World, tmp_path: Path
) -> None:
    held = world.issue(world.credential())
    used = world.request(world.ask()["request_uri"])
    world.post(used, world.show(held, used))
    other = World(tmp_path / "other", school=world.school, worker=world.worker)
    foreign = other.request(other.ask()["request_uri"])
    for nonce in ("an-unknown-nonce-0000", used.nonce, foreign.nonce):
        verdict = world.verdict_on(held, binding=Binding(CLIENT_ID, nonce))
        assert verdict["verdict"] == "failed"
        assert "nonce_invalid" in codes(verdict)
    assert world.verdict_on(held)["verdict"] == "passed"


def test_h076_a_status_host_that_is_down_first_costs_age_then_certainty(world: World) -> None:
    held = world.issue(world.credential())
    assert world.verdict_on(held)["verdict"] == "passed"
    del world.internet.pages[STATUS_URI]
    world.clock.turn(minutes=14)
    within = world.verdict_on(held)
    status = next(one for one in within["findings"] if one["check"] == "status")
    assert (status["outcome"], status["facts"]["issued_at"]) == (
        "passed",
        "2026-11-23T12:00:00+00:00",
    )
    world.clock.turn(minutes=2)
    past = world.verdict_on(held)
    assert past["parts"]["valid"] == "undetermined"
    assert "status_stale" in codes(past)


@pytest.mark.parametrize(
    "response_uri",
    [
        "https://evil.example/oid4vp/responses/1",
        "https://verifier.skillspass.example.evil.example/oid4vp/responses/1",
        "https://verifier.skillspass.example:8443/oid4vp/responses/1",
        "https://verifier.skillspass.example@evil.example/oid4vp/responses/1",
        "http://verifier.skillspass.example/oid4vp/responses/1",
        "https:///oid4vp/responses/1",
    ],
)
def test_h082_an_answer_address_outside_the_askers_host_is_refused(
    world: World, response_uri: str
) -> None:
    token = create_request(
        world.signer,
        client_id=CLIENT_ID,
        response_uri=response_uri,
        nonce="a-nonce-of-128-bits-ok",
        state="a-state-of-128-bits-ok",
        dcql_query=catalog.query("skills"),
        encryption_jwk={},
        at=world.clock(),
    )
    with pytest.raises(CredentialError, match="client_mismatch"):
        parse_request(token, client_id=CLIENT_ID, get=world.internet.get_body, at=world.clock())


def test_h082_our_own_requests_stay_at_our_own_host(world: World) -> None:
    request = world.request(world.ask()["request_uri"])
    assert request.response_uri.startswith(f"{VERIFIER}/")


def test_h085_an_answer_with_the_state_of_another_session_is_refused(world: World) -> None:
    held = world.issue(world.credential())
    mine, theirs = (world.ask() for _ in range(2))
    first, second = world.request(mine["request_uri"]), world.request(theirs["request_uri"])
    crossed = create_response(
        replace(first, state=second.state),
        {"skills_sd_jwt": [world.issue(world.credential())]},
    )
    refused = world.post(first, crossed)
    assert (refused.status, refused.body["code"]) == (400, "session_mismatch")
    assert world.post(first, world.show(held, first)).status == 200  # the true answer still counts


def test_h085_a_response_code_opened_in_another_browser_opens_nothing(world: World) -> None:
    ports = world.app.state.ports
    with ports.database.transaction() as session:
        row = requests.ask(
            session,
            "skills",
            at=world.clock(),
            entropy=ports.entropy,
            asker=ports.asker,
            browser="the-secret-of-the-asking-browser",
        )
        name, uri = row.id, ports.asker.request_uri(row.reference)
    request = world.request(uri)
    posted = world.post(request, world.show(world.issue(world.credential()), request))
    code = posted.body["redirect_uri"].partition("response_code=")[2]
    for browser in (None, "the-secret-of-another-browser"):
        with ports.database.transaction() as session:
            row = requests.find(session, name)
            with pytest.raises(RejectedError, match="session_mismatch"):
                sessions.come_back(session, row, code=code, browser=browser, at=world.clock())
    with ports.database.reading() as session:
        row = requests.find(session, name)
        assert not sessions.is_opened(row)
    landed = world.browser().get(
        urlsplit(posted.body["redirect_uri"]).path + f"?response_code={code}"
    )
    assert "data-outcome" not in landed.text
    with ports.database.transaction() as session:  # the browser that asked still comes in
        row = requests.find(session, name)
        sessions.come_back(
            session,
            row,
            code=code,
            browser="the-secret-of-the-asking-browser",
            at=world.clock(),
        )


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_h082_nothing_in_an_answer_chooses_where_the_browser_goes(world: World, back: str) -> None:
    request = world.request(world.ask()["request_uri"])
    form = create_form(world.show(world.issue(world.credential()), request))
    posted = world.post(request, form + b"&" + urlencode({"redirect_uri": back}).encode())
    assert posted.body["redirect_uri"].startswith("http://localhost:8003/back/")


@pytest.mark.parametrize(
    "body",
    [
        b"wallet_nonce=" + b"a" * 600,
        b"wallet_nonce=%3Cscript%3E",
        b"wallet_nonce=a&wallet_nonce=b",
        b"wallet_nonce=\xff",
        b"x" * 70_000,
    ],
    ids=["long", "markup", "twice", "bytes", "large"],
)
def test_h083_a_hostile_form_gets_no_signed_request(world: World, body: bytes) -> None:
    asked = world.ask()
    answer = world.client.post(
        urlsplit(asked["request_uri"]).path,
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code in {400, 413}
    assert "eyJ" not in answer.text
    assert world.request(asked["request_uri"]).nonce


def test_h086_one_answer_is_taken_also_of_many_at_once_in_two_processes(world: World) -> None:
    request = world.request(world.ask()["request_uri"])
    jwe = world.show(world.issue(world.credential()), request)
    first = world.client
    world.app = world.start()
    second = world.browser()

    def deliver(number: int) -> tuple[int, str]:
        client = (first, second)[number % 2]
        answer = client.post(
            urlsplit(request.response_uri).path,
            data={"response": jwe},
        )
        return answer.status_code, answer.json().get("code", "")

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(deliver, range(6)))
    assert answers == [(200, "")] + [(409, "response_already_received")] * 5


def test_h087_an_answer_sealed_for_another_request_is_refused(world: World) -> None:
    held = world.issue(world.credential())
    mine, theirs = (world.request(world.ask()["request_uri"]) for _ in range(2))
    misdirected = world.show(held, theirs, binding=Binding(CLIENT_ID, mine.nonce))
    refused = world.post(mine, misdirected)
    assert (refused.status, refused.body["code"]) == (400, "encryption_key_unknown")
    assert world.post(mine, world.show(held, mine)).status == 200


@pytest.mark.parametrize(
    ("issuer", "shown"),
    [
        ("did:web:f\u039dv.example", "xn--fv-dbc.example"),
        ("did:web:xn--fv-dbc.example", "xn--fv-dbc.example"),
        ("did:web:v\u0430kschool.example", "xn--vkschool-16g.example"),
        ("did:web:vak\u200bschool.example", "xn--vakschool-i69d.example"),
        (f"did:web:{'vakschool-' * 40}.example", None),
    ],
)
def test_h100_a_look_alike_issuer_is_amber_and_shown_in_punycode(
    world: World, issuer: str, shown: str | None
) -> None:
    stranger = named("https://school.example")
    signer = type(stranger).from_private_jwk(
        {**stranger.private_jwk(), "kid": f"{issuer}#{stranger.public.thumbprint}"}
    )
    asked = world.ask()
    request = world.request(asked["request_uri"])
    proof = world.issue(world.credential(issuer=issuer), signer=signer)
    world.post(request, world.show(proof, request))
    (kept,) = world.app.state.ports.reports.get(asked["id"], at=world.clock())
    assert "issuer_not_listed" in codes(world.result(asked["id"])["verdict"])
    page = view(kept, "nl")
    assert page.tone == "warning"
    assert page.issuer_address is not None
    assert page.issuer_address.isascii()
    assert len(page.issuer_address) <= 63
    if shown is not None:
        assert page.issuer_address == shown


def test_a_flood_of_requests_leaves_no_open_key_behind(world: World) -> None:
    for _ in range(20):
        world.ask()
    world.clock.moment += timedelta(minutes=10)
    world.ask()
    with world.app.state.ports.database.reading() as session:
        kept = session.connection().exec_driver_sql(
            "SELECT count(*) FROM request WHERE encryption_jwk != ''"
        )
        assert kept.scalar() == 1
