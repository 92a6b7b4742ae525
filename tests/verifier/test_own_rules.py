"""The web verifier takes a policy and accreditations by its settings, as the command line does."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from credentials.dids.web import did_web
from credentials.errors import RejectedError
from credentials.keys import SoftwareSigner
from credentials.trust.accreditation import ACCREDITING, sign_accreditation
from schemas.messages import sentence
from tests.conftest import NOW
from tests.verifier.test_pages import token_of
from tests.verifier.world import LIST_URL, SCHOOL, Json, World, codes, named
from verifier.own_rules import MAX_ACCREDITATIONS, own_rules
from verifier.sector_list import demo_issuer, make_demo_list

BODY = "https://body.skillspass.example"
SINCE = NOW - timedelta(days=3650)

STRICT = """
policy: 1
name: hal-3
version: 4
issuers: listed
types:
  cnc-frezen-vakcertificaat: {issuers: ["did:web:examencentrum.example"]}
"""


def judged(world: World) -> Json:
    """What a program reads of a proof of the school that nobody chose rules for."""
    return world.verdict_on(world.issue(world.credential()))


def pasted(world: World) -> str:
    """The page about the same proof, as a recruiter sees it."""
    browser = world.browser()
    data = {
        "proof": str(world.issue(world.credential())),
        "csrf_token": token_of(browser.get("/").text),
    }
    answer = browser.post("/check", data=data)
    return browser.get(answer.headers["location"]).text


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A firm's own policy."""
    file = tmp_path / "hal-3.yaml"
    file.write_text(STRICT)
    return file


def test_a_policy_of_ones_own_is_held_against_every_proof(world: World, rules: Path) -> None:
    assert judged(world)["verdict"] == "passed"
    own = World(world.directory / "own", {"policy": str(rules)}, school=world.school)
    found = judged(own)
    assert found["policy"] == "hal-3/4"
    assert "issuer_not_in_policy" in codes(found)
    assert sentence("verdict.issuer.issuer_not_in_policy", "nl") in pasted(own)
    body = {"presentation": own.issue(own.credential())}
    checked = own.client.post("/api/check", json=body).json()
    assert checked["policy"] == "hal-3/4"
    chosen = own.client.post("/api/check", json={**body, "policy": "listed"}).json()
    assert chosen["policy"] != "hal-3/4", "who names a policy gets that"
    own.clock.turn(minutes=31)  # what the database kept of it names the rules as well
    asked = own.ask()
    request = own.request(asked["request_uri"])
    own.post(request, own.show(own.issue(own.credential()), request))
    own.clock.turn(minutes=31)
    assert own.result(asked["id"])["verdict"]["policy"] == "hal-3/4"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"policy": "no-such-rules"}, "usage_policy"),
        ({"accreditations": (Path("/no/such/file"),)}, "usage_source"),
        ({"accreditations": (Path("x"),) * (MAX_ACCREDITATIONS + 1)}, "usage_source"),
    ],
    ids=["policy", "file", "too many"],
)
def test_rules_that_cannot_be_read_stop_the_start(
    world: World, more: dict[str, object], code: str
) -> None:
    with pytest.raises(RejectedError, match=code):
        own_rules(world.settings().model_copy(update=more))


def list_with_body_alone(world: World, body: SoftwareSigner) -> bytes:
    """A sector's list on which a body stands that accredits, and no school."""
    entry = demo_issuer(did_web(BODY), name="Sectorraad", keys=[body.public], since=SINCE)
    right = replace(entry.services[0], type=ACCREDITING)
    entry = replace(entry, services=(right,))
    return make_demo_list(world.anchor, entries=[entry], sequence=7, at=NOW).encode()


@pytest.mark.parametrize("ended", [False, True], ids=["in force", "ended"])
def test_who_the_sectors_body_accredited_counts_beside_the_list(
    world: World, tmp_path: Path, *, ended: bool
) -> None:
    body = named(BODY)
    listed = list_with_body_alone(world, body)
    world.internet.pages[LIST_URL] = listed
    assert "issuer_not_listed" in codes(judged(world))
    school = demo_issuer(did_web(SCHOOL), name="De Lasboog", keys=[], since=SINCE)
    begun = NOW - timedelta(days=60)
    token = sign_accreditation(
        school,
        body,
        body=did_web(BODY),
        at=begun,
        until=NOW + timedelta(days=-31 if ended else 30),
    )
    file = tmp_path / "accreditation.jwt"
    file.write_text(token)
    own = World(
        world.directory / "own",
        {"accreditations": (file,)},
        school=world.school,
        anchor=world.anchor,
    )
    own.internet.pages[LIST_URL] = listed
    found = judged(own)
    assert found["verdict"] == ("failed" if ended else "passed")
    assert ("issuer_not_accredited_for_type" in codes(found)) is ended
    title = sentence("verdict.title.issuer_not_listed", "nl")
    assert title not in pasted(own)


def test_a_file_that_is_no_accreditation_accredits_nobody(world: World, tmp_path: Path) -> None:
    file = tmp_path / "accreditation.jwt"
    file.write_text("eyJub25zZW5zZSI6MX0.e30.x")
    own = World(world.directory / "own", {"accreditations": (file,)}, school=world.school)
    assert judged(own)["verdict"] == "passed"  # the school stands on the list itself
