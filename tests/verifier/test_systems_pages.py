"""A firm's page for its programs and the systems that are told; and how each attempt is noted."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from schemas.messages import sentence
from tests.verifier.test_firm_pages import post
from tests.verifier.test_programs import RECEIVER, Heard, answered, asked, call, firm, ports_of
from tests.verifier.world import World
from verifier import deliveries, key_uses, organisations, sweeping
from verifier.deliveries import Delivery
from verifier.key_uses import NOTED_EVERY
from verifier.programs import Scope
from verifier.tables import ApiKey, Event, Receiver

PAGE = "/firm/systems"


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def world(tmp_path: Path, heard: Heard) -> World:
    """A verifier where the firm of the trial is signed in, and that may tell the other system."""
    made = World(tmp_path, more={"dev_origins": {RECEIVER: "http://localhost:9"}})
    made.internet.sites[RECEIVER] = TestClient(heard.app, base_url=RECEIVER)
    assert post(made, "/firm/demo", "/firm") == 303
    return made


def pressed(world: World, path: str, **fields: str) -> tuple[int, str]:
    """Press a button of the page: status, and the page that comes."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', world.client.get(PAGE).text)
    assert token is not None
    answer = world.client.post(f"{PAGE}/{path}", data={"csrf_token": token[1], **fields})
    return answer.status_code, answer.text


def secret_in(page: str) -> str:
    """What is shown once."""
    found = re.search(r"data-secret>([^<]+)<", page)
    assert found is not None, page
    return found[1]


def program(world: World, *scopes: Scope) -> str:
    """A key made on the page."""
    wanted = {f"scope.{one}": "yes" for one in scopes or tuple(Scope)}
    status, page = pressed(world, "keys", name="Planbord", **wanted)
    assert status == 200
    return secret_in(page)


def receiver(world: World) -> tuple[str, str]:
    """An address entered on the page: its id and secret."""
    status, page = pressed(world, "receivers", url=f"{RECEIVER}/hook")
    assert status == 200
    with ports_of(world).database.reading() as session:
        return session.exec(select(Receiver)).one().id, secret_in(page)


def told(world: World) -> list[Delivery]:
    """The last messages of the one receiver."""
    with ports_of(world).database.reading() as session:
        return list(deliveries.deliveries(session, session.exec(select(Receiver)).one()))


def work(world: World) -> None:
    world.app.state.workers[0].desk.run_due()


def test_a_key_is_made_shown_once_and_ended(world: World) -> None:
    key = program(world, Scope.REQUESTS)
    page = world.client.get(PAGE).text
    assert key not in page
    assert "Planbord" in page
    assert sentence("verifier.systems.unused", "nl") in page
    assert call(world, key, "POST", "/requests", {"preset": "skills"}).status_code == 201
    assert call(world, key, "GET", "/webhooks").json()["code"] == "scope_missing"
    day = sentence("verifier.systems.used", "nl", day="23 november 2026")
    assert day in world.client.get(PAGE).text
    with ports_of(world).database.reading() as session:
        identifier = session.exec(select(ApiKey)).one().id
    assert pressed(world, f"keys/{identifier}/end")[0] == 303
    assert call(world, key, "POST", "/requests", {"preset": "skills"}).status_code == 401
    assert "Planbord" not in world.client.get(PAGE).text


@pytest.mark.parametrize(
    ("path", "fields", "code"),
    [
        ("keys", {"name": "", "scope.results": "yes"}, "api_key_invalid"),
        ("keys", {"name": "Planbord"}, "api_key_invalid"),
        ("receivers", {"url": "http://intern.example/"}, "address_forbidden"),
        ("receivers", {"url": "https://127.0.0.1/"}, "address_forbidden"),
    ],
    ids=["no name", "no scope", "not https", "this machine"],
)
def test_what_is_refused_is_said_beside_the_field(
    world: World, path: str, fields: dict[str, str], code: str
) -> None:
    status, page = pressed(world, path, **fields)
    assert status == 400
    assert sentence(f"error.{code}", "nl") in page
    assert "data-secret" not in page


