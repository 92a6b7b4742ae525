"""Opening a result: the browser that asked, by the wallet's code or by four digits read aloud."""

import pytest
from fastapi.testclient import TestClient

from credentials.errors import RejectedError
from credentials.openid4vc.request import AuthorizationRequest
from tests.conftest import NOW
from tests.verifier.bad_wallets import answered, presented
from tests.verifier.world import World
from verifier import requests, sessions
from verifier.sessions import MAX_TRIES

SECRET = "the-secret-of-one-browser"


def ask(world: World, browser: str | None = SECRET) -> tuple[str, AuthorizationRequest]:
    ports = world.app.state.ports
    with ports.database.transaction() as session:
        row = requests.ask(
            session, "skills", at=NOW, entropy=ports.entropy, asker=ports.asker, browser=browser
        )
        name, uri = row.id, ports.asker.request_uri(row.reference)
    return name, world.request(uri)


def answer(world: World, request: AuthorizationRequest) -> str:
    """The code in the address to which the wallet sends its browser."""
    wire = presented(world, world.issue(world.credential()), request)
    back = world.post(request, answered(request, wire)).body["redirect_uri"]
    return back.partition("response_code=")[2]


def digits_of(world: World, name: str) -> str:
    with world.app.state.ports.database.reading() as session:
        return str(requests.find(session, name).match_code)


def typed(world: World, name: str, digits: str, browser: str | None = SECRET) -> bool:
    with world.app.state.ports.database.transaction() as session:
        row = requests.find(session, name)
        return sessions.open_by_digits(session, row, digits=digits, browser=browser, at=NOW)


def opened(world: World, name: str) -> bool:
    with world.app.state.ports.database.reading() as session:
        return sessions.is_opened(requests.find(session, name))


def come_back(world: World, name: str, code: str, browser: str | None = SECRET) -> None:
    with world.app.state.ports.database.transaction() as session:
        row = requests.find(session, name)
        sessions.come_back(session, row, code=code, browser=browser, at=NOW)


def test_a_result_from_another_device_stays_closed_until_the_digits_are_typed(
    world: World,
) -> None:
    name, request = ask(world)
    answer(world, request)
    assert not opened(world, name)
    with world.app.state.ports.database.reading() as session:
        row = requests.find(session, name)
        with pytest.raises(RejectedError, match="match_needed"):
            sessions.require_opened(row)
    digits = digits_of(world, name)
    wrong = f"{(int(digits) + 1) % 10_000:04}"
    assert not typed(world, name, wrong)
    assert not opened(world, name)
    assert typed(world, name, f" {digits[:2]} {digits[2:]} ")
    assert opened(world, name)


def test_five_wrong_tries_close_the_result(world: World) -> None:
    name, request = ask(world)
    answer(world, request)
    digits = digits_of(world, name)
    wrong = f"{(int(digits) + 1) % 10_000:04}"
    assert [typed(world, name, wrong) for _ in range(MAX_TRIES)] == [False] * MAX_TRIES
    with pytest.raises(RejectedError, match="match_closed"):
        typed(world, name, digits)
    assert not opened(world, name)


def test_another_browser_cannot_type_them(world: World) -> None:
    name, request = ask(world)
    answer(world, request)
    for browser in (None, "", "the-secret-of-another"):
        with pytest.raises(RejectedError, match="session_mismatch"):
            typed(world, name, digits_of(world, name), browser)


def test_the_wallets_code_opens_once_and_in_the_browser_that_asked(world: World) -> None:
    name, request = ask(world)
    code = answer(world, request)
    with pytest.raises(RejectedError, match="session_mismatch"):
        come_back(world, name, code, "the-secret-of-another")
    with pytest.raises(RejectedError, match="session_mismatch"):
        come_back(world, name, f"{code}x")
    come_back(world, name, code)
    assert opened(world, name)
    with pytest.raises(RejectedError, match="session_mismatch"):
        come_back(world, name, code)


def test_the_code_of_one_request_does_not_open_another(world: World) -> None:
    first, second = ask(world), ask(world)
    code = answer(world, first[1])
    answer(world, second[1])
    with pytest.raises(RejectedError, match="session_mismatch"):
        come_back(world, second[0], code)


def test_a_program_needs_no_opening(world: World) -> None:
    name, request = ask(world, browser=None)
    answer(world, request)
    assert opened(world, name)


def test_only_who_was_sent_by_the_wallet_sees_the_digits(world: World) -> None:
    name, request = ask(world)
    code = answer(world, request)
    with world.app.state.ports.database.reading() as session:
        row = requests.find(session, name)
        assert sessions.digits_for(row, code) == row.match_code
        assert sessions.digits_for(row, f"{code}x") is None
        assert sessions.digits_for(row, "") is None


def post(browser: TestClient, page: str, address: str, **fields: str) -> str:
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = browser.post(
        address,
        data={**fields, "csrf_token": token},
        headers={"origin": "http://localhost:8003", "sec-fetch-site": "same-origin"},
    )
    return answer.headers.get("location", answer.text)


def test_the_screens_show_the_digits_on_the_phone_and_ask_them_on_the_desk(world: World) -> None:
    desk, phone = world.browser(), world.browser()
    where = post(desk, desk.get("/").text, "/requests", preset="skills")
    name = where.rpartition("/")[2].partition("?")[0]
    with world.app.state.ports.database.reading() as session:
        reference = requests.find(session, name).reference
    code = answer(world, world.request(world.app.state.ports.asker.request_uri(reference)))
    digits = digits_of(world, name)
    shown = phone.get(f"/back/{reference}?response_code={code}").text
    assert digits in shown.replace(" ", "")
    closed = desk.get(f"/requests/{name}").text
    assert "vier cijfers" in closed
    assert 'data-outcome="passed"' not in closed
    assert digits not in closed
    assert desk.get(f"/requests/{name}/verdict.pdf").status_code == 400
    wrong = post(desk, closed, f"/requests/{name}/open", digits="12 34x")
    assert "nog 4 keer" in wrong
    assert post(desk, closed, f"/requests/{name}/open", digits=digits) == f"/requests/{name}"
    assert 'data-outcome="passed"' in desk.get(f"/requests/{name}").text
