"""Who is signed in: an opaque cookie in the browser, and a row here for each browser.

    logins = Logins(LoginRow, name="login", clock=clock, secure=settings.is_secure)
    token = logins.begin(session, owner_id, device=device_of(request), old=logins.token(request))
    logins.keep(response, token)                       # after the commit
    login = logins.current(database, request)          # None: send them to the sign-in page

The cookie says nothing about anybody and the row holds only its hash. Fifteen minutes without a
page or twelve hours end it (wallet.md, section 4). It is ``SameSite=Strict``; what changes
something also passes ``service.forms`` (Sec-Fetch-Site, Origin, form token).
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request, Response
from sqlalchemy import delete, or_
from sqlmodel import Field, Session, SQLModel, col, select

from credentials.encoding import b64url_encode
from credentials.errors import RejectedError
from service.clock import Clock
from service.columns import UtcTime
from service.database import Database

IDLE = timedelta(minutes=15)
"""After this long without a page the browser is signed out."""

MOST = timedelta(hours=12)
"""A working day; then the person shows a passkey again."""

TOUCH = timedelta(minutes=1)
"""A row is written no more often than this: not each page costs a write."""

TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")

BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
"""What a person needs to know their own devices apart, and no more: no versions, no address."""


class Login(SQLModel):
    """Columns of a role's table of signed-in browsers; the role adds ``table=True``.

    Attributes:
        id: names the row on the person's own page; opens nothing.
        token_hash: SHA-256 of the cookie, hex.
        owner_id: who is signed in.
        device: see ``device_of``.
    """

    id: str = Field(primary_key=True)
    token_hash: str = Field(unique=True)
    owner_id: str = Field(index=True)
    device: str = ""
    started_at: datetime = Field(sa_type=UtcTime, index=True)
    seen_at: datetime = Field(sa_type=UtcTime, index=True)


@dataclass(frozen=True, slots=True)
class Logins:
    """The signed-in browsers of one service.

    Attributes:
        name: of the cookie; services on one host, told apart by port, must not share it.
        secure: cookies travel over https only; False in a trial on http://localhost alone.
    """

    table: type[Login]
    name: str
    clock: Clock
    secure: bool
    entropy: Callable[[int], bytes] = secrets.token_bytes

    @property
    def cookie(self) -> str:
        """The cookie's name; with the prefix no other host can plant it."""
        return f"__Host-{self.name}" if self.secure else self.name

    def begin(self, session: Session, owner_id: str, *, device: str = "", old: str = "") -> str:
        """Sign a browser in, with a fresh cookie.

        Args:
            session: the caller's transaction.
            owner_id: who showed a passkey just now.
            device: see ``device_of``.
            old: the cookie the browser had; it ends here (a planted one is worth nothing).

        Returns:
            The cookie's value; nobody can read it back.
        """
        now = self.clock()
        ended = or_(
            col(self.table.seen_at) <= now - IDLE,
            col(self.table.started_at) <= now - MOST,
            col(self.table.token_hash) == _hash(old),
        )
        session.connection().execute(delete(self.table).where(ended))
        token = b64url_encode(self.entropy(TOKEN_BYTES))
        row = self.table(
            id=b64url_encode(self.entropy(16)),
            token_hash=_hash(token),
            owner_id=owner_id,
            device=device,
            started_at=now,
            seen_at=now,
        )
        session.add(row)
        return token

    def find(self, session: Session, token: str) -> Login | None:
        """The row of this cookie, while it counts."""
        if not _TOKEN.fullmatch(token):
            return None
        statement = select(self.table).where(self.table.token_hash == _hash(token))
        row, now = session.exec(statement).first(), self.clock()
        if row is None or now - row.seen_at >= IDLE or now - row.started_at >= MOST:
            return None
        return row

    def current(self, database: Database, request: Request) -> Login | None:
        """Who asks for this page; notes, once a minute, that they are still there."""
        token = self.token(request)
        with database.reading() as session:
            row = self.find(session, token)
        if row is None or self.clock() - row.seen_at < TOUCH:
            return row
        with database.transaction() as session:
            row = self.find(session, token)
            if row is not None:
                row.seen_at = self.clock()
            return row

    def of_owner(self, session: Session, owner_id: str) -> Sequence[Login]:
        """The browsers in which somebody is signed in now, last used first."""
        now = self.clock()
        statement = select(self.table).where(
            self.table.owner_id == owner_id,
            col(self.table.seen_at) > now - IDLE,
            col(self.table.started_at) > now - MOST,
        )
        return session.exec(statement.order_by(col(self.table.seen_at).desc())).all()

    def end(self, session: Session, login_id: str, *, owner_id: str) -> None:
        """Sign one browser out, at the wish of its owner.

        Raises:
            RejectedError: ``not_found``: there is none, or it is somebody else's.
        """
        row = session.get(self.table, login_id)
        if row is None or row.owner_id != owner_id:
            raise RejectedError("not_found", "no login of that id")
        session.delete(row)

    def end_all(self, session: Session, owner_id: str, *, but: str = "") -> None:
        """Sign somebody out everywhere, but for the login with this id."""
        mine = delete(self.table).where(col(self.table.owner_id) == owner_id)
        session.connection().execute(mine.where(col(self.table.id) != but))

    def token(self, request: Request) -> str:
        """The cookie's value; empty where there is none."""
        return request.cookies.get(self.cookie, "")

    def keep(self, response: Response, token: str) -> None:
        """Send the cookie; it ends with the browser, or by the row."""
        response.set_cookie(
            self.cookie, token, httponly=True, secure=self.secure, samesite="strict", path="/"
        )

    def drop(self, response: Response) -> None:
        """Take the cookie back."""
        response.delete_cookie(
            self.cookie, httponly=True, secure=self.secure, samesite="strict", path="/"
        )


def device_of(request: Request) -> str:
    """Browser and system in two words, such as ``Firefox, Linux``; ``?`` is one we do not know."""
    sent = request.headers.get("user-agent", "")[:400]
    return ", ".join(
        next((name for mark, name in marks if mark in sent), "?") for marks in (BROWSERS, SYSTEMS)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
