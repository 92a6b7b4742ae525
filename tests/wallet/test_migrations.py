"""The blind service's schema: what a trial made before goes on; steps and models agree."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from credentials.errors import RejectedError
from service.database import Database
from service.migrations import current, differences, downgrade, head, upgrade
from wallet.tables import WalletTable

RECEIPT = "INSERT INTO deletion_receipt (id, deleted_at) VALUES ('r', '2026-11-23 12:00:00')"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of either kind."""
    database = Database(database_url)
    yield database
    database.close()


def test_the_last_step_agrees_with_the_models(database: Database) -> None:
    upgrade(database, "wallet")
    assert differences(database, WalletTable.metadata) == []
    downgrade(database, "wallet", to="base")
    assert len(differences(database, WalletTable.metadata)) > 2  # a difference would be seen


def test_a_database_that_a_trial_made_goes_on_with_its_rows(database: Database) -> None:
    database.create_all(WalletTable.metadata)
    with database.transaction() as session:
        session.connection().execute(text(RECEIPT))
    upgrade(database, "wallet", models=WalletTable.metadata)
    assert current(database) == head("wallet")
    with database.reading() as session:
        assert session.connection().execute(text("SELECT id FROM deletion_receipt")).scalar() == "r"


def test_no_step_back_loses_a_row(database: Database) -> None:
    upgrade(database, "wallet")
    with database.transaction() as session:
        session.connection().execute(text(RECEIPT))
    with pytest.raises(RejectedError, match="config_database_back"):
        downgrade(database, "wallet", to="base")
