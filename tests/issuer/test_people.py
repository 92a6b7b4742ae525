"""Members come in by invitation and passkey, have duties, and leave."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from issuer.tables import AuditEntry, Member, MemberPasskey
from tests.issuer.office import Office, open_office
from tests.service.authenticator import SoftAuthenticator

pytestmark = pytest.mark.usefixtures("on_both_databases")

HTML = {"Accept": "text/html"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    found = open_office(tmp_path)
    found.sign_in("demo-own-3")
    return found


def browser(office: Office) -> TestClient:
    """Somebody else's browser."""
    return TestClient(office.app, base_url=office.settings.public_url)


def device(office: Office) -> SoftAuthenticator:
    return SoftAuthenticator(origin=office.settings.public_url)


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def options(page: str) -> dict[str, object]:
    found = re.search(r'data-options="([^"]*)"', page)
    assert found is not None
    read: dict[str, object] = json.loads(unescape(found[1]))
    return read


def send(client: TestClient, page: str, path: str, fields: dict[str, str]) -> Response:
    token = field(client.get(page, headers=HTML).text, "csrf_token")
    return client.post(
        path, data={"csrf_token": token, **fields}, headers=HTML, follow_redirects=False
    )


def invitation(office: Office, name: str = "Nadia", **duties: str) -> str:
    answer = send(office.client, "/people", "/people", {"name": name, **duties})
    found = re.search(r"/join/[\w-]+", answer.text)
    assert found is not None, answer.text
    return found[0]


