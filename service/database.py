"""One database per service: SQLite through SQLModel, kept to what PostgreSQL does as well.

Each service has its own registry of tables, declared once in its ``tables.py``:

    class IssuerTable(SQLModel, registry=registry()):
        '''Base of all tables of this service.'''

    class Offer(IssuerTable, table=True):
        id: str = Field(primary_key=True)

    database = Database(tmp / "issuer.db")
    database.create_all(IssuerTable.metadata)
    with database.transaction() as session:
        session.add(Offer(id="1"))

Two services with a table of the same name would clash on SQLModel's shared registry.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import RLock

from sqlalchemy import Connection, Engine, MetaData, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

BUSY_MILLISECONDS = 5_000
"""How long a writer waits for another: a transaction here takes milliseconds."""


def _prepare_connection(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Set what SQLite forgets at each connection, and take BEGIN out of the driver's hands."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once: a reader that turns writer half-way could only fail."""
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


class Database:
    """An engine and the only two ways to open a transaction on it."""

    def __init__(self, location: Path | str) -> None:
        """Open the database.

        Args:
            location: a file for SQLite, made when absent, or a database URL.
        """
        if isinstance(location, Path):
            location.parent.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{location}" if isinstance(location, Path) else location
        self._sqlite = url.startswith("sqlite")
        self.engine: Engine = create_engine(url)
        # SQLite lets writers wait by polling, and one can starve; our own threads queue instead
        self._turn: AbstractContextManager[object] = RLock() if self._sqlite else nullcontext()
        if self._sqlite:
            event.listen(self.engine, "connect", _prepare_connection)
            event.listen(self.engine, "begin", _begin)

    def create_all(self, metadata: MetaData) -> None:
        """Make the tables that are not there yet."""
        metadata.create_all(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction for writing: committed at the end, undone when an error rises."""
        with self._turn, Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view for reading, which never waits for a writer."""
        engine = self.engine.execution_options(read_only=True)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def is_alive(self) -> bool:
        """Whether the database answers a question."""
        with self.reading() as session:
            return session.connection().execute(text("SELECT 1")).scalar() == 1

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_database(url: str | None, *, file: Path) -> Database:
    """The database of the settings, or the file beside the service's other files."""
    return Database(url) if url else Database(file)
