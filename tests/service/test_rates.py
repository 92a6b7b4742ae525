"""Who knocks too often waits, and is told how long; others do not notice."""

from pathlib import Path

import pytest
from fastapi import Depends, Request
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from credentials.errors import RejectedError
from service.rates import MAX_CALLERS, RATES, Rate, Rates, TooManyRequestsError, client_of, limited
from service.settings import RoleSettings
from tests.service.small import raising, settings_for, small_app, small_client


class Seconds:
    """Time that goes by when a test says so."""

    def __init__(self) -> None:
        """Begin."""
        self.now = 1_000.0

    def __call__(self) -> float:
        """Seconds so far."""
        return self.now


def test_a_burst_is_let_in_and_then_one_at_a_time() -> None:
    seconds = Seconds()
    rates = Rates({"pin": Rate(3, 10)}, seconds=seconds)
    for _ in range(3):
        rates.take("pin", "a")
    with pytest.raises(TooManyRequestsError) as caught:
        rates.take("pin", "a")
    assert (caught.value.code, caught.value.headers) == ("too_many_requests", {"Retry-After": "10"})
    rates.take("pin", "b")  # another one does not notice
    seconds.now += 10
    rates.take("pin", "a")
    with pytest.raises(RejectedError):
        rates.take("pin", "a")
    seconds.now += 10_000
    for _ in range(3):  # and never more than the burst
        rates.take("pin", "a")
    with pytest.raises(RejectedError):
        rates.take("pin", "a")


def test_who_keeps_knocking_is_let_in_when_told() -> None:
    seconds = Seconds()
    rates = Rates({"pin": Rate(1, 10)}, seconds=seconds)
    rates.take("pin", "a")
    for left in (10, 7, 4, 1):
        with pytest.raises(TooManyRequestsError) as caught:
            rates.take("pin", "a")
        assert caught.value.headers["Retry-After"] == str(left)
        seconds.now += 3
    rates.take("pin", "a")


def test_a_measurement_can_do_without() -> None:
    rates = Rates({"pin": Rate(1, 10)}, limited=False)
    for _ in range(5):
        rates.take("pin", "a")


def test_buckets_do_not_fill_the_memory() -> None:
    rates = Rates({"pin": Rate(1, 10)}, seconds=Seconds())
    for number in range(MAX_CALLERS + 5):
        rates.take("pin", str(number))
    assert len(rates._buckets) == MAX_CALLERS


def test_every_rate_lets_a_class_in() -> None:
    assert RATES["token"].burst >= 30
    assert RATES["pin"].burst > 5  # the code ends before the bucket does


def test_the_answer_is_429_with_the_time_to_wait(tmp_path: Path) -> None:
    client = small_client(tmp_path, raising(TooManyRequestsError(2.2)))
    for path in ("/api/fail", "/token/fail", "/fail"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    assert client.get("/token/fail").json()["code"] == "too_many_requests"


def test_a_path_is_limited_for_each_address(tmp_path: Path) -> None:
    app = small_app(settings_for(tmp_path))
    app.state.rates = Rates({"sign_in": Rate(2, 60)}, seconds=Seconds())

    @app.post("/sign-in", dependencies=[Depends(limited("sign_in"))])
    def enter() -> None:
        """Let in."""

    def posted(host: str) -> int:
        client = TestClient(app, base_url="http://localhost:8009", client=(host, 1))
        return client.post("/sign-in").status_code

    assert [posted("203.0.113.7") for _ in range(3)] == [200, 200, 429]
    assert posted("203.0.113.8") == 200


def test_each_service_has_rates_of_its_own(tmp_path: Path) -> None:
    for chosen in (True, False):
        app = small_app(settings_for(tmp_path, rate_limits=chosen))
        assert app.state.rates._limited is chosen


def asking(tmp_path: Path, host: str, forwarded: str = "", **values: object) -> str:
    """The caller of a request from ``host``."""
    settings = settings_for(tmp_path, **values)
    state = type("State", (), {"settings": settings})()
    app = type("App", (), {"state": state})()
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"type": "http", "headers": headers, "client": (host, 1), "app": app}
    return client_of(Request(scope))


def test_a_caller_is_an_address_or_the_network_of_one_customer(tmp_path: Path) -> None:
    assert asking(tmp_path, "203.0.113.7") == "203.0.113.7"
    assert asking(tmp_path, "::ffff:203.0.113.7") == "203.0.113.7"
    assert asking(tmp_path, "2001:db8:1:2::5") == asking(tmp_path, "2001:db8:1:2:9::1")
    assert asking(tmp_path, "2001:db8:1:3::5") != asking(tmp_path, "2001:db8:1:2::5")
    assert asking(tmp_path, "testclient") == "unknown"


def test_a_forwarded_address_counts_behind_our_own_proxy_alone(tmp_path: Path) -> None:
    forged = "198.51.100.1, 203.0.113.9"
    assert asking(tmp_path, "127.0.0.1", forged) == "127.0.0.1"
    assert asking(tmp_path, "127.0.0.1", forged, behind_proxy=True) == "203.0.113.9"
    assert asking(tmp_path, "127.0.0.1", behind_proxy=True) == "127.0.0.1"


@given(forwarded=st.text(alphabet=st.characters(max_codepoint=255), min_size=1))
def test_any_forwarded_header_gives_a_caller(forwarded: str) -> None:
    settings = RoleSettings(behind_proxy=True, port=8009)
    app = type("App", (), {"state": type("State", (), {"settings": settings})()})()
    headers = [(b"x-forwarded-for", forwarded.encode("latin-1"))]
    scope = {"type": "http", "headers": headers, "client": None, "app": app}
    assert len(client_of(Request(scope))) <= 50
