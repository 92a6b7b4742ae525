"""When a firm's programs last came in, by the hour: a row of the week's events, told to nobody.

It lets a firm see which key nobody uses any more. What the program asked is not kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from service.clock import Clock
from service.database import Database
from verifier.tables import ApiKey, Event

KIND = "key.used"

NOTED_EVERY = timedelta(hours=1)
"""A row is written no more often than this: not each call costs a write."""


@dataclass(slots=True)
class KeyUses:
    """Notes the use of keys; one for the process."""

    database: Database
    clock: Clock
    _noted: dict[str, datetime] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def note(self, key: ApiKey) -> None:
        """A program showed this key."""
        at = self.clock()
        with self._lock:
            before = self._noted.get(key.id)
            if before is not None and at < before + NOTED_EVERY:
                return
            self._noted[key.id] = at
        with self.database.transaction() as session:
            _write(session, key, at=at)


def uses(session: Session, organisation_id: str) -> Mapping[str, datetime]:
    """When each key of a firm was last used, by its id; who is not there was not used this week."""
    rows = session.exec(
        select(Event).where(Event.organisation_id == organisation_id, Event.kind == KIND)
    )
    return {row.id.removeprefix(f"{KIND}/"): row.at for row in rows}


def _write(session: Session, key: ApiKey, *, at: datetime) -> None:
    name = f"{KIND}/{key.id}"
    known = session.exec(update(Event).where(col(Event.id) == name).values(at=at))
    if known.rowcount:
        return
    row = Event(id=name, organisation_id=key.organisation_id, kind=KIND, body=b"", at=at)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return  # another process noted it meanwhile
