"""The service reads nothing: after a day of use no canary stands in its files or its log."""

import base64
import hashlib
import io
import json
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from credentials import share_card
from credentials.encoding import JsonObject, b64url_encode
from service.log import configure_log
from tests.wallet.keeping import SHARE, Keeping, fresh_vault, keeping_at
from wallet import api, mailboxes_api, relay_api, shares_api
from wallet.holder import recovery
from wallet.holder.events import EventType, next_event
from wallet.holder.sealed import seal

CANARIES = ("Kanarie-Jansen", "kanarie-vaardigheid", "did:web:kanarie.example")


def spellings(word: str) -> set[bytes]:
    """A word as it could lie in a file: plain, in hex, in base64 at each of three places."""
    octets = word.encode()
    shifted = {base64.urlsafe_b64encode(b"x" * place + octets) for place in range(3)}
    inner = {each[4:-4].rstrip(b"=") for each in shifted}
    return {octets, octets.hex().encode(), *inner, *(each.replace(b"-", b"+") for each in inner)}


def found(keeping: Keeping, folder: Path, log: str) -> set[str]:
    """The canaries in everything the service wrote."""
    keeping.app.state.doors.database.close()
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    written += log.encode()
    return {word for word in CANARIES if any(each in written for each in spellings(word))}


def use(keeping: Keeping) -> None:
    """An account, a vault, a share that is looked at, a mailbox, and a card."""
    keeper = keeping.keeper().join()
    data: JsonObject = {"name": CANARIES[0], "skill": CANARIES[1], "issuer": CANARIES[2]}
    event = next_event(
        (),
        EventType.SETTINGS,
        data,
        device="d",
        at=keeping.clock(),
        entropy=secrets.token_bytes,
    )
    sealed, _ = seal(fresh_vault(), [event], entropy=secrets.token_bytes)
    assert keeper.write(sealed, read=None).status_code == 204

    link = share_card.new_link(SHARE, coded=False, entropy=secrets.token_bytes)
    ends = keeping.clock() + timedelta(days=1)
    card = share_card.seal(
        link, [json.dumps(data)], expires=ends, code=None, entropy=secrets.token_bytes
    )
    gate, stop = share_card.gate(link, code=None), secrets.token_bytes(32)
    message = {
        "id": b64url_encode(link.share_id),
        "sealed": b64url_encode(card),
        "expires": int(ends.timestamp()),
        "coded": False,
        "gate": b64url_encode(hashlib.sha256(gate).digest()),
        "stop": b64url_encode(hashlib.sha256(stop).digest()),
    }
    answer = keeper.post("/api/shares", message, X_Confirmed=keeper.confirmed())
    assert answer.status_code == 201
    shown = keeping.open_share(b64url_encode(link.share_id), gate)
    assert shown.json()["sealed"] == b64url_encode(card)

    secret = secrets.token_bytes(20)
    halves = {"locator": recovery.locator(secret), "auth": recovery.auth(secret)}
    hashes = {k: b64url_encode(hashlib.sha256(v).digest()) for k, v in halves.items()}
    answer = keeper.send(
        "PUT",
        "/api/recovery",
        content=json.dumps(hashes).encode(),
        Content_Type="application/json",
        X_Confirmed=keeper.confirmed(),
    )
    assert answer.status_code == 204


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The log of one test."""
    stream = io.StringIO()
    configure_log(stream)
    yield stream
    configure_log()


def test_no_canary_is_found_and_a_planted_one_is(
    tmp_path: Path, sqlite_url: str, stream: io.StringIO
) -> None:
    keeping = keeping_at(tmp_path, sqlite_url)
    use(keeping)
    log = stream.getvalue()
    assert '"event": "request"' in log
    assert found(keeping, tmp_path, log) == set()
    (tmp_path / "planted").write_bytes(b"..." + CANARIES[0].encode() + b"...")
    hidden = b64url_encode(f"xy{CANARIES[1]}zz".encode())
    assert found(keeping, tmp_path, f"{log} {hidden}") == {CANARIES[0], CANARIES[1]}


@pytest.mark.usefixtures("stream")
def test_no_route_reads_or_lists_a_passport(tmp_path: Path, sqlite_url: str) -> None:
    keeping = keeping_at(tmp_path, sqlite_url)
    keeping.keeper().join()
    stranger = keeping.keeper()
    open_to_all = {
        "/api/account/begin",
        "/api/account/finish",
        "/api/sign-in/begin",
        "/api/sign-in/finish",
        "/api/recovery/open",
        "/api/transfers/open",
        "/api/receipts/keys",
    }
    by_secret = ("/api/shares/", "/api/mailboxes/")
    walked = 0
    routers = (api.router, shares_api.worker, mailboxes_api.worker, relay_api.router)
    for route in (route for router in routers for route in router.routes):
        path = getattr(route, "path", "")
        if path in open_to_all or path.startswith(by_secret):
            continue
        for method in getattr(route, "methods", set()):
            target = path.replace("{", "").replace("}", "").replace("kind", "issuer")
            answer = stranger.send(
                method, f"{target.replace('endpoint', 'nonce')}?name=x", content=b"{}"
            )
            assert answer.status_code in {400, 401}, path
            assert answer.json()["code"] in {"unauthorized", "invalid_request"}
            walked += 1
    assert walked > 12
