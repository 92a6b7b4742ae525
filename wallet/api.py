"""The keeper's doors: account, passkeys, vault, recovery, wiping (JSON; wallet design, 2 to 6).

An answer of a passkey is sent as the text of its ``toJSON()``. The vault travels as it is sealed,
with its version as ETag.
"""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from pydantic import Field, ValidationError

from credentials.errors import MalformedError, RejectedError
from service import passkeys
from service.rates import limited
from wallet import accounts, transfers, vault
from wallet.doors import BodyOf, DoorsOf, LoginOf, VisitOf, at_keeper
from wallet.tables import VaultVersion
from wallet.wire import Hash, Message, Octets

router = APIRouter(prefix="/api", dependencies=[Depends(at_keeper)])

VAULT_PATH = "/api/vault"
VAULT_TYPE = "application/vnd.skillspass.vault+json"
SIGN_IN = [Depends(limited("sign_in"))]

_TAG = re.compile(r'"([1-9][0-9]{0,15})"')
Confirmed = Annotated[str, Header(alias="X-Confirmed", max_length=64)]


class Card(Message):
    """What the service may know of a recovery card."""

    locator: Hash
    auth: Hash


class ShownCard(Message):
    """A card that somebody has."""

    locator: Annotated[Octets, Field(max_length=32)]
    auth: Annotated[Octets, Field(max_length=32)]


class Lost(Message):
    """Passkeys of devices that are shut out."""

    ids: Annotated[list[str], Field(min_length=1, max_length=passkeys.MAX_PASSKEYS)]


class Ticket(Message):
    """What the service may know of a ticket."""

    ticket: Hash


class ShownTicket(Message):
    """A ticket that a new device has."""

    ticket: Annotated[Octets, Field(max_length=32, repr=False)]


@router.post("/account/begin", dependencies=SIGN_IN)
def begin_account(doors: DoorsOf, visit: VisitOf) -> passkeys.JsonObject:
    """What the browser is asked for the first passkey of a new account."""
    with doors.database.transaction() as session:
        return accounts.begin(session, doors.keeping, browser=visit.browser)


@router.post("/account/finish", dependencies=SIGN_IN, status_code=204)
def finish_account(doors: DoorsOf, visit: VisitOf, body: BodyOf, response: Response) -> None:
    """The passkey that was made; the account is open then."""
    with doors.database.transaction() as session:
        token = accounts.finish(session, doors.keeping, _text(body), visit)
    doors.keeping.logins.keep(response, token)


@router.post("/sign-in/begin", dependencies=SIGN_IN)
def begin_sign_in(doors: DoorsOf, visit: VisitOf) -> passkeys.JsonObject:
    """What the browser is asked to open an account."""
    with doors.database.transaction() as session:
        return doors.keeping.passkeys.begin_use(session, browser=visit.browser)


@router.post("/sign-in/finish", dependencies=SIGN_IN, status_code=204)
def finish_sign_in(doors: DoorsOf, visit: VisitOf, body: BodyOf, response: Response) -> None:
    """The passkey that was used; its account is open then."""
    with doors.database.transaction() as session:
        token = accounts.sign_in(session, doors.keeping, _text(body), visit)
    doors.keeping.logins.keep(response, token)


@router.post("/sign-out", status_code=204)
def sign_out(doors: DoorsOf, login: LoginOf, response: Response) -> None:
    """Close the account in this browser."""
    with doors.database.transaction() as session:
        doors.keeping.logins.end(session, login.id, owner_id=login.owner_id)
    doors.keeping.logins.drop(response)


@router.get("/logins")
def list_logins(doors: DoorsOf, login: LoginOf) -> list[passkeys.JsonObject]:
    """The browsers in which the account is open."""
    with doors.database.reading() as session:
        rows = doors.keeping.logins.of_owner(session, login.owner_id)
        return [
            {
                "id": row.id,
                "device": row.device,
                "seen": row.seen_at.isoformat(),
                "this": row.id == login.id,
            }
            for row in rows
        ]


@router.delete("/logins/{login_id}", status_code=204)
def end_login(login_id: str, doors: DoorsOf, login: LoginOf) -> None:
    """Close the account in another browser."""
    with doors.database.transaction() as session:
        doors.keeping.logins.end(session, login_id, owner_id=login.owner_id)


