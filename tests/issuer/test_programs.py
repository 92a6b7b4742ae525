"""Programs of an organisation: keys with scopes, idempotent requests, events that are signed."""

import json
import re
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from schemathesis import openapi
from sqlmodel import select

from credentials.encoding import JsonObject
from credentials.errors import MalformedError, RejectedError
from issuer import events, programs
from issuer.description import ROUTERS
from issuer.ports import Ports
from issuer.tables import AuditEntry, Event, Offer
from service.demo import local_origins
from service.webhooks import check_signature
from tests.databases import everything_in
from tests.in_memory import InMemoryHttp
from tests.issuer.lists import csv_of, other
from tests.issuer.office import FORKLIFT, Holder, Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

RECEIVER = "https://receiver.skillspass.example"


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
    def kinds(self) -> list[str]:
        """What it was told, in order."""
        return [json.loads(body)["type"] for _, body in self.messages]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def office(tmp_path: Path, heard: Heard) -> Office:
    http = InMemoryHttp({RECEIVER: TestClient(heard.app, base_url=RECEIVER)})
    local = {**local_origins(), RECEIVER: "http://localhost:9"}
    return open_office(tmp_path, http=http, dev_origins=local)


def key(office: Office, *scopes: str, organisation: str = "own") -> str:
    ports: Ports = office.app.state.installation.ports(organisation)
    with ports.database.transaction() as session:
        _, made = programs.make_key(
            session,
            "Planbord",
            scopes=scopes,
            ports=ports,
            actor="demo-own-3",
            at=office.clock(),
        )
    return made


def listen(office: Office, *kinds: str) -> tuple[str, str]:
    """Let the other system be told; the receiver's id and its secret."""
    ports = office.ports
    with ports.database.transaction() as session:
        row, made = events.add_receiver(
            session,
            f"{RECEIVER}/hook",
            kinds=kinds,
            ports=ports,
            actor="demo-own-3",
        )
        return row.id, made


def long_list(people: int) -> bytes:
    skills = {"Skill 1": "Heftruck rijden", "Niveau 1": "2"}
    rows = [other(str(27_000 + number), Opleiding="Heftruck") for number in range(people)]
    return csv_of(*({**row, **skills} for row in rows)).encode()


def work(office: Office) -> None:
    office.app.state.workers[0].desk.run_due()


WISH: JsonObject = {"type": "heftruck", "claims": FORKLIFT}


def test_a_key_opens_what_its_scopes_say_and_no_more(office: Office) -> None:
    reads, offers = key(office, "read"), key(office, "offers")
    made = office.operator("POST", "/offers", json=WISH, key=offers)
    assert made.status_code == 201
    assert office.operator("POST", "/offers", json=WISH, key=reads).json()["code"] == (
        "scope_missing"
    )
    path = f"/offers/{made.json()['id']}"
    assert office.operator("GET", path, key=reads).status_code == 200
    assert office.operator("GET", path, key=offers).status_code == 403
    assert office.operator("GET", path, key="spk_unknown").status_code == 401
    assert office.operator("GET", path, key="").status_code == 401


def test_a_long_list_asks_a_key_that_may_do_so_alone(office: Office) -> None:
    school = office.ports
    data = long_list(people=school.identity.bulk_limit + 1)
    path, lists = "/lists", key(office, "lists")
    refused = office.operator("POST", path, content=data, key=lists)
    assert (refused.status_code, refused.json()["code"]) == (403, "list_needs_second")
    checked = office.operator("POST", f"{path}?check=true", content=data, key=lists)
    assert checked.status_code == 200, "it may still be read"
    with school.database.reading() as session:
        assert session.exec(select(Offer)).all() == []
    alone = office.operator("POST", path, content=data, key=key(office, "lists", "long_lists"))
    assert len(alone.json()["offers"]) == school.identity.bulk_limit + 1
    few = long_list(people=school.identity.bulk_limit)
    assert office.operator("POST", path, content=few, key=lists).status_code == 200


def test_a_key_is_of_one_organisation(office: Office) -> None:
    made = office.offer()
    firm = key(office, "read", "offers", "status", organisation="brugman")
    assert office.operator("GET", f"/offers/{made['id']}", key=firm).status_code == 404
    assert office.operator("POST", f"/offers/{made['id']}/cancel", key=firm).status_code == 404
    assert office.operator("GET", "/offers", key=firm).json()["offers"] == []
    issued = Holder(office).receive(made)
    assert issued
    issued_id = office.operator("GET", f"/offers/{made['id']}").json()["issued_id"]
    answer = office.operator(
        "POST",
        f"/issued/{issued_id}/status",
        json={"status": "revoked", "reason": "x"},
        key=firm,
    )
    assert answer.status_code == 404