def join(office: Office, link: str) -> tuple[TestClient, SoftAuthenticator]:
    client, phone = browser(office), device(office)
    page = client.get(link, headers=HTML).text
    answer = client.post(
        link,
        data={
            "csrf_token": field(page, "csrf_token"),
            "answer": json.dumps(phone.create(options(page))),
        },
        headers=HTML,
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    return client, phone


def test_an_invited_member_makes_a_passkey_and_signs_in_with_it(office: Office) -> None:
    link = invitation(office, **{"duty.issuer": "yes"})
    client, phone = join(office, link)
    assert "Nadia" in client.get("/", headers=HTML).text
    again = browser(office)
    page = again.get("/sign-in?next=/overview", headers=HTML).text
    answer = again.post(
        "/sign-in",
        data={
            "csrf_token": field(page, "csrf_token"),
            "next": field(page, "next"),
            "answer": json.dumps(phone.get(options(page))),
        },
        headers=HTML,
        follow_redirects=False,
    )
    assert answer.headers["location"] == "/overview"
    assert again.get("/overview", headers=HTML, follow_redirects=False).status_code == 200


def test_an_invitation_works_once_and_for_three_days(office: Office) -> None:
    link = invitation(office)
    join(office, link)
    assert browser(office).get(link, headers=HTML).status_code == 410
    late = invitation(office, "Piet")
    office.clock.wait(days=3)
    assert browser(office).get(late, headers=HTML).status_code == 410


def test_a_passkey_of_a_stranger_does_not_sign_in(office: Office) -> None:
    client, phone = browser(office), device(office)
    page = client.get("/sign-in", headers=HTML).text
    with office.ports.database.reading() as session:
        assert session.exec(select(MemberPasskey)).first() is None
    made = phone.create({**options(page), "user": {"id": "eA"}, "rp": {"id": "localhost"}})
    assert made
    answer = client.post(
        "/sign-in",
        data={
            "csrf_token": field(page, "csrf_token"),
            "answer": json.dumps(phone.get(options(page))),
        },
        headers=HTML,
        follow_redirects=False,
    )
    assert answer.status_code == 400
    assert client.get("/", follow_redirects=False).status_code == 303


def test_only_an_administrator_changes_who_may_do_what(office: Office) -> None:
    office.sign_in("demo-own-1")
    answer = send(office.client, "/people", "/people", {"name": "Me too"})
    assert answer.status_code == 403
    answer = send(office.client, "/people", "/people/demo-own-2", {"do": "leave"})
    assert answer.status_code == 403


def test_who_has_left_is_out_at_once_and_stays_in_the_log(office: Office) -> None:
    client, _ = join(office, invitation(office, **{"duty.issuer": "yes"}))
    assert client.get("/", follow_redirects=False).status_code == 200
    with office.ports.database.reading() as session:
        joined = [row.id for row in session.exec(select(Member)) if "demo-" not in row.id]
    send(office.client, "/people", f"/people/{joined[0]}", {"do": "leave"})
    assert client.get("/", follow_redirects=False).status_code == 303
    with office.ports.database.reading() as session:
        done = [row.action for row in session.exec(select(AuditEntry))]
    assert done == ["member_added", "passkey_added", "member_changed"]


def test_one_administrator_always_stays(office: Office) -> None:
    answer = send(office.client, "/people", "/people/demo-own-3", {"do": "leave"})
    assert answer.status_code == 400
    assert office.client.get("/people", follow_redirects=False).status_code == 200


def test_members_of_another_organisation_are_not_found(office: Office) -> None:
    answer = send(office.client, "/people", "/people/demo-brugman-1", {"do": "leave"})
    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\u202eb"])
def test_a_name_that_is_none_is_refused(office: Office, name: str) -> None:
    answer = send(office.client, "/people", "/people", {"name": name})
    assert answer.status_code == 400


def test_a_second_device_is_added_and_the_last_one_stays(office: Office) -> None:
    client, _ = join(office, invitation(office))
    page = client.get("/me", headers=HTML).text
    answer = client.post(
        "/me/passkeys",
        data={
            "csrf_token": field(page, "csrf_token"),
            "answer": json.dumps(device(office).create(options(page))),
        },
        headers=HTML,
        follow_redirects=False,
    )
    assert answer.status_code == 303
    keys = re.findall(r"/me/passkeys/([\w-]+)/remove", client.get("/me", headers=HTML).text)
    assert len(keys) == 2
    assert send(client, "/me", f"/me/passkeys/{keys[0]}/remove", {}).status_code == 303
    assert send(client, "/me", f"/me/passkeys/{keys[1]}/remove", {}).status_code == 400


def test_a_browser_that_was_left_behind_is_signed_out_from_elsewhere(office: Office) -> None:
    left = browser(office)
    page = left.get("/sign-in", headers=HTML).text
    left.post(
        "/sign-in/demo",
        data={"csrf_token": field(page, "csrf_token"), "member": "demo-own-3", "next": "/"},
    )
    assert left.get("/", follow_redirects=False).status_code == 200
    ends = re.findall(r"/me/devices/[\w-]+/end", office.client.get("/me", headers=HTML).text)
    assert len(ends) == 1
    send(office.client, "/me", ends[0], {})
    assert left.get("/", follow_redirects=False).status_code == 303
    assert office.client.get("/", follow_redirects=False).status_code == 200


def test_signing_out_ends_this_browser(office: Office) -> None:
    assert send(office.client, "/", "/sign-out", {}).headers["location"] == "/sign-in"
    assert office.client.get("/", follow_redirects=False).status_code == 303


SETTINGS = {"bulk_limit": "10", "domain": "lasboog.example", "status_hosting": "shared"}


def test_an_administrator_sets_when_a_second_person_looks(office: Office) -> None:
    assert send(office.client, "/settings", "/settings", SETTINGS).status_code == 303
    identity = office.ports.identity
    assert (identity.bulk_limit, identity.domain) == (10, "lasboog.example")
    assert identity.status_hosting == "shared"


@pytest.mark.parametrize(
    "wrong",
    [
        {"bulk_limit": ""},
        {"bulk_limit": "-1"},
        {"bulk_limit": "10001"},
        {"bulk_limit": "٣"},
        {"domain": "https://lasboog.example"},
        {"domain": "127.0.0.1"},
        {"status_hosting": "elsewhere"},
    ],
    ids=str,
)
def test_settings_that_do_not_fit_change_nothing(office: Office, wrong: dict[str, str]) -> None:
    before = office.ports.identity
    assert send(office.client, "/settings", "/settings", {**SETTINGS, **wrong}).status_code == 400
    assert office.ports.identity == before


def test_only_an_administrator_changes_settings(office: Office) -> None:
    office.sign_in("demo-own-1")
    assert send(office.client, "/kinds", "/settings", SETTINGS).status_code == 403