def test_who_is_not_signed_in_is_led_to_the_door(world: World) -> None:
    identifier, _ = receiver(world)
    stranger = world.browser()
    assert stranger.get(PAGE).headers["location"] == "/firm"
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get("/").text)
    assert token is not None
    for path in ("keys", "receivers", f"receivers/{identifier}/remove"):
        answer = stranger.post(f"{PAGE}/{path}", data={"csrf_token": token[1], "name": "x"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/firm")
    assert world.client.post(f"{PAGE}/keys", data={"name": "x"}).status_code == 403
    with ports_of(world).database.reading() as session:
        assert session.exec(select(Receiver)).one().id == identifier
        assert session.exec(select(ApiKey)).all() == []


def test_of_another_firm_nothing_is_there(world: World) -> None:
    other = firm(world)
    hook = call(world, other, "POST", "/webhooks", {"url": f"{RECEIVER}/hook"}).json()["id"]
    with ports_of(world).database.reading() as session:
        key = session.exec(select(ApiKey)).one().id
    paths = [
        f"keys/{key}/end",
        *(f"receivers/{hook}/{one}" for one in ("test", "secret", "remove")),
    ]
    for path in paths:
        assert pressed(world, path)[0] == 404
    page = world.client.get(PAGE).text
    assert "Werving" not in page
    assert RECEIVER not in page
    assert call(world, other, "GET", "/webhooks").json()["webhooks"][0]["active"] is True


def test_a_test_message_is_on_its_way_and_arrives_signed(world: World, heard: Heard) -> None:
    identifier, secret = receiver(world)
    assert secret.startswith("whsec_")
    assert told(world) == []
    for _ in range(2):  # a second press while one waits asks for the same
        assert pressed(world, f"receivers/{identifier}/test")[0] == 303
    assert [one.outcome for one in told(world)] == ["waiting"]
    work(world)
    assert len(heard.messages) == 1
    assert b"test.sent" in heard.messages[0][1]
    (one,) = told(world)
    assert (one.kind, one.outcome, one.attempts) == (deliveries.TEST, "arrived", 1)
    assert pressed(world, f"receivers/{identifier}/test")[0] == 303
    work(world)
    assert [one.outcome for one in told(world)] == ["arrived", "arrived"]


def test_what_fails_says_how_and_is_tried_again_and_what_is_gone_is_off(
    world: World, heard: Heard
) -> None:
    identifier, _ = receiver(world)
    heard.status = 500
    pressed(world, f"receivers/{identifier}/test")
    work(world)
    (one,) = told(world)
    assert (one.outcome, one.status, one.attempts) == ("again", 500, 1)
    page = world.client.get(PAGE).text
    assert sentence("verifier.systems.status", "nl", status=500) in page
    world.internet.sites.pop(RECEIVER)
    world.clock.turn(minutes=1)
    work(world)
    (one,) = told(world)
    assert (one.outcome, one.status, one.attempts) == ("again", None, 2)
    world.internet.sites[RECEIVER] = TestClient(heard.app, base_url=RECEIVER)
    heard.status = 410
    world.clock.turn(minutes=5)
    work(world)
    (one,) = told(world)
    assert one.outcome == "gone"
    page = world.client.get(PAGE).text
    assert sentence("verifier.systems.off", "nl") in page
    assert f"receivers/{identifier}/test" not in page
    assert pressed(world, f"receivers/{identifier}/secret")[0] == 200
    assert f"receivers/{identifier}/test" in world.client.get(PAGE).text
    assert pressed(world, f"receivers/{identifier}/remove")[0] == 303
    assert RECEIVER not in world.client.get(PAGE).text


def test_a_message_that_is_given_up_says_so(world: World, heard: Heard) -> None:
    identifier, _ = receiver(world)
    heard.status = 503
    pressed(world, f"receivers/{identifier}/test")
    for _ in range(12):
        work(world)
        world.clock.turn(hours=12)
    (one,) = told(world)
    assert (one.outcome, one.status) == ("failed", 503)
    assert post(world, "/firm/demo", "/firm") == 303  # days went by
    assert sentence("verifier.systems.outcome.failed", "nl") in world.client.get(PAGE).text


def test_an_answer_is_told_and_stands_on_the_page_without_what_it_says(world: World) -> None:
    key = program(world)
    receiver(world)
    answered(world, key)
    work(world)
    (one,) = told(world)
    assert (one.kind, one.outcome) == ("request.answered", "arrived")
    assert sentence("verifier.systems.kind.request.answered", "nl") in world.client.get(PAGE).text


def test_the_use_of_a_key_is_noted_once_an_hour(world: World) -> None:
    key = program(world)
    owner = organisations.DEMO

    def used() -> list[str]:
        """The moments that are noted."""
        with ports_of(world).database.reading() as session:
            return [f"{at:%H:%M}" for at in key_uses.uses(session, owner).values()]

    assert used() == []
    asked(world, key)
    assert used() == ["12:00"]
    world.clock.turn(minutes=59)
    asked(world, key)
    assert used() == ["12:00"]
    world.clock.turn(minutes=1)
    asked(world, key)
    assert used() == ["13:00"]
    world.app.state.uses = key_uses.KeyUses(ports_of(world).database, world.clock)  # a restart
    asked(world, key)
    assert used() == ["13:00"]
    assert timedelta(hours=1) == NOTED_EVERY
    with ports_of(world).database.reading() as session:
        kinds = [row.kind for row in session.exec(select(Event))]
    assert kinds == [key_uses.KIND]


def test_after_a_week_nothing_is_left_of_a_test_or_the_use_of_a_key(world: World) -> None:
    asked(world, program(world))
    identifier, _ = receiver(world)
    pressed(world, f"receivers/{identifier}/test")
    work(world)
    ports = ports_of(world)
    for days, left in ((6, 3), (1, 0)):
        world.clock.turn(days=days)
        sweeping.sweep(ports)
        with ports.database.reading() as session:
            assert len(session.exec(select(Event)).all()) == left