def test_an_ended_key_opens_nothing(office: Office) -> None:
    made = key(office, "read")
    with office.ports.database.transaction() as session:
        row = programs.keys(session, office.ports)[0]
        programs.end_key(session, row.id, ports=office.ports, actor="demo-own-3", at=office.clock())
    assert office.operator("GET", "/offers", key=made).status_code == 401


def test_no_key_is_readable_in_the_database(office: Office) -> None:
    made = key(office, "read")
    assert made.encode() not in everything_in(office.ports.database)


@pytest.mark.parametrize(("name", "scopes"), [("", ["read"]), ("x", []), ("x", ["everything"])])
def test_a_key_without_name_or_sense_is_refused(
    office: Office, name: str, scopes: list[str]
) -> None:
    with (
        office.ports.database.transaction() as session,
        pytest.raises(MalformedError, match="api_key_invalid"),
    ):
        programs.make_key(
            session, name, scopes=scopes, ports=office.ports, actor="x", at=office.clock()
        )


def repeat(office: Office, wish: JsonObject, idempotency_key: str) -> tuple[int, bytes]:
    answer = office.client.post(
        "/api/offers",
        json=wish,
        headers={
            "Authorization": "Bearer the-operator-of-this-test",
            "Idempotency-Key": idempotency_key,
        },
    )
    return answer.status_code, answer.content


def test_one_idempotency_key_makes_one_offer(office: Office) -> None:
    first, again = repeat(office, WISH, "order-17"), repeat(office, WISH, "order-17")
    assert first == again
    assert first[0] == 201
    other, content = repeat(office, {**WISH, "format": "ldp_vc"}, "order-17")
    assert (other, json.loads(content)["code"]) == (409, "idempotency_conflict")
    assert repeat(office, WISH, "order 18")[0] == 400
    with office.ports.database.reading() as session:
        assert len(session.exec(select(Offer)).all()) == 1


def test_pages_of_offers_hold_each_once(office: Office) -> None:
    made = {office.offer()["id"] for _ in range(5)}
    seen: list[str] = []
    after = ""
    for _ in range(3):
        page = office.operator("GET", f"/offers?limit=2&after={after}").json()
        seen += [one["id"] for one in page["offers"]]
        after = page["next"] or ""
        if not after:
            break
    assert len(seen) == 5
    assert set(seen) == made


def test_offers_are_cancelled_and_reminded_by_programs(office: Office) -> None:
    made = office.offer(mail_to="jan@example.org")
    work(office)
    early = office.operator("POST", f"/offers/{made['id']}/remind")
    assert early.json()["code"] == "remind_unfit"
    office.clock.wait(days=1)
    assert office.operator("POST", f"/offers/{made['id']}/remind").status_code == 200
    done = office.operator("POST", f"/offers/{made['id']}/cancel").json()
    assert done["state"] == "cancelled"
    with office.ports.database.reading() as session:
        actions = [row.action for row in session.exec(select(AuditEntry))]
    assert actions == ["offered", "reminded", "cancelled"]


def test_templates_say_what_they_ask(office: Office) -> None:
    found = office.operator("GET", "/templates").json()["templates"]
    forklift = next(one for one in found if one["id"] == "heftruck")
    assert {"name": "given_name", "kind": "text", "required": True} in forklift["claims"]


# --- events ----------------------------------------------------------------------------------


def test_a_receiver_hears_the_whole_life_of_a_proof(office: Office, heard: Heard) -> None:
    _, secret = listen(office)
    made = office.offer()
    holder = Holder(office)
    answer = holder.receive(made)
    assert answer
    issued_id = office.operator("GET", f"/offers/{made['id']}").json()["issued_id"]
    office.operator(
        "POST", f"/issued/{issued_id}/status", json={"status": "revoked", "reason": "fout"}
    )
    work(office)
    assert sorted(heard.kinds) == [
        "credential.delivered",
        "credential.revoked",
        "offer.made",
        "offer.redeemed",
    ]
    ids = set()
    for headers, body in heard.messages:
        ids.add(check_signature(headers, body, secret=secret, at=office.clock()))
        assert b"Ahmet" not in body
    assert len(ids) == 4


