"""A firm's programs: keys with scopes, one firm apart from another, events, what is let go of."""

import json
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from httpx2 import Response as Answer
from schemathesis import openapi
from sqlmodel import select

from credentials.errors import RejectedError
from service.webhooks import check_signature
from tests.databases import everything_in
from tests.verifier.test_deletions import ask_to_erase
from tests.verifier.world import KEY, World
from verifier import organisations, programs, request_events
from verifier.description import ROUTERS
from verifier.ports import Ports
from verifier.tables import Event, KeptAnswer, RequestRow, ResultRow

RECEIVER = "https://receiver.skillspass.example"
EVERYTHING = ("requests", "checks", "results", "events")


class Heard:
    """Another system, which keeps what it is told."""

    def __init__(self) -> None:
        self.app, self.status = FastAPI(), 204
        self.messages: list[tuple[dict[str, str], bytes]] = []
        self.app.add_api_route("/hook", self.hear, methods=["POST"])

    async def hear(self, request: Request) -> Response:
        """Keep a message."""
        self.messages.append((dict(request.headers), await request.body()))
        return Response(status_code=self.status)

    @property
    def told(self) -> list[tuple[str, str]]:
        """Kind and request of each message, in order."""
        found = [json.loads(body) for _, body in self.messages]
        return [(one["type"], one["data"]["request"]) for one in found]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def world(tmp_path: Path, heard: Heard) -> World:
    """A verifier that may tell the other system."""
    local = {"dev_origins": {RECEIVER: "http://localhost:9"}}
    made = World(tmp_path, more=local)
    made.internet.sites[RECEIVER] = TestClient(heard.app, base_url=RECEIVER)
    return made


def ports_of(world: World) -> Ports:
    found: Ports = world.app.state.ports
    return found


def firm(world: World, *scopes: str, checked: bool = True, name: str = "Rotor BV") -> str:
    """A firm with a program: the key of it."""
    ports, at = ports_of(world), world.clock()
    with ports.database.transaction() as session:
        row = organisations.add(session, name, kvk="00000009", entropy=ports.entropy, at=at)
        if checked:
            organisations.check(session, row.id, by="kvk", at=at)
        _, key = programs.make_key(
            session, "Werving", row.id, scopes=scopes or EVERYTHING, entropy=ports.entropy, at=at
        )
    return key


