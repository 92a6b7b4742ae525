"""The verifier's schema: databases of 0.1.0 go on, and the last step agrees with the models."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from service.database import Database
from service.migrations import current, differences, downgrade, head, upgrade
from verifier.tables import VerifierTable

DOCUMENT = "INSERT INTO document (url, body, fetched_at) VALUES ('https://a.example', '', 1)"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of either kind."""
    database = Database(database_url)
    yield database
    database.close()


def test_the_last_step_agrees_with_the_models(database: Database) -> None:
    upgrade(database, "verifier")
    assert differences(database, VerifierTable.metadata) == []
    downgrade(database, "verifier", to="base")
    assert len(differences(database, VerifierTable.metadata)) > 2  # a difference would be seen


def test_a_database_of_release_0_1_0_goes_on_with_its_rows(database: Database) -> None:
    database.create_all(VerifierTable.metadata)  # its tables have not changed since
    with database.transaction() as session:
        session.connection().execute(text(DOCUMENT))
    upgrade(database, "verifier", models=VerifierTable.metadata)
    assert current(database) == head("verifier")
    with database.reading() as session:
        assert session.connection().execute(text("SELECT url FROM document")).scalar() == (
            "https://a.example"
        )
