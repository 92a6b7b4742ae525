"""An adviser can never widen a share: every route, tried with all an adviser knows (R18)."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from credentials.encoding import b64url_encode
from tests.journeys.test_bulk_reads import routes
from tests.wallet.keeping import (
    DAY,
    KEEPER,
    SHARE,
    Keeper,
    Keeping,
    fresh_vault,
    keeping_at,
    sealed,
)
from wallet.tables import AccountPasskey, Mailbox, MailboxMessage, Share, VaultVersion

HOSTS = (SHARE, KEEPER)
"""What an adviser's browser sends from its own page, and what a liar would send."""


@pytest.fixture
def keeping(tmp_path: Path) -> Keeping:
    return keeping_at(tmp_path, "")


def name() -> str:
    """A fresh name of 128 bits."""
    return b64url_encode(secrets.token_bytes(16))


def shared(keeping: Keeping, keeper: Keeper) -> str:
    """The worker shares something for a day, three looks at most."""
    share_id = name()
    ends = int((keeping.clock() + DAY).timestamp())
    secret = b64url_encode(secrets.token_bytes(32))
    body = {"id": share_id, "sealed": b64url_encode(bytes(4096)), "expires": ends}
    more = {"coded": False, "gate": secret, "stop": secret, "views": 3}
    answer = keeper.post("/api/shares", body | more, X_Confirmed=keeper.confirmed())
    assert answer.status_code == 201, answer.text
    return share_id


def visited(keeping: Keeping, keeper: Keeper) -> str:
    """The worker invites an adviser for four hours."""
    box, ends = name(), int((keeping.clock() + DAY / 6).timestamp())
    assert keeper.post("/api/mailboxes", {"id": box, "expires": ends}).status_code == 201
    letter = {"message": b64url_encode(b"snapshot")}
    assert keeper.post(f"/api/mailboxes/{box}", letter).status_code == 201
    return box


def kept(keeping: Keeping) -> str:
    """All that lies there of the worker, but for the letters of the visit."""
    with keeping.app.state.doors.database.reading() as session:
        tables = (Share, VaultVersion, AccountPasskey)
        return repr([[row.model_dump() for row in session.exec(select(each))] for each in tables])


def letters(keeping: Keeping) -> int:
    """How many letters lie in all boxes."""
    with keeping.app.state.doors.database.reading() as session:
        return len(session.exec(select(MailboxMessage)).all())


def bodies(box: str, share: str, ends: int) -> Iterator[dict[str, object]]:
    """What a route might be tricked with."""
    secret, letter = b64url_encode(bytes(32)), b64url_encode(b"letter")
    yield {}
    yield {"message": letter}
    yield {"id": box, "expires": ends}
    yield {"gate": secret}
    yield {"stop": secret}
    yield {"gate": secret, "name": letter, "view": 1}
    made = {"sealed": letter, "expires": ends, "coded": False, "gate": secret, "stop": secret}
    yield {"id": share, **made, "views": 1_000}
    yield {"id": name(), **made}
    yield {"expires": ends, "views": 1_000}


def attempts(keeping: Keeping, box: str, share: str) -> Iterator[tuple[str, int]]:
    """Every route and method with every body, from both sites; the adviser has no account."""
    ends = int((keeping.clock() + 14 * DAY).timestamp())
    for host in HOSTS:
        client = TestClient(keeping.app, base_url=host)
        own = {"Origin": host, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
        for route in list(routes(keeping.app)):
            for id_ in (box, share) if route.param_convertors else (box,):
                path = route.path
                for param in route.param_convertors:
                    path = path.replace(f"{{{param}}}", id_).replace(f"{{{param}:path}}", id_)
                for method, body in asked(route.methods or set(), box, share, ends):
                    if (method, path) == ("DELETE", f"/api/mailboxes/{box}"):
                        continue  # ends the visit, and nothing else
                    content = None if method == "GET" else json.dumps(body)
                    answer = client.request(method, path, content=content, headers=own)
                    yield f"{method} {route.path}", answer.status_code


def asked(
    methods: set[str], box: str, share: str, ends: int
) -> Iterator[tuple[str, dict[str, object]]]:
    """The methods of a route with each body, and those that it has not, once."""
    for method in methods - {"HEAD"}:
        for body in bodies(box, share, ends) if method in {"POST", "PUT"} else ({},):
            yield method, body
    for method in {"PUT", "PATCH", "DELETE"} - methods:
        yield method, {}


def test_an_adviser_can_do_no_more_than_propose_over_all_routes(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    assert keeper.write(sealed(fresh_vault())[0], read=None).status_code == 204
    share, box = shared(keeping, keeper), visited(keeping, keeper)
    before, count = kept(keeping), letters(keeping)
    done = list(attempts(keeping, box, share))
    assert kept(keeping) == before
    assert letters(keeping) > count
    assert len({route for route, _ in done}) > 60
    by_change = {route for route, status in done if status in {201, 204}}
    assert {each for each in by_change if "{mailbox_id}" not in each} <= {"POST /api/sign-out"}
    with keeping.app.state.doors.database.reading() as session:
        assert [row.id for row in session.exec(select(Mailbox)).all()] == [box]


def test_a_route_that_widens_would_be_seen(keeping: Keeping) -> None:
    keeper = keeping.keeper().join()
    share, box = shared(keeping, keeper), visited(keeping, keeper)

    @keeping.app.post("/b/{mailbox_id}/share")
    def widen(mailbox_id: str) -> str:
        with keeping.app.state.doors.database.transaction() as session:
            for row in session.exec(select(Share)).all():
                row.max_views = 1_000
        return mailbox_id

    before = kept(keeping)
    assert list(attempts(keeping, box, share))
    assert kept(keeping) != before
