"""Doors of mailboxes: the worker's at the keeper, and a guest's at the share site (decision 0057).

Whoever puts one up is signed in, so that nobody fills the service with strangers' files; the row
that is kept names no account. A guest is handed out the first message alone, and may leave more.
"""

from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from credentials.encoding import b64url_encode
from service.passkeys import JsonObject
from service.rates import limited
from wallet import mailboxes
from wallet.doors import DoorsOf, LoginOf, at_keeper, at_share
from wallet.wire import Message, Name128, Octets, Seconds

SHARE = [Depends(limited("share"))]

worker = APIRouter(prefix="/api/mailboxes", dependencies=[Depends(at_keeper), *SHARE])
guest = APIRouter(prefix="/b", dependencies=[Depends(at_share), *SHARE])


class NewMailbox(Message):
    """A mailbox with an end."""

    id: Name128
    expires: Seconds


class Letter(Message):
    """One sealed message."""

    message: Octets = Field(repr=False)


@worker.post("", status_code=201)
def make_mailbox(made: NewMailbox, doors: DoorsOf, _login: LoginOf) -> None:
    """Put up a mailbox for another device, an adviser, or who answers a question."""
    at, ends = doors.keeping.clock(), datetime.fromtimestamp(made.expires, UTC)
    with doors.database.transaction() as session:
        mailboxes.make(session, made.id, expires_at=ends, at=at)


@worker.post("/{mailbox_id}", status_code=201)
def put_letter(mailbox_id: Name128, letter: Letter, doors: DoorsOf) -> dict[str, int]:
    """Leave a sealed message."""
    with doors.database.transaction() as session:
        at = doors.keeping.clock()
        return {"number": mailboxes.put(session, mailbox_id, letter.message, at=at)}


@worker.get("/{mailbox_id}")
def read_letters(mailbox_id: Name128, doors: DoorsOf, after: int = 0) -> list[JsonObject]:
    """The messages behind a number."""
    with doors.database.reading() as session:
        found = mailboxes.messages(session, mailbox_id, after=after, at=doors.keeping.clock())
    return [{"number": number, "message": b64url_encode(octets)} for number, octets in found]


@worker.delete("/{mailbox_id}", status_code=204)
def remove_mailbox(mailbox_id: Name128, doors: DoorsOf) -> None:
    """Take it down, with all that is in it."""
    with doors.database.transaction() as session:
        mailboxes.remove(session, mailbox_id)


@guest.post("/{mailbox_id}/open")
def open_mailbox(mailbox_id: Name128, doors: DoorsOf, response: Response) -> JsonObject:
    """Hand out what the worker left in it."""
    with doors.database.reading() as session:
        octets, ends = mailboxes.first(session, mailbox_id, at=doors.keeping.clock())
    response.headers["Cache-Control"] = "no-store"
    return {"message": b64url_encode(octets), "expires": int(ends.timestamp())}


@guest.post("/{mailbox_id}/look")
def look_at_mailbox(mailbox_id: Name128, doors: DoorsOf) -> dict[str, int]:
    """Whether it is still there, and until when."""
    with doors.database.reading() as session:
        return {
            "expires": int(
                mailboxes.ends(session, mailbox_id, at=doors.keeping.clock()).timestamp()
            )
        }


@guest.post("/{mailbox_id}", status_code=201)
def leave_letter(mailbox_id: Name128, letter: Letter, doors: DoorsOf) -> dict[str, int]:
    """Leave a message that only the worker can open."""
    return put_letter(mailbox_id, letter, doors)
