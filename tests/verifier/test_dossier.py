"""What a firm may keep: the verified extract, for what was declared, while the result is there."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from credentials.errors import RejectedError
from credentials.verification import Policy
from schemas.declarations import Declared
from schemas.messages import sentence
from tests.verifier.test_pages import token_of
from tests.verifier.test_programs import answered, call, firm
from tests.verifier.test_sessions import SECRET, answer, ask
from tests.verifier.world import World
from verifier import checking
from verifier.dossier import KINDS, extract_of
from verifier.results import RESULT_LIFE
from verifier.verdicts import Report

HIRING = Declared("other_employer", "hiring", "consent", 1)


def checked(world: World, wire: Any) -> Report:  # noqa: ANN401 - also what is no proof
    at = world.clock()
    around = world.app.state.ports.around(at)
    return checking.check_loose(wire, policy=Policy.LISTED, around=around, at=at)


def brought(world: World, browser: TestClient) -> str:
    """The page of a proof that somebody gave the recruiter as a file."""
    proof = str(world.issue(world.credential()))
    data = {"proof": proof, "csrf_token": token_of(browser.get("/").text)}
    return browser.post("/check", data=data).headers["location"]


def test_it_tells_what_held_with_its_verdict_for_what_was_declared(world: World) -> None:
    made = extract_of([checked(world, world.issue(world.credential()))], HIRING)
    assert (made.purpose, made.ends_on - made.made_on) == ("hiring", timedelta(days=1))
    assert [(line.skill, line.level, line.grade.word) for line in made.skills] == [
        ("cnc-frezen", 2, "assessed"),
        ("opspannen", 3, "assessed"),
    ]
    (proof,) = made.certificates
    assert proof.giver == "Vakschool De Lasboog"
    assert proof.checked["authentic"] == "passed"
    assert made.person is not None
    assert made.person.name == "Ahmet Demir"


def test_without_a_question_it_is_for_what_is_usual(world: World) -> None:
    made = extract_of([checked(world, world.issue(world.credential()))])
    assert (made.purpose, made.ends_on - made.made_on) == ("intake", timedelta(days=28))


def test_a_proof_that_does_not_hold_is_left_out_and_a_withdrawn_one_says_so(world: World) -> None:
    good, bad = checked(world, world.issue(world.credential())), checked(world, "rubbish")
    assert len(extract_of([good, bad]).certificates) == 1
    with pytest.raises(RejectedError, match="result_gone"):
        extract_of([bad])
    world.statuses[7] = 1
    world.publish_statuses()
    (proof,) = extract_of([checked(world, world.issue(world.credential()))]).certificates
    assert (proof.standing, proof.checked["valid"]) == ("withdrawn", "failed")


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_hands_it_out_while_the_result_is_there(world: World, kind: str) -> None:
    browser = world.browser()
    address = brought(world, browser)
    page = browser.get(address).text
    assert sentence("verifier.dossier.title", "nl") in page
    assert f'href="{address}/extract/{kind}"' in page
    found = browser.get(f"{address}/extract/{kind}")
    assert (found.status_code, found.headers["cache-control"]) == (200, "no-store")
    assert found.headers["content-disposition"].startswith(
        'attachment; filename="skillspass-intake'
    )
    assert "Demir" not in found.headers["content-disposition"]
    assert b"CNC" in found.content
    assert world.browser().get(f"{address}/extract/{kind}").status_code == 400
    assert browser.get(f"{address}/extract/elm").status_code == 404
    world.clock.turn(seconds=RESULT_LIFE.total_seconds())
    assert browser.get(f"{address}/extract/{kind}").status_code == 400


def test_an_answer_gives_it_to_the_browser_that_asked_for_what_it_declared(world: World) -> None:
    name, request = ask(world)
    browser = world.browser()
    browser.cookies.set("asker", SECRET)
    assert browser.get(f"/requests/{name}/extract/csv").status_code == 400
    code = answer(world, request)
    reference = request.response_uri.rpartition("/")[2]
    assert browser.get(f"/back/{reference}", params={"response_code": code}).status_code == 303
    found = browser.get(f"/requests/{name}/extract/csv")
    assert found.status_code == 200, found.text
    rows = list(csv.DictReader(io.StringIO(found.content.decode("utf-8-sig"))))
    assert {row["waarvoor"] for row in rows} == {"kennismaken"}
    assert {row["Is het echt?"] for row in rows} == {"ja"}
    assert {row["van wie"] for row in rows} == {""}  # no name was shown


def test_a_program_gets_it_for_minutes_and_another_firm_never(world: World) -> None:
    key, other = firm(world), firm(world, name="Stator BV")
    declared = {"purpose": "hiring", "retention_days": 1}
    name = answered(world, key, declaration=declared)
    found = call(world, key, "GET", f"/requests/{name}/extract?as=json").json()
    assert (found["purpose"], found["format"]) == ("hiring", "skillspass-extract/1")
    table = call(world, key, "GET", f"/requests/{name}/extract?as=csv&language=en")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["cache-control"] == "no-store"
    assert call(world, other, "GET", f"/requests/{name}/extract").status_code == 404
    assert call(world, firm(world, "checks"), "GET", f"/requests/{name}/extract").status_code == 403
    assert call(world, key, "GET", f"/requests/{name}/extract?as=elm").status_code == 400
    world.clock.turn(minutes=31)
    gone = call(world, key, "GET", f"/requests/{name}/extract")
    assert gone.json()["code"] == "result_gone"


def test_nothing_of_it_is_written_down(world: World, tmp_path: Path) -> None:
    browser = world.browser()
    address = brought(world, browser)
    for kind in KINDS:
        assert b"Demir" in browser.get(f"{address}/extract/{kind}").content
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files if b"Demir" in path.read_bytes()] == []
