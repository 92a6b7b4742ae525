"""The issuer's schema: databases of 0.1.0 go on, and the last step agrees with the models."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.exc import DBAPIError

from credentials.encoding import JsonObject, b64url_decode
from credentials.errors import RejectedError
from credentials.jose import peek
from credentials.model import StatusKind
from credentials.status import token_status_list
from issuer import audit, offers, status
from issuer.ports import Ports
from issuer.publishing import publish_due
from issuer.tables import IssuerTable
from service.database import Database
from service.migrations import current, differences, downgrade, head, upgrade
from tests.issuer.first_release import ISSUED, POOL, STATES, fill, made, make_release, run
from tests.issuer.office import Holder, Office, open_office

FACTS = {
    "organisation": "id, name, did",
    "batch": "id, organisation_id, name, digest, created_at, offers",
    "offer": "id, organisation_id, batch_id, line, link_id, code_hash, type_id, format, state,"
    " attempts, contents, person, created_at, expires_at, changed_at",
    "issued": "id, offer_id, holder, key_id, content_digest, state, notification_id, sealed,"
    " issued_at, status, status_reason, status_at",
    "nonce": "nonce_hash, expires_at, used_by",
    "status_list": "id, kind, number, version",
    "status_slot": "id, list_id, position, issued_id, status",
    "audit_entry": "id, organisation_id, at, action, about, reason",
}
"""What no step may lose."""

NEW = {
    "organisation": ("slug, bulk_limit, status_hosting, version", ("", 25, "own", 1)),
    "offer": ("template_version, delivery, ends_at", (0, None, None)),
    "issued": ("organisation_id, copy_number", ("own", 0)),
    "nonce": ("organisation_id", ("own",)),
    "status_slot": ("run", ("",)),
    "audit_entry": ("actor", ("operator",)),
}
"""What every old row of a table holds in the columns that came."""

GUARDS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, regexp_replace(pg_get_triggerdef(t.oid), ' ON [^ ]+', '')"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
    " JOIN pg_namespace n ON n.oid = relnamespace"
    " WHERE NOT tgisinternal AND nspname = current_schema()",
}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of either kind."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def filled(database: Database, tmp_path: Path) -> Database:
    """An office of release 0.1.0, with rows in every state."""
    make_release(database)
    fill(database, tmp_path)
    return database


@pytest.fixture
def office(filled: Database, database_url: str, tmp_path: Path) -> Iterator[Office]:
    """The issuer of this release, started on that database."""
    filled.close()
    opened = open_office(tmp_path, database_url=database_url)
    yield opened
    opened.ports.database.close()


def schema_of_release(database: Database) -> MetaData:
    """The tables of release 0.1.0, read back from the database."""
    make_release(database)
    metadata = MetaData()
    metadata.reflect(database.engine)
    metadata.drop_all(database.engine)
    return metadata


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    """What a query finds."""
    with database.reading() as session:
        return [tuple(row) for row in session.connection().execute(text(query))]


def execute(database: Database, statement: str) -> None:
    """Run one statement."""
    with database.transaction() as session:
        session.connection().execute(text(statement))


def facts(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """The rows that matter."""
    return {
        table: rows(database, f"SELECT {columns} FROM {table} ORDER BY 1")  # noqa: S608 - our own words
        for table, columns in FACTS.items()
    }


def guards(database: Database) -> list[tuple[object, ...]]:
    """The triggers, by name."""
    return sorted(rows(database, GUARDS[database.engine.dialect.name]), key=str)


def shape(database: Database) -> dict[str, object]:
    """Tables as they are: columns, keys, what is unique, what is looked up."""
    seen = inspect(database.engine)
    return {
        table: (
            {
                each["name"]: (str(each["type"]), each["nullable"])
                for each in seen.get_columns(table)
            },
            seen.get_pk_constraint(table)["constrained_columns"],
            sorted(
                (each["constrained_columns"], each["referred_table"])
                for each in seen.get_foreign_keys(table)
            ),
            sorted(each["column_names"] for each in seen.get_unique_constraints(table)),
            sorted((each["name"], each["column_names"]) for each in seen.get_indexes(table)),
        )
        for table in seen.get_table_names()
    }


# --- steps -----------------------------------------------------------------------------------


def test_step_0001_is_the_schema_of_release_0_1_0(database: Database) -> None:
    release = schema_of_release(database)
    upgrade(database, "issuer", to="0001")
    assert differences(database, release) == []
    release.remove(release.tables["token"])
    assert differences(database, release) != []  # a difference would be seen


def test_a_database_made_at_once_is_as_one_that_took_all_steps(
    database: Database, tmp_path: Path, postgres_url: str
) -> None:
    upgrade(database, "issuer")
    assert differences(database, IssuerTable.metadata) == []
    fresh = Database(tmp_path / "fresh.db" if database.is_sqlite else postgres_url)
    upgrade(fresh, "issuer", models=IssuerTable.metadata)
    assert (current(fresh), current(database)) == (head("issuer"), head("issuer"))
    assert shape(database) == shape(fresh)
    assert guards(database) == guards(fresh)
    assert len(guards(fresh)) == 2
    fresh.close()


def test_a_database_of_release_0_1_0_goes_on_with_its_rows(filled: Database) -> None:
    before = facts(filled)
    upgrade(filled, "issuer", models=IssuerTable.metadata)
    assert current(filled) == head("issuer")
    assert differences(filled, IssuerTable.metadata) == []
    assert facts(filled) == before
    assert all(before.values())


def test_what_is_new_is_true_of_the_old_rows(filled: Database) -> None:
    upgrade(filled, "issuer")
    organisations = sa.table("organisation", sa.column("roles", sa.JSON()))
    with filled.reading() as session:  # brought up to date at the start
        assert session.connection().execute(sa.select(organisations)).all() == [([],)]
    for table, (columns, values) in NEW.items():
        assert set(rows(filled, f"SELECT {columns} FROM {table}")) == {values}, table  # noqa: S608 - our own words
    lists = rows(filled, "SELECT organisation_id, draws, drawn FROM status_list")
    assert lists == [("own", 1, POOL)] * 2
    assert len(rows(filled, "SELECT 1 FROM status_list WHERE closed")) == 2
    assert len(set(rows(filled, "SELECT grant_id FROM issued"))) == len(ISSUED)
    assert rows(filled, "SELECT token_hash FROM token") == []


def test_an_office_without_any_work_goes_on(database: Database) -> None:
    make_release(database)
    upgrade(database, "issuer")
    assert differences(database, IssuerTable.metadata) == []


def test_the_steps_can_be_taken_back_with_rows(database: Database) -> None:
    release = schema_of_release(database)
    make_release(database)
    run(database, "release_0_1_0.rows.sql")
    before = facts(database)
    upgrade(database, "issuer")
    downgrade(database, "issuer", to="0001")
    assert facts(database) == before
    assert guards(database) == []
    assert differences(database, release) == []
    upgrade(database, "issuer")
    assert facts(database) == before


LOST = {
    "organisation": "INSERT INTO organisation (id, name, did, slug, roles, bulk_limit,"
    " status_hosting, version) VALUES ('x', 'X', 'did:web:x', 'x', '[]', 25, 'own', 1)",
    "copies": "UPDATE issued SET copy_number = 1 WHERE id = 'urn:accepted'",
    "a template": "UPDATE offer SET template_version = 1",
    "own_template": "INSERT INTO own_template VALUES ('own', 't', 1, false)",
    "format": "UPDATE offer SET format = 'vc+sd-jwt'",
    "history": "INSERT INTO signing_key (id, organisation_id, name, purpose, jwk, published_at,"
    " used_until) VALUES ('k', 'own', 'n', 'p', '{}', '2026-11-23', '2026-11-23')",
    "who did what": "INSERT INTO audit_entry (id, organisation_id, at, action, about, sequence,"
    " actor, previous, digest) VALUES (9, 'own', '2026-11-23 12:00', 'a', 'b', 4, 'm', '', '')",
}
"""By a word of the refusal: what release 0.1.0 has no place for."""


@pytest.mark.parametrize("what", LOST, ids=str)
def test_a_step_back_that_would_lose_rows_is_refused(filled: Database, what: str) -> None:
    upgrade(filled, "issuer")
    execute(filled, LOST[what])
    with pytest.raises(RejectedError, match=what) as caught:
        downgrade(filled, "issuer", to="0001")
    assert caught.value.code == "config_database_back"
    assert current(filled) == head("issuer")
    assert differences(filled, IssuerTable.metadata) == []


# --- the issuer on an old database -----------------------------------------------------------


def test_old_offers_are_fetched(office: Office) -> None:
    holder = Holder(office)
    received = holder.receive(made("offered"))
    assert len(received["credentials"]) == 1
    for state in set(STATES) - {"offered"}:
        answer = holder.redeem(f"code-{state}", made(state)["tx_code"])
        assert answer.json()["error"] == "invalid_grant", state


def test_an_old_token_is_over_and_a_new_code_goes_on_with_the_same_place(office: Office) -> None:
    holder, ports = Holder(office), office.ports
    for state in ISSUED:
        assert holder.ask(f"token-{state}", holder.proof()).status_code == 401
    with ports.database.transaction() as session:
        renewed = offers.renew(session, "offer-redeemed", ports=ports, at=ports.clock())
    again = {**made("redeemed"), "offer_uri": renewed.offer_uri, "tx_code": renewed.tx_code}
    holder.receive(again)
    assert rows(ports.database, "SELECT state FROM issued WHERE id = 'urn:redeemed'") == [
        ("delivered",)
    ]
    query = "SELECT list_id, position FROM status_slot WHERE issued_id = 'urn:redeemed'"
    assert rows(ports.database, query) == [(1, 1)]


def published(office: Office, number: int) -> dict[int, int]:
    """What a list says to anybody, by index where it is not 0."""
    answer = office.client.get(f"/status/token/{number}")
    assert answer.status_code == 200
    payload = peek(answer.text, typ=frozenset([token_status_list.TYPE])).payload
    listed = payload["status_list"]
    assert isinstance(listed, dict)
    found = token_status_list.open_list(
        b64url_decode(str(listed["lst"])),
        listed["bits"],
        uri="",
        issued_at=datetime.min.replace(tzinfo=UTC),
        expires=None,
        kept=None,
    )
    each = ((index, found.status(index)) for index in range(POOL * 7))
    return {index: value for index, value in each if value}


def test_old_proofs_are_withdrawn_and_their_lists_published(office: Office) -> None:
    assert published(office, 1) == {8: 2, 15: 1}  # as they stood
    wish: JsonObject = {"status": "revoked", "reason": "verkeerde persoon"}
    answer = office.operator("POST", "/issued/urn:delivered/status", json=wish)
    assert answer.status_code == 200, answer.text
    assert published(office, 1) == {8: 1, 15: 1}
    assert publish_due([office.ports]) == 3
    assert office.client.get("/status/bitstring/revocation/1").status_code == 200


def test_the_old_log_is_a_chain_that_goes_on(office: Office) -> None:
    ports = office.ports

    def verified() -> audit.Verified:
        with ports.database.reading() as session:
            return audit.verify(session, ports)

    assert (verified().entries, verified().faults) == (3, ())
    with ports.database.transaction() as session:
        offers.cancel(session, "offer-offered", ports=ports, at=ports.clock())
    assert (verified().entries, verified().faults) == (4, ())
    for statement in ("UPDATE audit_entry SET reason = ''", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError, match="only added"):
            execute(ports.database, statement)


def taken(ports: Ports, count: int) -> set[tuple[int, int]]:
    """New places, as number of the list and index."""
    with ports.database.transaction() as session:
        found = [
            status.reserve(session, kind=StatusKind.TOKEN, issued_id=f"urn:new-{one}", ports=ports)
            for one in range(count)
        ]
    return {(place.number, place.index) for place in found}


def test_no_place_is_given_twice(office: Office) -> None:
    old = rows(
        office.ports.database,
        "SELECT number, position FROM status_slot JOIN status_list ON list_id = status_list.id"
        " WHERE kind = 'token'",
    )
    new = taken(office.ports, POOL + 10)
    assert len(new) == POOL + 10
    assert {number for number, _ in new} == {2}
    assert not new & set(old)


def test_without_its_own_word_an_old_place_would_be_given(office: Office) -> None:
    run = office.ports.status_files.run
    execute(office.ports.database, f"UPDATE status_slot SET run = '{run}'")  # noqa: S608 - our own words
    assert {number for number, _ in taken(office.ports, 1)} == {1}
