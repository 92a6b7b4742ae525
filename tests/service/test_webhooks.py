"""Other systems get signed messages, again until they say yes, and can tell them from forgeries."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CredentialError, MalformedError, RejectedError
from service.fetch import Fetcher
from service.jobs import BACKOFF, JobState
from service.webhooks import (
    MAX_EVENT,
    REPLAY_WINDOW,
    Delivery,
    check_endpoint,
    check_signature,
    new_secret,
    signed_headers,
    webhook_handler,
    write_event,
)
from tests.conftest import NOW
from tests.service.job_world import World, open_world

ORIGIN = "https://hr.bedrijf-proef.nl"
OLD, NEW = new_secret(lambda count: b"o" * count), new_secret(lambda count: b"n" * count)
BODY = write_event("credential.revoked", {"credential": "urn:uuid:1", "index": 7}, at=NOW)


@dataclass
class Receiver:
    """Another firm's system.

    Attributes:
        status: what it answers.
        received: headers and body of each message.
    """

    status: int = 204
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Receiver:
    """One that accepts everything."""
    return Receiver()


@pytest.fixture
def fetcher(receiver: Receiver) -> Iterator[Fetcher]:
    """The guarded client, on a machine where that firm is a development origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append((headers, body))
            self.send_response(receiver.status)
            self.send_header("Location", "https://elsewhere.bedrijf-proef.nl/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:  # noqa: ANN401 - as the base class has it
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    local = {ORIGIN: f"http://127.0.0.1:{server.server_address[1]}"}
    fetcher = Fetcher(dev_origins=local, own_addresses=("127.0.0.1",))
    yield fetcher
    fetcher.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """An outbox on either database."""
    world = open_world(database_url)
    yield world
    world.database.close()


def delivery(url: str = f"{ORIGIN}/hook", secrets: tuple[str, ...] = (NEW, OLD)) -> Delivery:
    """A message to that firm."""
    return Delivery("e-1", url, secrets, BODY)


def send(world: World, fetcher: Fetcher, what: Delivery | None, gone: list[str]) -> int:
    """Do what is due."""
    handler = webhook_handler(fetcher, lambda _: what, clock=world.clock, on_gone=gone.append)
    return world.desk(handler.run).run_due()


def test_a_message_arrives_signed_with_the_new_and_the_old_secret(
    world: World, fetcher: Fetcher, receiver: Receiver
) -> None:
    job_id = world.enqueue()
    assert send(world, fetcher, delivery(), []) == 1
    ((headers, body),) = receiver.received
    assert (body, headers["content-type"]) == (BODY, "application/json")
    assert headers["webhook-id"] == job_id
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    for secret in (NEW, OLD):
        assert check_signature(headers, body, secret=secret, at=NOW) == job_id
    assert world.rows() == []


def test_the_signature_is_the_one_of_the_standard() -> None:
    """Worked out apart: HMAC-SHA256 over id, timestamp and body, joined with dots, in base64."""
    headers = signed_headers(delivery(secrets=(NEW,)), message_id="msg_1", at=NOW)
    content = b"msg_1." + headers["webhook-timestamp"].encode() + b"." + BODY
    digest = hmac.new(b"n" * 32, content, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert base64.b64decode(NEW.removeprefix("whsec_")) == b"n" * 32


def test_the_events_body_is_small_json_without_white_space() -> None:
    assert json.loads(BODY) == {
        "type": "credential.revoked",
        "timestamp": "2026-11-23T12:00:00Z",
        "data": {"credential": "urn:uuid:1", "index": 7},
    }
    for kind, data in (("Credential Revoked", {}), ("a.b", {"x": "y" * MAX_EVENT})):
        with pytest.raises(MalformedError, match="webhook_event"):
            write_event(kind, data, at=NOW)


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
def test_what_was_not_accepted_is_sent_again_signed_afresh(
    status: int, world: World, fetcher: Fetcher, receiver: Receiver
) -> None:
    job_id = world.enqueue()
    receiver.status = status
    assert send(world, fetcher, delivery(), []) == 1
    assert [(row.state, row.failure) for row in world.rows()] == [("waiting", "webhook_failed")]
    receiver.status = 200
    world.clock.forward(BACKOFF[0])
    assert send(world, fetcher, delivery(), []) == 1
    first, second = (headers for headers, _ in receiver.received)
    assert first["webhook-id"] == second["webhook-id"] == job_id
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 5
    assert first["webhook-signature"] != second["webhook-signature"]
    assert world.rows() == []


def test_an_endpoint_that_is_gone_is_switched_off(
    world: World, fetcher: Fetcher, receiver: Receiver
) -> None:
    world.enqueue()
    receiver.status, gone = 410, list[str]()
    assert send(world, fetcher, delivery(), gone) == 1
    assert (gone, world.rows()) == (["e-1"], [])


def test_nothing_is_sent_to_an_endpoint_that_was_switched_off(
    world: World, fetcher: Fetcher, receiver: Receiver
) -> None:
    world.enqueue()
    assert send(world, fetcher, None, []) == 1
    assert (receiver.received, world.rows()) == ([], [])


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8001/hook", "https://localhost/hook", "https://10.0.0.1/hook"]
)
def test_a_message_never_goes_to_our_own_network(url: str, world: World, fetcher: Fetcher) -> None:
    world.enqueue()
    assert send(world, fetcher, delivery(url), []) == 1
    assert [(row.state, row.failure) for row in world.rows()] == [
        (JobState.DEAD, "address_forbidden")
    ]
    with pytest.raises(RejectedError, match="address_forbidden"):
        check_endpoint(url, dev_origins={})


def test_an_endpoint_is_a_public_address_or_one_of_the_trial() -> None:
    public = "https://hr.bedrijf.nl/hook"
    assert check_endpoint(public, dev_origins={}) == public
    assert check_endpoint(f"{ORIGIN}/x", dev_origins={ORIGIN: "http://localhost:1"})
    for url in ("", "https://hr.example/hook", "https://a@hr.bedrijf.nl/"):
        with pytest.raises(RejectedError, match="address_forbidden"):
            check_endpoint(url, dev_origins={})


def genuine(**changed: str) -> dict[str, str]:
    """Headers of a real message, some of them changed."""
    return signed_headers(delivery(), message_id="m", at=NOW) | {
        name.replace("_", "-"): value for name, value in changed.items()
    }


@pytest.mark.parametrize(
    ("headers", "body", "secret"),
    [
        (genuine(), BODY + b" ", NEW),
        (genuine(), BODY, new_secret(lambda count: b"x" * count)),
        (genuine(webhook_id="n"), BODY, NEW),
        (genuine(webhook_timestamp=str(int(NOW.timestamp()) + 1)), BODY, NEW),
        (genuine(webhook_timestamp="soon"), BODY, NEW),
        (genuine(webhook_signature="v1,"), BODY, NEW),
        (genuine(webhook_signature=""), BODY, NEW),
        (genuine(webhook_id=""), BODY, NEW),
        (genuine(), BODY, "whsec_not base64"),
        ({}, BODY, NEW),
    ],
    ids=["body", "secret", "id", "time", "no time", "empty", "none", "no id", "odd", "bare"],
)
def test_a_receiver_refuses_what_was_changed(
    headers: dict[str, str], body: bytes, secret: str
) -> None:
    assert check_signature(genuine(), BODY, secret=NEW, at=NOW) == "m"
    with pytest.raises(RejectedError, match="webhook_signature"):
        check_signature(headers, body, secret=secret, at=NOW)


def test_a_message_is_good_for_five_minutes() -> None:
    for off in (REPLAY_WINDOW, -REPLAY_WINDOW):
        assert check_signature(genuine(), BODY, secret=NEW, at=NOW + off) == "m"
        beyond = NOW + off * 1.01
        with pytest.raises(RejectedError, match="too far off"):
            check_signature(genuine(), BODY, secret=NEW, at=beyond)


@given(
    headers=st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()
    ),
    body=st.binary(max_size=40),
)
def test_any_headers_are_refused(headers: Mapping[str, str], body: bytes) -> None:
    with pytest.raises(CredentialError) as caught:
        check_signature(headers, body, secret=NEW, at=NOW)
    assert caught.value.code == "webhook_signature"


def test_no_secret_is_shown() -> None:
    shown = repr(delivery())
    assert NEW not in shown
    assert "revoked" not in shown
