"""What the fetcher keeps, what it sends, and where development origins lead."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from credentials.errors import RejectedError, UndeterminedError
from service.fetch import CACHE_ENTRIES, MAX_FRESH, Fetcher
from service.landing import Doors, create_landing
from service.serving import running, seat
from tests.hostile.web_server import Handler, WebServer, answer
from tests.service.small import settings_for

ORIGIN = "https://issuer.skillspass.example"
LOCAL = ("127.0.0.1", "localhost")


class Site:
    """A local site with a lasting answer, and a fetcher with a clock that can be moved."""

    def __init__(self, *lines: str, seen: Handler | None = None) -> None:
        self.lines, self.body, self.now = lines, b"{}", datetime(2026, 11, 23, 12, tzinfo=UTC)
        self.server = WebServer(seen or self.handle, None)
        origins = {ORIGIN: f"http://localhost:{self.server.port}"}
        self.fetcher = Fetcher(dev_origins=origins, own_addresses=LOCAL, clock=lambda: self.now)

    def handle(self, peer: socket.socket, head: bytes) -> bool:
        """Answer 304 to who knows the tag already."""
        if b'if-none-match: "v1"' in head.lower():
            peer.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        else:
            peer.sendall(answer(self.body, "Content-Type: application/json", *self.lines))
        return True

    def close(self) -> None:
        """Close both ends."""
        self.fetcher.close()
        self.server.stop()


@pytest.fixture
def sites() -> Iterator[list[Site]]:
    """Sites that are closed after the test."""
    opened: list[Site] = []
    yield opened
    for site in opened:
        site.close()


def open_site(sites: list[Site], *lines: str, seen: Handler | None = None) -> Site:
    """Open one more."""
    sites.append(Site(*lines, seen=seen))
    return sites[-1]


def test_a_development_origin_leads_to_its_local_service(sites: list[Site]) -> None:
    site = open_site(sites)
    assert site.fetcher.get(f"{ORIGIN}/status/token/1?x=1#part").body == b"{}"
    assert site.server.heads[0].startswith(b"GET /status/token/1?x=1 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.skillspass.example/",
        "https://issuer.skillspass.example:8001/",
        "https://user@issuer.skillspass.example/",
        "http://localhost:{port}/",
        "http://127.0.0.1:{port}/",
        "https://localhost:{port}/",
    ],
)
def test_only_the_exact_origin_leads_there(url: str, sites: list[Site]) -> None:
    site = open_site(sites)
    with pytest.raises((RejectedError, UndeterminedError)) as caught:
        site.fetcher.get(url.format(port=site.server.port))
    assert caught.value.code == "address_forbidden"
    assert site.server.heads == []


@pytest.mark.parametrize("own", [["0.0.0.0"], ["127.0.0.1", "issuer.school.nl"]])  # noqa: S104
def test_a_fetcher_of_a_public_service_refuses_development_origins(own: list[str]) -> None:
    with pytest.raises(RejectedError, match="config_dev_origins"):
        Fetcher(dev_origins={ORIGIN: "http://localhost:8001"}, own_addresses=own)


def test_a_fresh_document_is_not_asked_for_again(sites: list[Site]) -> None:
    site = open_site(sites, "Cache-Control: public, max-age=60")
    site.fetcher.get(f"{ORIGIN}/a")
    site.body = b'{"changed":true}'
    site.now += timedelta(seconds=59)
    assert site.fetcher.get(f"{ORIGIN}/a").body == b"{}"
    site.now += timedelta(seconds=1)
    assert site.fetcher.get(f"{ORIGIN}/a").body == b'{"changed":true}'
    assert len(site.server.heads) == 2


def test_nothing_stays_fresh_for_longer_than_an_hour(sites: list[Site]) -> None:
    site = open_site(sites, "Cache-Control: max-age=99999999999999999999")
    site.fetcher.get(f"{ORIGIN}/a")
    site.now += MAX_FRESH
    site.fetcher.get(f"{ORIGIN}/a")
    assert len(site.server.heads) == 2


def test_a_document_with_a_tag_is_asked_for_by_its_tag(sites: list[Site]) -> None:
    site = open_site(sites, 'ETag: "v1"')
    first = site.fetcher.get(f"{ORIGIN}/a")
    again = site.fetcher.get(f"{ORIGIN}/a")
    assert first == again
    assert b'if-none-match: "v1"' in site.server.heads[1].lower()


@pytest.mark.parametrize(
    "line", ["Cache-Control: no-store, max-age=60", "Cache-Control: no-cache, max-age=60", "X: y"]
)
def test_what_its_sender_does_not_let_us_keep_is_asked_for_again(
    line: str, sites: list[Site]
) -> None:
    site = open_site(sites, line)
    site.fetcher.get(f"{ORIGIN}/a")
    site.fetcher.get(f"{ORIGIN}/a")
    assert len(site.server.heads) == 2


def test_answers_to_a_signed_in_question_are_not_kept(sites: list[Site]) -> None:
    site = open_site(sites, "Cache-Control: max-age=60")
    site.fetcher.get(f"{ORIGIN}/a", headers={"Authorization": "Bearer one"})
    assert b"authorization" not in site.server.heads[0].lower().replace(
        b"authorization: bearer", b""
    )
    site.fetcher.get(f"{ORIGIN}/a")
    assert b"authorization" not in site.server.heads[1].lower()


def test_the_cache_is_bounded_and_forgets_the_oldest(sites: list[Site]) -> None:
    site = open_site(sites, "Cache-Control: max-age=60")
    for number in range(CACHE_ENTRIES + 1):
        site.fetcher.get(f"{ORIGIN}/{number}")
    asked = len(site.server.heads)
    site.fetcher.get(f"{ORIGIN}/{CACHE_ENTRIES}")
    assert len(site.server.heads) == asked
    site.fetcher.get(f"{ORIGIN}/0")
    assert len(site.server.heads) == asked + 1
    assert site.server.connections == 1


def test_a_message_is_sent_with_its_body_and_any_answer_is_given_back(sites: list[Site]) -> None:
    bodies: list[bytes] = []

    def refuse(peer: socket.socket, head: bytes) -> bool:
        bodies.append(peer.recv(1000))
        peer.sendall(
            answer(b'{"error":"x"}', "Content-Type: application/json", status="400 Bad Request")
        )
        return b"POST /token" in head

    site = open_site(sites, seen=refuse)
    fetched = site.fetcher.post(
        f"{ORIGIN}/token", body=b"a=1", content_type="application/x-www-form-urlencoded"
    )
    assert (fetched.status, fetched.body, bodies) == (400, b'{"error":"x"}', [b"a=1"])


def test_get_body_takes_documents_that_were_found_and_nothing_else(sites: list[Site]) -> None:
    site = open_site(sites)
    assert site.fetcher.get_body(f"{ORIGIN}/did.json") == b"{}"

    def missing(peer: socket.socket, _head: bytes) -> bool:
        peer.sendall(answer(b"{}", "Content-Type: application/json", status="404 Not Found"))
        return True

    with pytest.raises(UndeterminedError, match="fetch_failed"):
        open_site(sites, seen=missing).fetcher.get_body(f"{ORIGIN}/did.json")


def test_a_closed_port_leaves_the_question_open(sites: list[Site]) -> None:
    site = open_site(sites)
    site.server.stop()
    with pytest.raises(UndeterminedError, match="fetch_failed"):
        site.fetcher.get(f"{ORIGIN}/a")


def test_a_service_of_ours_is_read_through_its_development_origin(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, port=0)
    documents = {"/list": ("application/trustlist+jwt", lambda: b"e30.e30.AA")}
    one = seat(create_landing(settings, doors=Doors("a", "b", "c"), documents=documents))
    origins = {"https://trust.skillspass.example": f"http://localhost:{one.port}"}
    with running([one]):
        fetcher = Fetcher(dev_origins=origins, own_addresses=LOCAL)
        assert fetcher.get_body("https://trust.skillspass.example/list") == b"e30.e30.AA"
        assert fetcher.get_body("https://trust.skillspass.example/list") == b"e30.e30.AA"
        fetcher.close()
