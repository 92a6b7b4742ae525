"""Publishing the status lists: signed when something changed, the same bytes until then.

A change shows at once: readers must ask again each time (``no-cache``), and an ETag makes that
cheap. The lists' own ``ttl`` says how long a copy may serve where the issuer cannot be reached.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from credentials.encoding import compact_json
from credentials.errors import RejectedError
from credentials.model import Purpose, StatusKind
from credentials.status import bitstring_status_list, token_status_list
from issuer.doors import PortsOf
from issuer.ports import Ports
from issuer.status import LIST_SIZE, STATUS_VALUE, ListState, list_uri, read, version_of
from issuer.tables import StatusWord

TIME_TO_LIVE = timedelta(minutes=15)
"""How old a copy may be (security.md, section 4)."""

LIFETIME = timedelta(hours=24)
"""After that a list says nothing any more, so that nobody lives on an old one for ever."""

SIGN_AGAIN = timedelta(minutes=10)
"""A list that did not change is signed again well within its time to live."""

MAX_KEPT = 64
"""Signed lists in memory, some 100 kB each at worst."""

PURPOSE_WORD = {Purpose.REVOCATION: StatusWord.REVOKED, Purpose.SUSPENSION: StatusWord.SUSPENDED}
"""Which status each bitstring list shows."""


@dataclass(frozen=True, slots=True)
class Published:
    """One signed list."""

    body: bytes
    content_type: str
    etag: str
    version: int
    signed_at: datetime


@dataclass(slots=True)
class Publisher:
    """Signs lists and keeps them until their version changes or they grow old."""

    _kept: dict[str, Published] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def publish(
        self, kind: StatusKind, number: int, purpose: Purpose, *, ports: Ports
    ) -> Published:
        """The list as it is now.

        Raises:
            RejectedError: ``not_found``.
        """
        at = ports.clock()
        uri = list_uri(ports.origin, kind, number, purpose)
        with ports.database.reading() as session:
            version = version_of(session, kind, number, ports=ports)
        with self._lock:
            kept = self._kept.get(uri)
        if kept is not None and kept.version == version and at - kept.signed_at < SIGN_AGAIN:
            return kept
        with ports.database.reading() as session:
            state = read(session, kind, number, ports=ports)
        made = _sign(uri, kind, purpose, state, ports=ports, at=at)
        with self._lock:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            newest = self._kept.get(uri)
            if newest is None or newest.version <= made.version:
                self._kept[uri] = made
        return made


def _sign(
    uri: str, kind: StatusKind, purpose: Purpose, state: ListState, *, ports: Ports, at: datetime
) -> Published:
    if kind is StatusKind.TOKEN:
        body, content_type = _token(uri, state, ports, at), "application/statuslist+jwt"
    else:
        body, content_type = _bitstring(uri, purpose, state, ports, at), "application/vc"
    digest = hashlib.sha256(body).hexdigest()[:32]
    return Published(body, content_type, f'"{digest}"', state.version, at)


def _token(uri: str, state: ListState, ports: Ports, at: datetime) -> bytes:
    statuses = bytearray(LIST_SIZE)
    for index, value in state.statuses.items():
        statuses[index] = value
    return token_status_list.sign_list(
        token_status_list.encode(bytes(statuses), bits=2),
        bits=2,
        uri=uri,
        signer=ports.signers["dc+sd-jwt"],
        at=at,
        lifetime=LIFETIME,
        time_to_live=TIME_TO_LIVE,
    ).encode()


def _bitstring(uri: str, purpose: Purpose, state: ListState, ports: Ports, at: datetime) -> bytes:
    wanted = STATUS_VALUE[PURPOSE_WORD[purpose]]
    bits = bytearray(LIST_SIZE)
    for index, value in state.statuses.items():
        bits[index] = value == wanted
    document = bitstring_status_list.credential(
        uri, bits, purpose=purpose, issuer=ports.did, at=at, expires=at + LIFETIME
    )
    signed = bitstring_status_list.sign(document, ports.signers["ldp_vc"], at=at)
    return compact_json(signed)


def _publisher(request: Request) -> Publisher:
    found: Publisher = request.app.state.publisher
    return found


PublisherOf = Annotated[Publisher, Depends(_publisher)]

router = APIRouter()


@router.get("/status/token/{number}")
def token_list(number: int, request: Request, ports: PortsOf, publisher: PublisherOf) -> Response:
    """Token Status List, section 8.1: one signed token."""
    return _answer(request, publisher.publish(StatusKind.TOKEN, number, Purpose.ANY, ports=ports))


@router.get("/status/bitstring/{purpose}/{number}")
def bitstring_list(
    purpose: str, number: int, request: Request, ports: PortsOf, publisher: PublisherOf
) -> Response:
    """Bitstring Status List 1.0, section 2.2: the list of one purpose, as a credential."""
    if purpose not in set(PURPOSE_WORD):
        raise RejectedError("not_found", "no such status list")
    found = publisher.publish(StatusKind.BITSTRING, number, Purpose(purpose), ports=ports)
    return _answer(request, found)


def _answer(request: Request, published: Published) -> Response:
    headers = {"ETag": published.etag, "Cache-Control": "no-cache"}
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if published.etag in known:
        return Response(status_code=304, headers=headers)
    return Response(published.body, media_type=published.content_type, headers=headers)
