"""One database per service: SQLite or PostgreSQL, behind the same doors.

Each service has its own registry of tables, declared once in its ``tables``:

    class IssuerTable(SQLModel, registry=registry()):
        '''Base of all tables of this service.'''

    class Offer(IssuerTable, table=True):
        id: str = Field(primary_key=True)

    database = Database(tmp / "issuer.db")  # or Database("postgresql://user@host/name")
    upgrade(database, "issuer", models=IssuerTable.metadata)  # service.migrations
    with database.transaction() as session:
        session.add(Offer(id="1"))

Two services with a table of the same name would clash on SQLModel's shared registry.

What is read in order to be changed is read with its lock, or two writers lose one change on
PostgreSQL: ``session.get_one(Offer, "1", with_for_update=True)``, or a statement with
``.with_for_update()``. On SQLite that asks nothing more, for there is one writer at a time.
"""

import math
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, MetaData, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlmodel import Session, create_engine

from credentials.errors import RejectedError
from service.durability import Durability

BUSY_MILLISECONDS = 5_000
"""How long a writer waits for another: a transaction here takes milliseconds."""

CONNECT_SECONDS = 5
"""How long a PostgreSQL server may take to answer at all."""

POOL_SIZE, POOL_OVERFLOW = 10, 30
"""PostgreSQL connections kept, and more in a rush: as many as FastAPI has threads (40)."""

RESTED_SECONDS = 0.1
"""A PostgreSQL connection that was not used that long is tried first; no restart is sooner."""

_LAST, _USED_AT = "before_commit", "used_at"


class Database:
    """An engine and the only ways to open a transaction on it: to write, to read, to ask."""

    def __init__(self, location: Path | str, *, durability: Durability = Durability.FULL) -> None:
        """Open the database; nothing is connected yet.

        Args:
            location: a file for SQLite, made when absent, or a URL ``sqlite:///...`` or
                ``postgresql://...``.
            durability: what a commit has survived.

        Raises:
            RejectedError: ``config_database_url``: no URL of these two databases, or the extra
                ``postgres`` is not installed.
        """
        if isinstance(location, Path):
            location.parent.mkdir(parents=True, exist_ok=True)
        url = URL.create("sqlite", database=str(location)) if isinstance(location, Path) else None
        url = url or _read_url(str(location))
        self.is_sqlite = url.get_backend_name() == "sqlite"
        # SQLite lets writers wait by polling, and one can starve; our own threads queue instead
        self._turn: AbstractContextManager[object] = RLock() if self.is_sqlite else nullcontext()
        self.engine: Engine = (_sqlite if self.is_sqlite else _postgresql)(url, durability)
        self._reader = self.engine.execution_options(**_reading_options(is_sqlite=self.is_sqlite))
        weakref.finalize(self, self.engine.dispose)  # where nobody closed it

    @property
    def conninfo(self) -> str:
        """The address in PostgreSQL's own form, password included: never for a log."""
        plain = self.engine.url.set(drivername="postgresql")
        return plain.render_as_string(hide_password=False)

    def create_all(self, metadata: MetaData) -> None:
        """Make the tables that are not there yet."""
        metadata.create_all(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction for writing: committed at the end, undone when an error rises."""
        with self._turn, Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session
            for action in session.info.pop(_LAST, []):
                action(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view for reading, which never waits for a writer."""
        with Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """The same without objects, for what is asked with every request: half the price."""
        with self._reader.begin() as connection:
            yield connection

    def is_alive(self) -> bool:
        """Whether the database answers a question."""
        with self.reading() as session:
            return session.connection().execute(text("SELECT 1")).scalar() == 1

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def before_commit(session: Session, action: Callable[[Session], None]) -> None:
    """Do something as the last step of a ``Database.transaction``, in the order of asking.

    For a row that all writers want: taken last, it is held for the commit alone, and whoever waits
    for it holds nothing that its holder still needs.
    """
    session.info.setdefault(_LAST, []).append(action)


def open_database(
    url: str | None, *, file: Path, durability: Durability = Durability.FULL
) -> Database:
    """The database of the settings, or the file beside the service's other files."""
    return Database(url or file, durability=durability)


def _reading_options(*, is_sqlite: bool) -> dict[str, Any]:  # Any: as SQLAlchemy types them
    if is_sqlite:
        return {"read_only": True}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _read_url(text_of_url: str) -> URL:
    try:
        url = make_url(text_of_url)
    except ArgumentError as error:
        raise RejectedError("config_database_url", "not a URL of a database") from error
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise RejectedError("config_database_url", "sqlite or postgresql is asked")
    return url


def _sqlite(url: URL, durability: Durability) -> Engine:
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite(durability))
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql(url: URL, durability: Durability) -> Engine:
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            connect_args={"connect_timeout": CONNECT_SECONDS},
        )
    except ModuleNotFoundError as error:
        raise RejectedError("config_database_url", "install skillspass[postgres]") from error
    event.listen(engine, "connect", _prepare_postgresql(durability))
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _try_after_rest)
    event.listen(engine, "handle_error", _refuse_nul)
    return engine


def _note_use(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info[_USED_AT] = time.monotonic()


def _try_after_rest(
    connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Ask a connection that has rested whether its server is still there.

    A restarted server costs no request, and a busy connection is not asked before each.

    Raises:
        DisconnectionError: it is not; the pool then takes a fresh one.
    """
    if time.monotonic() - entry.info.get(_USED_AT, math.inf) < RESTED_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except connection.Error as error:
        raise DisconnectionError from error


def _refuse_nul(context: ExceptionContext) -> None:
    """No text of PostgreSQL holds a NUL: whoever asks for one finds nothing, as on SQLite.

    Raises:
        RejectedError: ``not_found``.
    """
    if "NUL (0x00)" in str(context.original_exception):
        raise RejectedError("not_found", "a NUL in a text") from None


def _begin(connection: Connection) -> None:
    """Take the write lock at once: a reader that turns writer half-way could only fail."""
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _prepare_sqlite(durability: Durability) -> Callable[[DBAPIConnection, object], None]:
    """Set what SQLite forgets at each connection, and take BEGIN out of the driver's hands."""

    def prepare(connection: DBAPIConnection, _entry: object) -> None:
        """Tell one new connection."""
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={durability.name}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    return prepare


def _prepare_postgresql(durability: Durability) -> Callable[[DBAPIConnection, object], None]:
    committing = "on" if durability is Durability.FULL else "off"

    def prepare(connection: DBAPIConnection, _entry: object) -> None:
        """Tell one new connection, outside any transaction: a rollback would undo it."""
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"SET synchronous_commit = {committing}")
        cursor.execute(f"SET lock_timeout = {BUSY_MILLISECONDS}")
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.close()
        connection.autocommit = False

    return prepare
