"""What a firm's systems are told of its questions (``service.receivers``): an id, and no more."""

from datetime import datetime

from sqlmodel import Session

from verifier.ports import Ports
from verifier.tables import RequestRow

ANSWERED = "request.answered"
"""There is an answer, or a refusal, and it was checked."""

DELETED = "request.deleted"
"""The holder had the result erased."""

KINDS = (ANSWERED, DELETED)
"""Everything that is told."""


def emit(session: Session, kind: str, row: RequestRow, *, ports: Ports, at: datetime) -> None:
    """Tell the firm that asked, once this transaction is committed; nobody for who has none."""
    if row.organisation_id is not None and row.session_hash is None:
        ports.told.emit(session, row.organisation_id, kind, {"request": row.id}, at=at)
