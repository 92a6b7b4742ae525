"""The issuer's schema: databases of 0.1.0 go on, and the last step agrees with the models."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, text

from issuer.tables import IssuerTable
from service.database import Database
from service.migrations import current, differences, downgrade, head, upgrade

DATA = Path(__file__).parent / "data"

FACTS = {
    "organisation": "id, name",
    "offer": "id, state, organisation_id",
    "issued": "id, status, holder",
    "status_slot": "list_id, position, issued_id, status",
    "audit_entry": "action, about",
}
"""What no step may lose."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of either kind."""
    database = Database(database_url)
    yield database
    database.close()


def run(database: Database, file: str) -> None:
    """Run the statements of a file in one transaction."""
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    statements = "\n".join(line for line in lines if not line.startswith("--")).split(";")
    with database.transaction() as session:
        for statement in filter(str.strip, statements):
            session.connection().execute(text(statement))


def make_release(database: Database) -> None:
    """Make the tables as release 0.1.0 did."""
    run(database, f"release_0_1_0.{'sqlite' if database.is_sqlite else 'postgresql'}.sql")


def schema_of_release(database: Database) -> MetaData:
    """The tables of release 0.1.0, read back from the database."""
    make_release(database)
    metadata = MetaData()
    metadata.reflect(database.engine)
    metadata.drop_all(database.engine)
    return metadata


def facts(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """The rows that matter."""
    with database.reading() as session:
        return {
            table: [
                tuple(row)
                for row in session.connection().execute(text(f"SELECT {columns} FROM {table}"))  # noqa: S608 - our own words
            ]
            for table, columns in FACTS.items()
        }


def test_step_0001_is_the_schema_of_release_0_1_0(database: Database) -> None:
    release = schema_of_release(database)
    upgrade(database, "issuer", to="0001")
    assert differences(database, release) == []
    release.remove(release.tables["token"])
    assert differences(database, release) != []  # a difference would be seen


def test_the_last_step_agrees_with_the_models(database: Database) -> None:
    """While 0001 is the last step, the models are those of that release."""
    models = schema_of_release(database) if head("issuer") == "0001" else IssuerTable.metadata
    upgrade(database, "issuer")
    assert differences(database, models) == []


def test_a_database_of_release_0_1_0_goes_on_with_its_rows(database: Database) -> None:
    make_release(database)
    run(database, "release_0_1_0.rows.sql")
    before = facts(database)
    upgrade(database, "issuer")
    assert current(database) == head("issuer")
    assert facts(database) == before
    assert all(before.values())


def test_the_steps_can_be_taken_back_with_rows(database: Database) -> None:
    make_release(database)
    run(database, "release_0_1_0.rows.sql")
    before = facts(database)
    upgrade(database, "issuer")
    downgrade(database, "issuer", to="0001")
    assert facts(database) == before
