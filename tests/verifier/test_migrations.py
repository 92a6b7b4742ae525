"""The verifier's schema: databases of 0.1.0 go on, and the last step agrees with the models."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from credentials.errors import RejectedError
from service.database import Database
from service.migrations import current, differences, downgrade, head, upgrade
from verifier.tables import VerifierTable

DOCUMENT = "INSERT INTO document (url, body, fetched_at) VALUES ('https://a.example', '', 1)"
REQUEST = """
INSERT INTO request (id, reference, preset, language, state, nonce, correlation, encryption_jwk,
                     created_at, expires_at)
VALUES ('q', 'r', 'vca', 'nl', 'requested', 'n', 'c', '{}', 1, 2)
"""
RESULT = "INSERT INTO result VALUES ('q', 'passed', '1', 1, '[]')"
FIRM = """
INSERT INTO organisation (id, name, relation, purpose, legal_basis, retention_days, created_at)
VALUES ('f', 'Firm', 'other_employer', 'hiring', 'consent', 28, '2026-11-23 12:00:00')
"""


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


def of_release_0_1_0(database: Database) -> None:
    """The tables as that release made them, without a note of it, and a row in each."""
    upgrade(database, "verifier", to="0001")
    with database.transaction() as session:
        connection = session.connection()
        connection.execute(text("DROP TABLE alembic_version"))
        for row in (DOCUMENT, REQUEST, RESULT):
            connection.execute(text(row))


def test_a_database_of_release_0_1_0_goes_on_with_its_lists(database: Database) -> None:
    of_release_0_1_0(database)
    upgrade(database, "verifier", models=VerifierTable.metadata)
    assert current(database) == head("verifier")
    assert differences(database, VerifierTable.metadata) == []
    with database.reading() as session:
        connection = session.connection()
        assert connection.execute(text("SELECT url FROM document")).scalar() == "https://a.example"
        assert connection.execute(text("SELECT COUNT(*) FROM request")).scalar() == 0


def test_no_step_back_loses_a_firm(database: Database) -> None:
    upgrade(database, "verifier")
    downgrade(database, "verifier", to="0001")
    upgrade(database, "verifier")
    with database.transaction() as session:
        session.connection().execute(text(FIRM))
    with pytest.raises(RejectedError, match="config_database_back"):
        downgrade(database, "verifier", to="0001")