def test_a_changed_message_does_not_pass(office: Office, heard: Heard) -> None:
    _, secret = listen(office)
    office.offer()
    work(office)
    headers, body = heard.messages[0]
    with pytest.raises(RejectedError, match="webhook_signature"):
        check_signature(headers, body + b" ", secret=secret, at=office.clock())


def test_only_what_is_wanted_is_told(office: Office, heard: Heard) -> None:
    listen(office, "offer.cancelled")
    made = office.offer()
    office.operator("POST", f"/offers/{made['id']}/cancel")
    work(office)
    assert heard.kinds == ["offer.cancelled"]


def test_without_a_receiver_no_event_is_kept(office: Office) -> None:
    office.offer()
    with office.ports.database.reading() as session:
        assert session.exec(select(Event)).first() is None


def test_a_receiver_that_fails_is_told_again(office: Office, heard: Heard) -> None:
    listen(office)
    heard.status = 500
    office.offer()
    work(office)
    heard.status = 204
    office.clock.wait(minutes=1)
    work(office)
    assert heard.kinds == ["offer.made", "offer.made"]
    assert heard.messages[0][1] == heard.messages[1][1]
    first, second = (headers["webhook-id"] for headers, _ in heard.messages)
    assert first == second


def test_a_receiver_that_is_gone_is_switched_off(office: Office, heard: Heard) -> None:
    listen(office)
    heard.status = 410
    office.offer()
    work(office)
    office.offer()
    work(office)
    assert len(heard.messages) == 1
    assert office.operator("GET", "/webhooks").json()["webhooks"][0]["active"] is False


def test_after_a_new_secret_both_sign_for_a_day(office: Office, heard: Heard) -> None:
    receiver, old = listen(office)
    new = office.operator("POST", f"/webhooks/{receiver}/secret").json()["secret"]
    office.offer()
    work(office)
    for secret in (old, new):
        headers, body = heard.messages[0]
        assert check_signature(headers, body, secret=secret, at=office.clock())
    office.clock.wait(days=1)
    office.offer()
    work(office)
    headers, body = heard.messages[1]
    with pytest.raises(RejectedError, match="webhook_signature"):
        check_signature(headers, body, secret=old, at=office.clock())


@pytest.mark.parametrize(
    "url",
    ["http://example.com/x", "https://127.0.0.1/", "https://[::1]/", "file:///etc/passwd", "x"],
)
def test_an_address_inside_is_no_receiver(office: Office, url: str) -> None:
    answer = office.operator("POST", "/webhooks", json={"url": url})
    assert answer.json()["code"] == "address_forbidden"


def test_receivers_come_and_go_by_the_interface(office: Office) -> None:
    made = office.operator("POST", "/webhooks", json={"url": f"{RECEIVER}/hook"})
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert "secret" not in office.operator("GET", "/webhooks").json()["webhooks"][0]
    assert office.operator("DELETE", f"/webhooks/{made.json()['id']}").status_code == 200
    assert office.operator("GET", "/webhooks").json()["webhooks"] == []
    wrong: JsonObject = {"url": f"{RECEIVER}/hook", "events": ["weather"]}
    assert office.operator("POST", "/webhooks", json=wrong).json()["code"] == "event_unknown"


# --- the description and the page ------------------------------------------------------------


def test_the_description_names_every_route_of_the_interface(office: Office) -> None:
    found = office.client.get("/api/openapi.json").json()
    operations = list(openapi.from_dict(found).get_all_operations())
    assert len(operations) == sum(len(methods) for methods in found["paths"].values())
    routes = {route.path for part in ROUTERS for route in part.routes}  # type: ignore[attr-defined]  # all are API routes
    assert set(found["paths"]) == routes
    assert found["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_an_administrator_gives_and_ends_access_by_the_page(office: Office) -> None:
    office.sign_in("demo-own-3")
    html = {"Accept": "text/html"}
    page = office.client.get("/programs", headers=html).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"csrf_token": token[1], "name": "Planbord", "scope.read": "yes"}
    made = office.client.post("/programs", data=form, headers=html).text
    shown = re.search(r"spk_[\w-]+", made)
    assert shown is not None
    assert office.operator("GET", "/offers", key=shown[0]).status_code == 200
    assert shown[0] not in office.client.get("/programs", headers=html).text
    end = re.search(r"/programs/\w+/end", made)
    assert end is not None
    office.client.post(end[0], data={"csrf_token": token[1]})
    assert office.operator("GET", "/offers", key=shown[0]).status_code == 401
    office.sign_in("demo-own-1")
    assert office.client.get("/programs").status_code == 403
