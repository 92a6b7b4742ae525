"""What is kept of an organisation counts as long as its row is as it was, whoever changed it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from credentials.errors import RejectedError
from issuer.installation import FIRST, Installation, change_organisation, keep_organisation
from tests.issuer.offices import open_offices

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Installation]:
    installation = open_offices(tmp_path)
    yield installation
    installation.database.close()


@pytest.fixture
def elsewhere(tmp_path: Path, offices: Installation) -> Iterator[Installation]:
    """Another process at work on the same database."""
    other = open_offices(tmp_path, signers_of=offices.signers_of)
    yield other
    other.database.close()


def test_a_change_of_another_process_is_seen_with_the_next_request(
    offices: Installation, elsewhere: Installation
) -> None:
    assert offices.ports_at("").identity.bulk_limit == 25
    with elsewhere.database.transaction() as session:
        change_organisation(session, FIRST, bulk_limit="7", domain="", status_hosting="own")
    assert offices.ports_at("").identity.bulk_limit == 7
    with elsewhere.database.transaction() as session:
        keep_organisation(
            session,
            offices.settings,
            organisation_id=FIRST,
            slug="",
            name=offices.ports_at("").identity.name,
            roles=frozenset(),
        )
    assert dict(offices.ports_at("").templates) == {}


def test_what_did_not_change_is_not_opened_again(offices: Installation) -> None:
    kept, asked = offices.ports_at(""), list[str]()
    event.listen(
        offices.database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: asked.append(statement),
    )
    assert offices.ports_at("") is kept
    assert sum("organisation" in statement for statement in asked) == 1
    assert sum(statement.startswith("SELECT") for statement in asked) == 1


def test_an_organisation_that_is_not_there_is_not_found(offices: Installation) -> None:
    with pytest.raises(RejectedError, match="not_found"):
        offices.ports_at("nobody")
