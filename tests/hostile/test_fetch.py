"""H061, H062, H063, H066: what a hostile address or server can do to who asks it something."""

import gzip
import socket
import ssl
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from credentials.errors import CredentialError, RejectedError, UndeterminedError
from service.addresses import is_public
from service.fetch import MAX_BYTES, Fetcher
from tests.hostile.web_server import (
    NAME,
    PUBLIC,
    Detour,
    Handler,
    Names,
    WebServer,
    answer,
    certificate,
    json_answer,
)

URL = f"https://{NAME}/.well-known/did.json"
Site = Callable[..., tuple[Fetcher, WebServer, Detour]]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Certificate and key of the public site."""
    return certificate(tmp_path_factory.mktemp("site"))


@pytest.fixture
def site(pair: tuple[Path, Path]) -> Iterator[Site]:
    """Make a site that answers by a handler, and a fetcher that trusts its certificate."""
    opened: list[WebServer] = []
    fetchers: list[Fetcher] = []

    def make(
        handler: Handler, *, names: Names | None = None, seconds: float = 5.0
    ) -> tuple[Fetcher, WebServer, Detour]:
        server = WebServer(handler, pair)
        opened.append(server)
        detour = Detour(server.port)
        fetcher = Fetcher(
            resolve=names or Names([PUBLIC]),
            trust=ssl.create_default_context(cafile=str(pair[0])),
            backend=detour,
            seconds=seconds,
        )
        fetchers.append(fetcher)
        return fetcher, server, detour

    yield make
    for fetcher in fetchers:
        fetcher.close()
    for server in opened:
        server.stop()


def refusal(fetcher: Fetcher, url: str = URL) -> CredentialError:
    """The error that asking for ``url`` ends in."""
    with pytest.raises(CredentialError) as caught:
        fetcher.get(url)
    return caught.value


def test_a_public_site_answers_under_its_own_name(site: Site) -> None:
    fetcher, server, detour = site(json_answer())
    fetched = fetcher.get(URL)
    assert (fetched.status, fetched.body) == (200, b'{"ok":true}')
    assert fetched.content_type == "application/json"
    assert detour.addresses == [f"{PUBLIC} 443"]
    assert f"host: {NAME}\r\n".encode() in server.heads[0].lower()


FORBIDDEN = [
    "https://127.0.0.1:6379/.well-known/did.json",
    "https://127.0.0.1/",
    "https://localhost/.well-known/did.json",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://issuer.localhost/",
    "https://0.0.0.0/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::1]/",
    "https://[fd00::1]/",
    "https://[fe80::1%25eth0]/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://93.184.216.34/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://router.home.arpa/",
    "https://intranet/",
    f"https://{NAME}./",
    f"https://{NAME}:22/",
    f"https://{NAME}:8443/",
    f"http://{NAME}/",
    f"ftp://{NAME}/",
    f"//{NAME}/",
    "file:///etc/passwd",
    f"https://user@{NAME}/",
    f"https://user:word@{NAME}/",
    f"https://{NAME}\\@127.0.0.1/",
    f"https://{NAME}/ HTTP/1.1\r\nX: y",
    "https://vakschööl.nl/",
    "https://a_b.nl/",
    "https://-a.nl/",
    "https:///did.json",
    "https://[::1/",
    "https://host.nl:99999/",
    "",
    "https://" + "a." * 2000 + "nl/",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_h061_private_places_are_refused_before_any_socket_or_lookup(url: str) -> None:
    names, detour = Names([PUBLIC]), Detour(None)
    error = refusal(Fetcher(resolve=names, backend=detour), url)
    assert (type(error), error.code) == (RejectedError, "address_forbidden")
    assert names.asked == []
    assert detour.addresses == []


PRIVATE = """
127.0.0.1 10.0.0.5 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255
224.0.0.1 240.0.0.1 192.0.2.1 198.18.0.1 203.0.113.9 192.88.99.1
::1 :: fc00::1 fd00::1 fe80::1 ff02::1 ::ffff:127.0.0.1 ::ffff:93.184.216.34 64:ff9b::7f00:1
2002:7f00:1:: 2001:0:7f00:1:: 2001:db8::1 3fff::1 ::7f00:1
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_h063_a_name_with_a_private_address_is_refused_also_beside_a_public_one(
    address: str, site: Site
) -> None:
    assert not is_public(ip_address(address))
    for answers in ([address], [PUBLIC, address], [address, PUBLIC]):
        fetcher, server, detour = site(json_answer(), names=Names(answers))
        error = refusal(fetcher)
        assert (type(error), error.code) == (RejectedError, "address_forbidden")
        assert detour.addresses == []
        assert server.connections == 0


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1"])
def test_public_addresses_are_spoken_to(address: str, site: Site) -> None:
    fetcher, _, detour = site(json_answer(), names=Names([address]))
    assert fetcher.get(URL).status == 200
    assert detour.addresses == [f"{address} 443"]


def test_h063_a_name_that_turns_private_after_the_check_is_not_looked_up_again(site: Site) -> None:
    names = Names([PUBLIC], ["127.0.0.1"])
    fetcher, server, detour = site(json_answer(), names=names)
    assert fetcher.get(URL).status == 200
    assert fetcher.get(URL).status == 200
    assert names.asked == [NAME]
    assert detour.addresses == [f"{PUBLIC} 443"]
    assert server.connections == 1  # the checked connection is used again


def test_h063_a_name_that_turned_private_is_refused_on_a_new_connection(site: Site) -> None:
    def close_after_one(peer: socket.socket, _head: bytes) -> bool:
        peer.sendall(answer(b"{}", "Content-Type: application/json", "Connection: close"))
        return False

    fetcher, _, detour = site(close_after_one, names=Names([PUBLIC], ["127.0.0.1"]))
    assert fetcher.get(URL).status == 200
    assert refusal(fetcher).code == "address_forbidden"
    assert detour.addresses == [f"{PUBLIC} 443"]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 T", "308 P"])
