"""A database goes from release to release with its rows, or is refused and left as it was."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Event
from time import sleep
from typing import ClassVar

import pytest
from sqlalchemy import UniqueConstraint, inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from credentials.errors import RejectedError
from service import database as database_module
from service import migrations
from service.columns import UtcTime
from service.database import Database
from service.migrations import current, differences, downgrade, draft, head, upgrade

ROLE = "tests.service.steps"


class Table(SQLModel, registry=registry()):
    """Base of the tables of these tests, as they are after the last step."""


class Shelf(Table, table=True):
    __table_args__ = (UniqueConstraint("hall", "place", name="shelf_hall_place_key"),)
    __tablename__: ClassVar[str] = "shelf"
    id: int | None = Field(default=None, primary_key=True)
    hall: str
    place: str


class Box(Table, table=True):
    __tablename__: ClassVar[str] = "box"
    id: int | None = Field(default=None, primary_key=True)
    shelf_id: int = Field(foreign_key="shelf.id")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of either kind."""
    database = Database(database_url)
    yield database
    database.close()


def execute(database: Database, *statements: str) -> None:
    """Run statements in one transaction."""
    with database.transaction() as session:
        for statement in statements:
            session.connection().execute(text(statement))


def tables(database: Database) -> set[str]:
    """The names of all tables."""
    return set(inspect(database.engine).get_table_names())


SOME_ROWS = (
    "INSERT INTO shelf (id, place) VALUES (1, 'a')",
    "INSERT INTO box (id, shelf_id) VALUES (1, 1)",
)


def test_an_empty_database_gets_all_steps_and_agrees_with_the_models(database: Database) -> None:
    upgrade(database, ROLE)
    assert (current(database), head(ROLE)) == ("0002", "0002")
    assert differences(database, Table.metadata) == []
    upgrade(database, ROLE)  # a second start finds nothing to do
    execute(database, "ALTER TABLE box ADD COLUMN colour VARCHAR")
    assert len(differences(database, Table.metadata)) == 1  # and a difference would be seen


def test_an_empty_database_is_made_from_the_models_at_once(database: Database) -> None:
    upgrade(database, ROLE, models=Table.metadata)
    assert current(database) == head(ROLE)
    assert differences(database, Table.metadata) == []
    downgrade(database, ROLE, to="0001")
    execute(database, *SOME_ROWS)
    upgrade(database, ROLE, models=Table.metadata)  # no longer empty: by the steps
    with database.reading() as session:
        assert session.connection().execute(text("SELECT hall FROM shelf")).scalar() == "north"


def test_a_start_that_finds_all_steps_taken_waits_for_no_writer(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "WAIT_MILLISECONDS", 20)
    database, other = Database(sqlite_url), Database(sqlite_url)
    upgrade(database, ROLE)
    with database.transaction() as session:
        session.connection().execute(text("DELETE FROM box"))
        upgrade(other, ROLE)
        with pytest.raises(OperationalError, match="locked"):
            upgrade(other, ROLE, to="0002")  # the long way asks for the turn to write
    database.close()
    other.close()


def test_rows_and_what_refers_to_them_are_kept(database: Database) -> None:
    upgrade(database, ROLE, to="0001")
    execute(database, *SOME_ROWS)
    upgrade(database, ROLE)
    with database.reading() as session:
        rows = session.connection().execute(text("SELECT id, hall, place FROM shelf")).all()
        boxes = session.connection().execute(text("SELECT id, shelf_id FROM box")).all()
    assert ([tuple(row) for row in rows], [tuple(row) for row in boxes]) == (
        [(1, "north", "a")],
        [(1, 1)],
    )
    execute(database, "INSERT INTO shelf (id, hall, place) VALUES (2, 'south', 'a')")
    with pytest.raises(IntegrityError):  # references are looked at again
        execute(database, "INSERT INTO box (id, shelf_id) VALUES (2, 99)")


def test_a_step_can_be_taken_back(database: Database) -> None:
    upgrade(database, ROLE, to="0001")
    execute(database, *SOME_ROWS)
    upgrade(database, ROLE)
    downgrade(database, ROLE, to="0001")
    assert current(database) == "0001"
    assert "hall" not in {each["name"] for each in inspect(database.engine).get_columns("shelf")}
    downgrade(database, ROLE, to="base")
    assert tables(database) == {"alembic_version"}


def test_a_database_of_a_later_release_is_refused_and_left_alone(database: Database) -> None:
    upgrade(database, ROLE)
    execute(database, "UPDATE alembic_version SET version_num = '0009'")
    for change in (upgrade, lambda *args: downgrade(*args, to="0001")):
        with pytest.raises(RejectedError) as caught:
            change(database, ROLE)
        assert caught.value.code == "config_database_future"
        assert "0009" in caught.value.detail
        assert "0002" in caught.value.detail
    assert current(database) == "0009"


def test_tables_without_a_note_are_recognised_as_the_first_release(database: Database) -> None:
    upgrade(database, ROLE, to="0001")
    execute(database, "DROP TABLE alembic_version", *SOME_ROWS)
    upgrade(database, ROLE)
    assert current(database) == "0002"
    with database.reading() as session:
        assert session.connection().execute(text("SELECT hall FROM shelf")).scalar() == "north"