@router.post("/confirm/begin")
def begin_confirmation(doors: DoorsOf, login: LoginOf, visit: VisitOf) -> passkeys.JsonObject:
    """What the browser is asked before a share, a change of slots, an export or a wipe."""
    with doors.database.transaction() as session:
        return doors.keeping.passkeys.begin_use(
            session, browser=visit.browser, owner_id=login.owner_id
        )


@router.post("/confirm/finish")
def finish_confirmation(
    doors: DoorsOf, login: LoginOf, visit: VisitOf, body: BodyOf
) -> dict[str, str]:
    """What proves, once, that the person is here."""
    with doors.database.transaction() as session:
        answer = _text(body)
        token = accounts.confirm(session, doors.keeping, answer, login=login, browser=visit.browser)
    return {"confirmed": token}


@router.get("/passkeys")
def list_passkeys(doors: DoorsOf, login: LoginOf) -> list[passkeys.JsonObject]:
    """The account's passkeys."""
    with doors.database.reading() as session:
        rows = doors.keeping.passkeys.of_owner(session, login.owner_id)
        return [
            {"id": row.id, "label": row.label, "created": row.created_at.isoformat()}
            for row in rows
        ]


@router.post("/passkeys/begin")
def begin_passkey(doors: DoorsOf, login: LoginOf, visit: VisitOf) -> passkeys.JsonObject:
    """What the browser is asked for one more passkey."""
    with doors.database.transaction() as session:
        return accounts.begin_another(session, doors.keeping, login.owner_id, browser=visit.browser)


@router.post("/passkeys/finish")
def finish_passkey(
    doors: DoorsOf, login: LoginOf, visit: VisitOf, body: BodyOf, confirmed: Confirmed = ""
) -> dict[str, str]:
    """The passkey that was made, after a fresh one of the account's own or the recovery card.

    It confirms one thing: the slot that belongs to it.
    """
    with doors.database.transaction() as session:
        accounts.use_confirmation(session, doors.keeping, confirmed, login=login)
        again = accounts.finish_another(session, doors.keeping, _text(body), visit, login=login)
    return {"confirmed": again}


@router.post("/passkeys/remove", status_code=204)
def remove_passkeys(lost: Lost, doors: DoorsOf, login: LoginOf, confirmed: Confirmed = "") -> None:
    """Let passkeys count no longer, such as those of a lost phone: all of them, or none."""
    with doors.database.transaction() as session:
        accounts.use_confirmation(session, doors.keeping, confirmed, login=login)
        accounts.remove_passkeys(session, doors.keeping, lost.ids, login=login)


@router.get("/vault")
def read_vault(doors: DoorsOf, login: LoginOf) -> Response:
    """The newest version."""
    with doors.database.reading() as session:
        row = vault.newest(session, login.owner_id)
    if row is None:
        raise RejectedError("not_found", "no vault yet")
    return _sealed(row)


@router.put("/vault", status_code=204)
def write_vault(
    doors: DoorsOf,
    login: LoginOf,
    body: BodyOf,
    response: Response,
    if_match: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header()] = "",
    confirmed: Confirmed = "",
    x_recovery: Annotated[str, Header(max_length=100)] = "",
) -> None:
    """The next version: ``If-Match`` the one that was read, or ``If-None-Match: *``.

    ``X-Recovery`` names a card that takes the old one's place in the same moment: the hashes of
    its halves, joined by a dot. Neither is kept without the other, and one finger serves both.
    """
    expected = _expected(if_match, if_none_match)
    card = _card(x_recovery) if x_recovery else None
    with doors.database.transaction() as session:
        ver = vault.write(
            session,
            login.owner_id,
            body,
            expected=expected,
            at=doors.keeping.clock(),
            confirm=lambda: accounts.use_confirmation(
                session, doors.keeping, confirmed, login=login
            ),
            always=card is not None,
        )
        if card is not None:
            accounts.set_recovery(
                session, login.owner_id, locator_hash=card.locator, auth_hash=card.auth
            )
    response.headers["ETag"] = f'"{ver}"'


@router.get("/vault/versions")
def list_versions(doors: DoorsOf, login: LoginOf) -> list[passkeys.JsonObject]:
    """The versions that one can go back to."""
    with doors.database.reading() as session:
        found = vault.versions(session, login.owner_id)
    return [{"ver": ver, "written": at.isoformat(), "size": size} for ver, at, size in found]


