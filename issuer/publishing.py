"""Publishing the status lists: signed when something changed, then served as they lie on disk.

A change shows at once to whoever asks here, and on disk within a minute for a web server or a
mirror that serves the files (``publish_due``). Readers must ask again each time (``no-cache``), and
an ETag makes that cheap. The lists' own ``ttl`` says how long a copy may serve where the issuer
cannot be reached.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from credentials.encoding import compact_json
from credentials.errors import RejectedError, UndeterminedError
from credentials.keys import Signer
from credentials.model import Purpose, StatusKind
from credentials.status import bitstring_status_list, token_status_list
from issuer.doors import PortsOf
from issuer.installation import Installation
from issuer.ports import Ports
from issuer.status import LIST_SIZE, STATUS_VALUE, ListState, list_uri, read, version_of
from issuer.status_files import CLOCK_RETURNS, Head, ListName, Published
from issuer.tables import StatusList, StatusWord
from service.rounds import Rounds

TIME_TO_LIVE = timedelta(minutes=15)
"""How old a copy may be (security.md, section 4)."""

LIFETIME = timedelta(hours=24)
"""After that a list says nothing any more, so that nobody lives on an old one for ever."""

ROUND_SECONDS = 30.0
"""A change is on disk within that and what signing takes: within a minute."""

SIGN_AGAIN = timedelta(minutes=10)
"""A list that did not change is signed again well within its time to live."""

PURPOSE_WORD = {Purpose.REVOCATION: StatusWord.REVOKED, Purpose.SUSPENSION: StatusWord.SUSPENDED}
"""Which status each bitstring list shows."""

SIGNER = {StatusKind.TOKEN: "dc+sd-jwt", StatusKind.BITSTRING: "ldp_vc"}
"""Name of the key that signs each kind of list."""


def current(name: ListName, ports: Ports) -> Published:
    """The list as it is now: from disk while that holds, else signed and put there.

    Without the database the list on disk is all that is known, and it says how old it is.

    Raises:
        RejectedError: ``not_found``.
        UndeterminedError: ``signer_unavailable`` or ``status_not_published``: the list changed, or
            grew old, and cannot be made anew.
    """
    there = ports.status_files.read(name)
    try:
        with ports.database.reading() as session:
            version = version_of(session, name.kind, name.number, ports=ports)
    except DBAPIError:
        if there is None:
            raise
        return there
    at, signer = ports.clock(), ports.signers[SIGNER[name.kind]]
    if there is not None and _holds(there.head, version, signer, at):
        return there
    with ports.database.reading() as session:
        state = read(session, name.kind, name.number, ports=ports)
    moment = _moment(None if there is None else there.head.moment, at)
    made = _sign(name, state, signer=signer, ports=ports, at=moment)
    return ports.status_files.publish(name, made)


def publish_due(organisations: Iterable[Ports]) -> int:
    """See that every list lies on disk as it is now. One that cannot be made holds up no other.

    Returns:
        how many lists there are.

    Raises:
        UndeterminedError: ``status_not_published``: some could not be made.
    """
    names = [(name, ports) for ports in organisations for name in _names(ports)]
    failed = 0
    for name, ports in names:
        try:
            current(name, ports)
        except UndeterminedError:
            failed += 1
    if failed:
        raise UndeterminedError("status_not_published", f"{failed} of {len(names)} lists")
    return len(names)


def _names(ports: Ports) -> list[ListName]:
    """Every list that an organisation publishes."""
    with ports.database.reading() as session:
        rows = session.exec(
            select(StatusList.kind, StatusList.number)
            .where(StatusList.organisation_id == ports.organisation_id)
            .order_by(col(StatusList.id))
        ).all()
    return [
        ListName(ports.organisation_id, StatusKind(kind), number, purpose)
        for kind, number in rows
        for purpose in _purposes(StatusKind(kind))
    ]


def _purposes(kind: StatusKind) -> tuple[Purpose, ...]:
    return (Purpose.ANY,) if kind is StatusKind.TOKEN else tuple(PURPOSE_WORD)


def rounds(installation: Installation) -> Rounds:
    """What sees every half minute that the lists lie on disk as they are now."""

    def publish() -> None:
        """One round over all organisations."""
        publish_due(installation.organisations())

    return Rounds("issuer", publish, seconds=ROUND_SECONDS, failed="status_not_published")


def _holds(head: Head, version: int, signer: Signer, at: datetime) -> bool:
    """Whether a list on disk still says everything, under the key that signs now."""
    fresh = -CLOCK_RETURNS < at - head.moment < SIGN_AGAIN
    return head.sequence >= version and fresh and head.key_id == signer.public.key_id


def _moment(before: datetime | None, at: datetime) -> datetime:
    """Now, and never before the list that others have seen: they refuse an older one."""
    if before is None or before - at > CLOCK_RETURNS:
        return at
    return max(before, at)


def _sign(
    name: ListName, state: ListState, *, signer: Signer, ports: Ports, at: datetime
) -> Published:
    uri = list_uri(ports.origin, name.kind, name.number, name.purpose)
    if name.kind is StatusKind.TOKEN:
        body, content_type = _token(uri, state, signer, at), "application/statuslist+jwt"
    else:
        body = _bitstring(uri, name.purpose, state, signer, ports.did, at)
        content_type = "application/vc"
    etag = f'"{state.version}.{hashlib.sha256(body).hexdigest()[:32]}"'
    key_id = signer.public.key_id or ""
    head = Head(state.version, at.isoformat(), key_id, content_type, etag)
    return Published(head, body)


def _token(uri: str, state: ListState, signer: Signer, at: datetime) -> bytes:
    statuses = bytearray(LIST_SIZE)
    for index, value in state.statuses.items():
        statuses[index] = value
    return token_status_list.sign_list(
        token_status_list.encode(bytes(statuses), bits=2),
        bits=2,
        uri=uri,
        signer=signer,
        at=at,
        lifetime=LIFETIME,
        time_to_live=TIME_TO_LIVE,
    ).encode()


def _bitstring(
    uri: str, purpose: Purpose, state: ListState, signer: Signer, issuer: str, at: datetime
) -> bytes:
    wanted = STATUS_VALUE[PURPOSE_WORD[purpose]]
    bits = bytearray(LIST_SIZE)
    for index, value in state.statuses.items():
        bits[index] = value == wanted
    document = bitstring_status_list.credential(
        uri,
        bits,
        purpose=purpose,
        issuer=issuer,
        at=at,
        expires=at + LIFETIME,
        time_to_live=TIME_TO_LIVE,
    )
    return compact_json(bitstring_status_list.sign(document, signer, at=at))


router = APIRouter()
"""Stands at the root for the first organisation and at ``/o/{slug}`` for each other one."""


@router.get("/status/token/{number}")
def token_list(number: int, request: Request, ports: PortsOf) -> Response:
    """Token Status List, section 8.1: one signed token."""
    return _answer(
        request, current(ListName(ports.organisation_id, StatusKind.TOKEN, number), ports)
    )


@router.get("/status/bitstring/{purpose}/{number}")
def bitstring_list(purpose: str, number: int, request: Request, ports: PortsOf) -> Response:
    """Bitstring Status List 1.0, section 2.2: the list of one purpose, as a credential."""
    if purpose not in set(PURPOSE_WORD):
        raise RejectedError("not_found", "no such status list")
    name = ListName(ports.organisation_id, StatusKind.BITSTRING, number, Purpose(purpose))
    return _answer(request, current(name, ports))


def _answer(request: Request, published: Published) -> Response:
    head = published.head
    headers = {
        "ETag": head.etag,
        "Cache-Control": f"no-cache, stale-if-error={TIME_TO_LIVE // timedelta(seconds=1)}",
        "Last-Modified": format_datetime(head.moment.astimezone(UTC), usegmt=True),
    }
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if head.etag in known:
        return Response(status_code=304, headers=headers)
    return Response(published.body, media_type=head.content_type, headers=headers)
