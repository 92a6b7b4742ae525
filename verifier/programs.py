"""Programs that act for a firm (``service.programs``), and what each key opens."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from credentials.errors import RejectedError
from credentials.model import Entropy
from service import programs
from service.problems import OAuthError
from verifier import organisations
from verifier.key_uses import KeyUses
from verifier.ports import Ports, PortsOf
from verifier.tables import ApiKey, Organisation


class Scope(StrEnum):
    """What a key opens.

    Attributes:
        REQUESTS: to ask, and to take a question back.
        CHECKS: to have deelkaarten and many proofs checked.
        RESULTS: to read where a question is and what came of it.
        EVENTS: to say who is told.
    """

    REQUESTS = "requests"
    CHECKS = "checks"
    RESULTS = "results"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Caller:
    """The program behind a request, and the firm it acts for.

    Attributes:
        id: of its key; ``operator`` for the key of the settings.
    """

    id: str
    scopes: frozenset[Scope]
    organisation: Organisation
    ports: Ports

    def require(self, scope: Scope) -> None:
        """Refuse a key that does not open this.

        Raises:
            RejectedError: ``scope_missing``.
        """
        if scope not in self.scopes:
            raise RejectedError("scope_missing", f"the key lacks {scope}")


def caller_of(request: Request, ports: PortsOf) -> Caller:
    """The program that calls, by the key in its ``Authorization`` header.

    Raises:
        OAuthError: ``unauthorized``.
    """
    key = programs.shown_key(request)
    if key and hmac.compare_digest(key.encode(), ports.api_key.encode()):
        identifier, owner, scopes = "operator", organisations.OWN, frozenset(Scope)
    else:
        try:
            row = programs.find_key(ports.database, ApiKey, key)
        except RejectedError as error:
            told = {"WWW-Authenticate": "Bearer"}
            raise OAuthError("invalid_token", code=error.code, status=401, headers=told) from error
        uses: KeyUses = request.app.state.uses
        uses.note(row)
        identifier, owner = row.id, row.organisation_id
        scopes = frozenset(map(Scope, row.scopes))
    with ports.database.reading() as session:
        return Caller(identifier, scopes, organisations.find(session, owner), ports)


CallerOf = Annotated[Caller, Depends(caller_of)]
"""For ``/api``; a handler calls ``caller.require(Scope...)`` first."""


def make_key(
    session: Session,
    name: str,
    organisation_id: str,
    *,
    scopes: Iterable[str],
    entropy: Entropy,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Make a key for a program of a firm: its row, and the key itself, shown this once.

    Raises:
        MalformedError: ``api_key_invalid``.
        RejectedError: ``too_many_keys``.
    """
    organisations.take_turn(session, organisation_id)
    return programs.make_key(
        session,
        ApiKey,
        name,
        organisation_id,
        scopes=scopes,
        known=Scope,
        entropy=entropy,
        actor=organisation_id,
        at=at,
    )


def keys(session: Session, organisation_id: str) -> list[ApiKey]:
    """The keys of a firm that still open something, the oldest first."""
    return programs.keys(session, ApiKey, organisation_id)


def end_key(session: Session, key_id: str, organisation_id: str, *, at: datetime) -> None:
    """Let a key open nothing any more.

    Raises:
        RejectedError: ``not_found``, also where it is another firm's.
    """
    programs.end_key(session, ApiKey, key_id, organisation_id, at=at)