def test_tables_of_somebody_else_are_refused(database: Database) -> None:
    execute(database, "CREATE TABLE shelf (id INTEGER)")
    with pytest.raises(RejectedError) as caught:
        upgrade(database, ROLE)
    assert caught.value.code == "config_database_foreign"
    assert tables(database) == {"shelf"}


def test_a_step_that_fails_leaves_nothing_behind(database: Database) -> None:
    upgrade(database, ROLE, to="0001")
    execute(database, *SOME_ROWS, "INSERT INTO shelf (id, place) VALUES (2, 'b')")
    execute(database, "CREATE TABLE _alembic_tmp_shelf (id INTEGER)", "DROP TABLE box")
    execute(database, "ALTER TABLE shelf ADD COLUMN hall VARCHAR")
    with pytest.raises(Exception, match=r"hall|_alembic_tmp_shelf"):
        upgrade(database, ROLE)
    assert current(database) == "0001"
    assert tables(database) == {"alembic_version", "shelf", "_alembic_tmp_shelf"}


def test_two_services_that_start_at_once_both_find_it_done(database_url: str) -> None:
    def start(_: int) -> str | None:
        database = Database(database_url)
        upgrade(database, ROLE)
        step = current(database)
        database.close()
        return step

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(start, range(3))) == ["0002"] * 3


def test_who_starts_during_an_upgrade_waits_longer_than_a_writer_does(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_MILLISECONDS", 20)
    monkeypatch.setattr(migrations, "BUSY_MILLISECONDS", 20)
    first, second = Database(database_url), Database(database_url)
    upgrade(first, ROLE, to="0001")
    begun = Event()

    def start() -> str | None:
        begun.set()
        upgrade(second, ROLE)
        return current(second)

    with ThreadPoolExecutor(1) as threads, first.engine.connect() as upgrading:
        with upgrading.begin():
            if not first.is_sqlite:
                lock = migrations.MIGRATION_LOCK
                upgrading.execute(text(f"SELECT pg_advisory_xact_lock({lock})"))
            upgrading.execute(text("INSERT INTO shelf (id, place) VALUES (1, 'a')"))
            started = threads.submit(start)
            assert begun.wait(60)
            sleep(0.3)
            assert not started.done()
        assert started.result() == "0002"
    first.close()
    second.close()


def role(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A role without steps, as the package ``drafted``."""
    package = folder / "drafted" / "migrations"
    (package / "versions").mkdir(parents=True)
    (folder / "drafted" / "__init__.py").touch()
    template = Path(__file__).parent / "steps" / "migrations" / "script.py.mako"
    (package / "script.py.mako").write_text(template.read_text())
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "drafted", raising=False)


def test_a_step_is_drafted_from_the_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    class Newer(SQLModel, registry=registry()):
        """The same tables, and one more."""

    class Label(Newer, table=True):
        __tablename__: ClassVar[str] = "label"
        id: str = Field(primary_key=True)
        printed_at: datetime = Field(sa_type=UtcTime)

    role(tmp_path, monkeypatch)
    made = draft("drafted", Newer.metadata, "labels", database=database)
    assert made.name == "0001_labels.py"
    assert "sa.Column('printed_at', sa.DateTime()" in made.read_text()
    upgrade(database, "drafted")
    assert differences(database, Newer.metadata) == []
    assert Label.__tablename__ in tables(database)


def test_a_constraint_without_a_name_is_drafted_by_the_name_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    class Older(SQLModel, registry=registry()):
        """What the first step makes."""

    class OldShelf(Older, table=True):
        __tablename__: ClassVar[str] = "shelf"
        __table_args__ = (UniqueConstraint("place"),)
        id: str = Field(primary_key=True)
        place: str

    class Newer(SQLModel, registry=registry()):
        """What the second step makes of it."""

    class NewShelf(Newer, table=True):
        __tablename__: ClassVar[str] = "shelf"
        __table_args__ = (UniqueConstraint("place", "id"),)
        id: str = Field(primary_key=True)
        place: str

    role(tmp_path, monkeypatch)
    database = Database(postgres_url)
    draft("drafted", Older.metadata, "a shelf", database=database)
    made = draft("drafted", Newer.metadata, "wider", database=database)
    assert "drop_constraint(batch_op.f('shelf_place_key')" in made.read_text()
    assert "create_unique_constraint('shelf_place_id_key'" in made.read_text()
    upgrade(database, "drafted")
    assert differences(database, Newer.metadata) == []
    downgrade(database, "drafted", to="0001")
    assert differences(database, Older.metadata) == []
    assert OldShelf.__tablename__ == NewShelf.__tablename__
    on_sqlite = Database(tmp_path / "same.db")
    upgrade(on_sqlite, "drafted", to="0001")
    execute(on_sqlite, "INSERT INTO shelf (id, place) VALUES ('1', 'a')")
    upgrade(on_sqlite, "drafted")
    execute(on_sqlite, "INSERT INTO shelf (id, place) VALUES ('2', 'a')")  # unique no longer
    on_sqlite.close()
    database.close()