@router.get("/vault/versions/{ver}")
def read_version(ver: int, doors: DoorsOf, login: LoginOf) -> Response:
    """One of them."""
    with doors.database.reading() as session:
        return _sealed(vault.version(session, login.owner_id, ver))


@router.put("/recovery", status_code=204)
def set_recovery(card: Card, doors: DoorsOf, login: LoginOf, confirmed: Confirmed = "") -> None:
    """Let a fresh card open the account; the old one does so no longer."""
    with doors.database.transaction() as session:
        accounts.use_confirmation(session, doors.keeping, confirmed, login=login)
        accounts.set_recovery(
            session, login.owner_id, locator_hash=card.locator, auth_hash=card.auth
        )


@router.post("/recovery/open", dependencies=[Depends(limited("recovery"))])
def recover(card: ShownCard, doors: DoorsOf, visit: VisitOf, response: Response) -> dict[str, str]:
    """Open the account of a card; it confirms one thing: a passkey for the new phone."""
    with doors.database.transaction() as session:
        cookie, confirmed = accounts.recover(
            session, doors.keeping, locator=card.locator, auth=card.auth, visit=visit
        )
    doors.keeping.logins.keep(response, cookie)
    return {"confirmed": confirmed}


@router.post("/transfers")
def invite_device(
    made: Ticket, doors: DoorsOf, login: LoginOf, confirmed: Confirmed = ""
) -> dict[str, str]:
    """Let one more device in; it confirms one thing: the slot that belongs to it."""
    with doors.database.transaction() as session:
        again = transfers.invite(
            session, doors.keeping, ticket_hash=made.ticket, confirmed=confirmed, login=login
        )
    return {"confirmed": again}


@router.post("/transfers/open", dependencies=SIGN_IN)
def come_in(
    shown: ShownTicket, doors: DoorsOf, visit: VisitOf, response: Response
) -> dict[str, str]:
    """Open the account on a new device; it confirms one thing: a passkey of its own."""
    with doors.database.transaction() as session:
        cookie, confirmed = transfers.come_in(
            session, doors.keeping, ticket=shown.ticket, visit=visit
        )
    doors.keeping.logins.keep(response, cookie)
    return {"confirmed": confirmed}


@router.post("/wipe")
def wipe(
    doors: DoorsOf, login: LoginOf, response: Response, confirmed: Confirmed = ""
) -> dict[str, str]:
    """Delete everything of the account, at once; the receipt is signed."""
    with doors.database.transaction() as session:
        accounts.use_confirmation(session, doors.keeping, confirmed, login=login)
        receipt = accounts.wipe(session, doors.keeping, login.owner_id)
        number, moment = receipt.id, receipt.deleted_at
    doors.keeping.logins.drop(response)
    signed = doors.receipts.sign(number, deleted_at=moment)
    return {"id": number, "deleted": moment.isoformat(), "receipt": signed}


@router.get("/receipts/keys")
def show_receipt_keys(doors: DoorsOf) -> passkeys.JsonObject:
    """The keys that receipts are signed with, for anyone."""
    return {**doors.receipts.published()}


def _sealed(row: VaultVersion) -> Response:
    headers = {"ETag": f'"{row.ver}"', "Cache-Control": "no-store"}
    return Response(row.octets, media_type=VAULT_TYPE, headers=headers)


def _expected(if_match: str, if_none_match: str) -> int | None:
    """The version that the writer has read; None for a first write (RFC 9110, section 13.1)."""
    if if_none_match == "*" and not if_match:
        return None
    tag = _TAG.fullmatch(if_match)
    if tag is None or if_none_match:
        raise RejectedError("vault_condition_missing", "If-Match, or If-None-Match: *")
    return int(tag[1])


def _card(spelled: str) -> Card:
    """A new card, as ``X-Recovery`` names it."""
    locator, _, auth = spelled.partition(".")
    try:
        return Card.model_validate({"locator": locator, "auth": auth})
    except ValidationError as error:
        raise MalformedError("base64_not_strict", "X-Recovery") from error


def _text(body: bytes) -> str:
    return body.decode("utf-8", errors="replace")