@pytest.mark.parametrize("target", ["https://10.0.0.5/", f"http://{NAME}/", "/elsewhere"])
def test_h062_a_redirect_is_not_followed(status: str, target: str, site: Site) -> None:
    def redirect(peer: socket.socket, _head: bytes) -> bool:
        peer.sendall(answer(b"", f"Location: {target}", status=status))
        return True

    fetcher, server, detour = site(redirect)
    error = refusal(fetcher)
    assert (type(error), error.code) == (RejectedError, "redirect_forbidden")
    assert (len(detour.addresses), len(server.heads)) == (1, 1)


JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BOMB = gzip.compress(bytes(64 * 1024 * 1024))


def send(*pieces: bytes) -> Handler:
    """A handler that sends these bytes and closes."""

    def handle(peer: socket.socket, _head: bytes) -> bool:
        for piece in pieces:
            peer.sendall(piece)
        return False

    return handle


@pytest.mark.parametrize(
    "handler",
    [
        send(JSON_HEAD + b"\r\n", bytes(MAX_BYTES + 1)),
        send(JSON_HEAD + b"Content-Length: 10000000000\r\n\r\n", b"{"),
        send(JSON_HEAD + b"Content-Encoding: gzip\r\n\r\n", BOMB),
        send(JSON_HEAD + b"Content-Length: 10\r\n\r\n" + b"[1,2,3,45]" + b"and more"),
        send(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"a" * 70_000 + b"\r\n\r\n"),
    ],
    ids=["too much", "announces too much", "gzip bomb", "more than announced", "endless headers"],
)
def test_h066_an_answer_that_swells_is_cut_off(handler: Handler, site: Site) -> None:
    fetcher, _, _ = site(handler)
    error = refusal(fetcher)
    assert (type(error), error.code) == (RejectedError, "fetch_limit")


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (JSON_HEAD + b"\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
    ids=["body", "headers", "hints"],
)
def test_h066_an_answer_that_dribbles_ends_at_the_deadline(
    start: bytes, piece: bytes, site: Site
) -> None:
    def handle(peer: socket.socket, _head: bytes) -> bool:
        return server.dribble(peer, start, piece)

    fetcher, server, _ = site(handle, seconds=0.6)
    error = refusal(fetcher)
    assert (type(error), error.code) == (RejectedError, "fetch_limit")


def test_a_whole_megabyte_and_honest_gzip_are_read(site: Site) -> None:
    fetcher, _, _ = site(send(JSON_HEAD + b"\r\n", bytes(MAX_BYTES)))
    assert len(fetcher.get(URL).body) == MAX_BYTES
    packed = gzip.compress(b'{"a":1}')
    fetcher, _, _ = site(
        send(answer(packed, "Content-Encoding: gzip", "Content-Type: application/json"))
    )
    assert fetcher.get(URL).body == b'{"a":1}'


@pytest.mark.parametrize(
    "handler",
    [
        send(b""),
        send(b"not HTTP at all\r\n\r\n"),
        send(JSON_HEAD + b"Content-Length: 10\r\n\r\n{}"),
        send(JSON_HEAD + b"Content-Encoding: gzip\r\n\r\n", b"no gzip"),
        send(JSON_HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"{}")[:-4]),
        send(JSON_HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"{}") * 2),
        send(JSON_HEAD + b"Content-Encoding: br\r\n\r\n", b"{}"),
        send(answer(b"<html>", "Content-Type: text/html")),
        send(answer(b"{}")),
    ],
    ids=[
        "nothing",
        "no HTTP",
        "cut short",
        "no gzip",
        "gzip cut",
        "gzip twice",
        "br",
        "page",
        "no type",
    ],
)
def test_an_answer_that_is_none_leaves_the_question_open(handler: Handler, site: Site) -> None:
    fetcher, _, _ = site(handler)
    error = refusal(fetcher)
    assert (type(error), error.code) == (UndeterminedError, "fetch_failed")


def test_a_server_that_says_nothing_in_time_leaves_the_question_open(site: Site) -> None:
    def silent(peer: socket.socket, _head: bytes) -> bool:
        return not peer.recv(1)

    fetcher, _, _ = site(silent, seconds=0.4)
    error = refusal(fetcher)
    assert (type(error), error.code) == (UndeterminedError, "fetch_failed")


def test_a_certificate_of_another_name_is_not_believed(pair: tuple[Path, Path], site: Site) -> None:
    fetcher, server, _ = site(json_answer())
    error = refusal(fetcher, "https://www.andere-school.nl/")
    assert (type(error), error.code) == (UndeterminedError, "fetch_failed")
    assert server.heads == []
    assert pair[0].exists()


def test_neither_proxy_nor_cookie_is_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://10.0.0.5:3128")
    fetcher, server, detour = site(json_answer("Set-Cookie: visit=1; Path=/"))
    fetcher.get(URL)
    fetcher.get(URL)
    assert detour.addresses == [f"{PUBLIC} 443"]
    assert b"cookie" not in server.heads[1].lower()


def test_an_unknown_name_leaves_the_question_open() -> None:
    def unknown(_host: str, _seconds: float) -> list[object]:
        raise UndeterminedError("fetch_failed", "the name has no address")

    fetcher = Fetcher(resolve=unknown, backend=Detour(None))  # type: ignore[arg-type]  # never returns
    assert refusal(fetcher).code == "fetch_failed"
    assert refusal(fetcher, "https://issuer.skillspass.example/").code == "fetch_failed"