def call(
    world: World,
    key: str,
    method: str,
    path: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One call of the interface."""
    sent = {"authorization": f"Bearer {key}", "accept": "application/json", **(headers or {})}
    found: Answer = world.client.request(method, f"/api{path}", json=body, headers=sent)
    return found


def asked(world: World, key: str, **body: object) -> dict[str, Any]:
    """A question that a program makes."""
    answer = call(world, key, "POST", "/requests", {"preset": "skills", **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def answered(world: World, key: str, **body: object) -> str:
    """A question with its answer: its id."""
    made = asked(world, key, **body)
    request = world.request(made["request_uri"])
    assert world.post(request, world.show(world.issue(world.credential()), request)).status == 200
    return str(made["id"])


def work(world: World) -> None:
    world.app.state.workers[0].desk.run_due()


def test_a_key_opens_what_its_scopes_say_and_no_more(world: World) -> None:
    asks, reads = firm(world, "requests"), firm(world, "results")
    made = asked(world, asks)
    assert call(world, asks, "GET", f"/requests/{made['id']}").json()["code"] == "scope_missing"
    for method, path in [("POST", "/requests"), ("GET", "/webhooks"), ("POST", "/checks")]:
        body = {"preset": "skills"} if path == "/requests" else {"items": [{"presentation": "x"}]}
        refused = call(world, reads, method, path, body)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    unknown = call(world, "spk_unknown", "POST", "/requests", {"preset": "skills"})
    assert unknown.status_code == 401


def test_another_firms_request_is_not_there(world: World) -> None:
    one, other = firm(world), firm(world, name="Spie BV")
    request_id = answered(world, one)
    for method, path in [("GET", ""), ("DELETE", ""), ("GET", "/events")]:
        found = call(world, other, method, f"/requests/{request_id}{path}")
        assert (found.status_code, found.json()["code"]) == (404, "not_found")
        own = call(world, KEY["authorization"][7:], method, f"/requests/{request_id}{path}")
        assert own.status_code == 404
    hook = call(world, one, "POST", "/webhooks", {"url": f"{RECEIVER}/hook"}).json()["id"]
    assert call(world, other, "DELETE", f"/webhooks/{hook}").status_code == 404
    assert call(world, other, "POST", f"/webhooks/{hook}/secret").status_code == 404
    assert call(world, other, "GET", "/webhooks").json() == {"webhooks": []}
    assert call(world, one, "GET", f"/requests/{request_id}").json()["state"] == "answered"


def test_without_its_filter_another_firms_request_would_be_seen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = firm(world), firm(world, name="Spie BV")
    request_id = answered(world, one)

    def unfiltered(session: Any, request_id: str, *, organisation_id: str) -> RequestRow:  # noqa: ANN401 - a session
        del organisation_id
        found: RequestRow = session.get(RequestRow, request_id)
        return found

    monkeypatch.setattr("verifier.requests.find_asked", unfiltered)
    assert call(world, other, "GET", f"/requests/{request_id}").status_code == 200


def test_the_question_of_a_browser_is_no_programs(world: World) -> None:
    key = firm(world)
    made = asked(world, key)
    with ports_of(world).database.transaction() as session:
        row = session.get_one(RequestRow, made["id"])
        row.session_hash = "0" * 64
        session.add(row)
    assert call(world, key, "GET", f"/requests/{made['id']}").status_code == 404


@pytest.mark.parametrize("checked", [True, False])
def test_a_firms_name_appears_only_once_it_was_checked(world: World, *, checked: bool) -> None:
    request = world.request(asked(world, firm(world, checked=checked))["request_uri"])
    declaration = request.declaration
    assert declaration is not None
    assert declaration.checked is checked
    assert declaration.name == ("Rotor BV" if checked else "skillspass")
    assert declaration.kvk == ("00000009" if checked else None)
    question = {
        "credentials": [
            {
                "id": "a",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["https://x.example"]},
                "claims": [{"path": ["family_name"]}],
            }
        ]
    }
    body = {"preset": None, "dcql_query": question, "declaration": {"purpose": "hiring"}}
    own = call(world, firm(world, checked=checked), "POST", "/requests", body)
    assert own.status_code == (201 if checked else 400)
    assert checked or own.json()["code"] == "asker_unchecked"


def test_a_firm_declares_what_it_set_or_says_this_time(world: World) -> None:
    key, ports = firm(world), ports_of(world)
    with ports.database.transaction() as session:
        row = next(one for one in organisations.organisations(session) if one.name == "Rotor BV")
        usual = organisations.usual_of(row)
        organisations.change_usual(session, row, _with(usual, relation="agency", retention_days=1))
        with pytest.raises(RejectedError, match="declaration_invalid"):
            organisations.change_usual(session, row, _with(usual, purpose="curiosity"))
    told = world.request(asked(world, key)["request_uri"]).declaration
    assert told is not None
    assert (told.declared.relation, told.declared.retention_days) == ("agency", 1)
    once = asked(world, key, declaration={"purpose": "training"})
    told = world.request(once["request_uri"]).declaration
    assert told is not None
    assert (told.declared.relation, told.declared.purpose) == ("agency", "training")
    wrong = {"preset": "skills", "declaration": {"retention_days": 2}}
    refused = call(world, key, "POST", "/requests", wrong)
    assert (refused.status_code, refused.json()["code"]) == (400, "declaration_invalid")


def _with(declared: Any, **changes: object) -> Any:  # noqa: ANN401 - one of our values
    return type(declared)(
        **{name: changes.get(name, getattr(declared, name)) for name in declared.__slots__}
    )


def test_one_idempotency_key_makes_one_request(world: World) -> None:
    key, other = firm(world), firm(world, name="Spie BV")
    once = {"idempotency-key": "order-17"}
    first, again = (
        call(world, key, "POST", "/requests", {"preset": "skills"}, once) for _ in range(2)
    )
    assert (first.status_code, first.content) == (201, again.content)
    conflict = call(world, key, "POST", "/requests", {"preset": "skills", "language": "en"}, once)
    assert (conflict.status_code, conflict.json()["code"]) == (409, "idempotency_conflict")
    theirs = call(world, other, "POST", "/requests", {"preset": "skills"}, once)
    assert theirs.json()["id"] != first.json()["id"]
    with ports_of(world).database.reading() as session:
        assert len(session.exec(select(KeptAnswer)).all()) == 2
    assert first.json()["id"].encode() in everything_in(ports_of(world).database)  # in its own row
    assert key.encode() not in everything_in(ports_of(world).database)


def test_beside_a_vacancy_each_requirement_is_told_and_nobody_scored(world: World) -> None:
    key = firm(world)
    request_id = answered(world, key, preset=None, vacancy="vac-001")
    found = call(world, key, "GET", f"/requests/{request_id}").json()["vacancy"]
    assert {one["fit"] for one in found["requirements"]} <= {
        *("met", "partly", "not_shown", "not_requested"),
    }
    assert "score" not in json.dumps(found)
    unknown = call(world, key, "POST", "/requests", {"vacancy": "astronaut"})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "vacancy_unknown")


def test_what_is_let_go_of_is_gone_and_cannot_be_answered(world: World) -> None:
    key = firm(world)
    request_id, waiting = answered(world, key), asked(world, key)
    request = world.request(waiting["request_uri"])
    jwe = world.show(world.issue(world.credential()), request)
    for one in (request_id, waiting["id"]):
        assert call(world, key, "DELETE", f"/requests/{one}").status_code == 204
        assert call(world, key, "GET", f"/requests/{one}").status_code == 404
        assert call(world, key, "DELETE", f"/requests/{one}").status_code == 404
    assert world.post(request, jwe).status == 404
    with ports_of(world).database.reading() as session:
        assert session.exec(select(ResultRow)).all() == []


def test_results_go_when_their_time_is_over(world: World) -> None:
    key = firm(world)
    request_id = answered(world, key, declaration={"retention_days": 1})
    world.clock.turn(hours=23)
    found = call(world, key, "GET", f"/requests/{request_id}").json()
    assert found["state"] == "answered"
    assert "claims" not in found["verdict"]
    world.clock.turn(hours=2)
    asked(world, key)  # whoever asks sweeps
    assert call(world, key, "GET", f"/requests/{request_id}").status_code == 404


# --- events ----------------------------------------------------------------------------------


def listen(world: World, key: str, **body: object) -> str:
    """Let the other system be told: its secret."""
    made = call(world, key, "POST", "/webhooks", {"url": f"{RECEIVER}/hook", **body})
    assert made.status_code == 201, made.text
    return str(made.json()["secret"])


def test_a_receiver_hears_of_an_answer_without_a_word_of_it(world: World, heard: Heard) -> None:
    key, other = firm(world), firm(world, name="Spie BV")
    secret = listen(world, key)
    answered(world, other)
    request_id = answered(world, key)
    work(world)
    assert heard.told == [("request.answered", request_id)]
    headers, body = heard.messages[0]
    assert check_signature(headers, body, secret=secret, at=world.clock())
    assert set(json.loads(body)["data"]) == {"request"}
    with pytest.raises(RejectedError, match="webhook_signature"):
        check_signature(headers, body + b" ", secret=secret, at=world.clock())


def test_a_receiver_that_fails_is_told_again(world: World, heard: Heard) -> None:
    key = firm(world)
    listen(world, key)
    heard.status = 500
    answered(world, key)
    work(world)
    heard.status = 204
    world.clock.turn(minutes=1)
    work(world)
    assert len(heard.told) == 2
    assert heard.messages[0][1] == heard.messages[1][1]


def test_a_receiver_hears_that_the_holder_had_a_result_erased(world: World, heard: Heard) -> None:
    key = firm(world)
    listen(world, key, events=["request.deleted"])
    made = asked(world, key)
    request = world.request(made["request_uri"])
    world.post(request, world.show(world.issue(world.credential()), request))
    assert ask_to_erase(world, request)[0] == 200
    work(world)
    assert heard.told == [("request.deleted", made["id"])]
    gone = call(world, key, "GET", f"/requests/{made['id']}")
    assert gone.json()["code"] == "result_deleted"


def test_receivers_come_and_go(world: World) -> None:
    key = firm(world)
    listen(world, key)
    (row,) = call(world, key, "GET", "/webhooks").json()["webhooks"]
    assert "secret" not in row
    renewed = call(world, key, "POST", f"/webhooks/{row['id']}/secret").json()["secret"]
    assert renewed.startswith("whsec_")
    assert renewed.encode() not in everything_in(ports_of(world).database)
    assert call(world, key, "DELETE", f"/webhooks/{row['id']}").status_code == 204
    answered(world, key)
    with ports_of(world).database.reading() as session:
        assert {row.kind for row in session.exec(select(Event))} == {"key.used"}
    inside = call(world, key, "POST", "/webhooks", {"url": "https://127.0.0.1/"})
    assert inside.json()["code"] == "address_forbidden"
    odd = call(world, key, "POST", "/webhooks", {"url": f"{RECEIVER}/", "events": ["weather"]})
    assert odd.json()["code"] == "event_unknown"


# --- the line that tells ------------------------------------------------------------------------


def lines_of(world: World, key: str, request_id: str, **headers: str) -> list[str]:
    """All that a line says until it ends."""
    answer = call(world, key, "GET", f"/requests/{request_id}/events", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    return [line for line in answer.text.splitlines() if line.startswith(("id", "data"))]


def test_a_line_tells_each_state_and_ends_with_the_answer(world: World) -> None:
    key = firm(world)
    made, heard = asked(world, key), list[str]()
    listening = Thread(target=lambda: heard.extend(lines_of(world, key, made["id"])), daemon=True)
    listening.start()
    request = world.request(made["request_uri"])
    world.post(request, world.show(world.issue(world.credential()), request))
    listening.join(30)
    assert not listening.is_alive()
    assert heard[-2:] == ["id: 2", 'data: {"state": "answered"}']
    assert world.app.state.lines._open == 0


def test_a_line_goes_on_after_what_was_heard_last(world: World) -> None:
    key = firm(world)
    request_id = answered(world, key)
    assert lines_of(world, key, request_id)[0] == "id: 2"
    assert lines_of(world, key, request_id, **{"last-event-id": "1"})[0] == "id: 2"
    assert lines_of(world, key, request_id, **{"last-event-id": "2"}) == []


def test_there_are_no_more_lines_than_the_service_can_look_after(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = firm(world)
    request_id = answered(world, key)
    monkeypatch.setattr(request_events, "MAX_LINES", 0)
    busy = call(world, key, "GET", f"/requests/{request_id}/events")
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "5")


def test_the_description_names_every_route_of_the_interface(world: World) -> None:
    found = world.client.get("/api/openapi.json").json()
    operations = list(openapi.from_dict(found).get_all_operations())
    assert len(operations) == sum(len(methods) for methods in found["paths"].values())
    routes = {route.path for part in ROUTERS for route in part.routes}  # type: ignore[attr-defined]  # all are API routes
    assert set(found["paths"]) == routes
    assert found["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
