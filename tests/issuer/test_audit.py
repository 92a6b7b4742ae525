"""The audit log: one chain an organisation, and nothing of its past changes unseen."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from credentials.errors import RejectedError
from issuer import audit
from issuer.audit import NOTHING, FaultKind, Head
from issuer.installation import FIRST
from issuer.ports import Ports
from issuer.tables import AuditEntry, Organisation
from tests.issuer.offices import open_offices

WRITERS, EACH = 8, 15


@dataclass(frozen=True)
class Log:
    """An organisation's log on one of the databases."""

    ports: Ports

    def add(self, count: int, **words: str) -> None:
        for number in range(count):
            with self.ports.database.transaction() as session:
                given = {"about": f"urn:{number}", "actor": "member-1", **words}
                audit.record(session, self.ports, "revoked", **given)

    def verify(self, kept: Head | None = None) -> audit.Verified:
        with self.ports.database.reading() as session:
            return audit.verify(session, self.ports, kept=kept)

    def faults(self, kept: Head | None = None) -> list[tuple[FaultKind, int]]:
        return [(each.kind, each.sequence) for each in self.verify(kept).faults]

    def entries(self) -> list[AuditEntry]:
        with self.ports.database.reading() as session:
            mine = AuditEntry.organisation_id == self.ports.organisation_id
            return list(
                session.exec(select(AuditEntry).where(mine).order_by(col(AuditEntry.sequence)))
            )

    def tamper(self, *statements: str) -> None:
        """Change rows as somebody who owns the database can: its guards off."""
        sqlite = self.ports.database.is_sqlite
        with self.ports.database.engine.begin() as connection:
            if sqlite:
                for name in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS audit_entry_{name}"))
            else:
                connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
            for statement in statements:
                connection.execute(text(statement))


@pytest.fixture
def log(tmp_path: Path, database_url: str) -> Iterator[Log]:
    """An empty log."""
    offices = open_offices(tmp_path, database_url=database_url)
    yield Log(offices.ports(FIRST))
    offices.database.close()


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Log]:
    """An empty log on SQLite: what is tried here does not depend on the database."""
    offices = open_offices(tmp_path)
    yield Log(offices.ports(FIRST))
    offices.database.close()


def test_a_chain_starts_from_nothing_and_links_each_entry_to_the_one_before(log: Log) -> None:
    assert log.verify() == audit.Verified(0, Head(0, NOTHING), ())
    log.add(3, reason="er staat een fout in")
    first, second, third = log.entries()
    assert (first.sequence, first.previous) == (1, NOTHING)
    assert (second.previous, third.previous) == (first.digest, second.digest)
    assert log.verify() == audit.Verified(3, Head(3, third.digest), ())


def test_what_is_undone_leaves_no_entry(log: Log) -> None:
    def revoke_after_all_not() -> None:
        with log.ports.database.transaction() as session:
            audit.record(session, log.ports, "revoked", about="urn:1", actor="member-1")
            raise RejectedError("not_found", "after all")

    with pytest.raises(RejectedError):
        revoke_after_all_not()
    assert log.verify().entries == 0


def test_entries_of_one_commit_stand_in_their_order(log: Log) -> None:
    with log.ports.database.transaction() as session:
        for about in ("urn:a", "urn:b", "urn:c"):
            audit.record(session, log.ports, "revoked", about=about, actor="member-1")
    assert [each.about for each in log.entries()] == ["urn:a", "urn:b", "urn:c"]
    assert log.faults() == []


def test_many_writers_make_one_chain_without_a_gap(log: Log) -> None:
    faults: list[BaseException] = []

    def write() -> None:
        try:
            log.add(EACH)
        except DBAPIError as error:
            faults.append(error)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [each.sequence for each in log.entries()] == list(range(1, WRITERS * EACH + 1))
    assert log.faults() == []


def test_each_organisation_has_a_chain_of_its_own(tmp_path: Path) -> None:
    offices = open_offices(tmp_path)
    logs = [Log(ports) for ports in offices.organisations()[:2]]
    assert len(logs) == 2
    for log in logs * 2:
        log.add(2)
    assert [log.verify().entries for log in logs] == [4, 4]
    assert [log.faults() for log in logs] == [[], []]
    logs[0].tamper(
        f"UPDATE audit_entry SET reason = 'x' WHERE sequence = 2 "  # noqa: S608 - our own words
        f"AND organisation_id = '{logs[0].ports.organisation_id}'"
    )
    assert [log.faults() for log in logs] == [[(FaultKind.CHANGED, 2)], []]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"],
    ids=["update", "delete", "truncate"],
)
def test_the_database_refuses_to_change_the_past(log: Log, statement: str) -> None:
    if statement.startswith("TRUNCATE") and log.ports.database.is_sqlite:
        statement = "DELETE FROM audit_entry"  # what SQLite has instead
    log.add(2)
    with pytest.raises(DBAPIError), log.ports.database.engine.begin() as connection:
        connection.execute(text(statement))
    assert log.verify().entries == 2
    log.tamper(statement)  # without its guards it would have done so
    assert log.faults() != [] or log.verify().entries == 0


COLUMNS = {
    "action": "'valid'",
    "about": "'urn:other'",
    "reason": "'another'",
    "actor": "'member-2'",
    "at": "'2026-11-23 11:00:00.000000'",
    "previous": f"'{NOTHING}'",
    "digest": f"'{NOTHING}'",
}


@pytest.mark.parametrize("column", list(COLUMNS))
def test_a_changed_entry_is_named(log: Log, column: str) -> None:
    log.add(5, reason="een reden")
    log.tamper(f"UPDATE audit_entry SET {column} = {COLUMNS[column]} WHERE sequence = 3")  # noqa: S608 - our own words
    assert log.faults() == [(FaultKind.CHANGED, 3)]


def test_a_changed_entry_with_a_fitting_digest_is_named(log: Log) -> None:
    log.add(5)
    entry = log.entries()[2]
    entry.about = "urn:other"
    fitting = audit.digest_of(entry, sequence=3)
    log.tamper(
        f"UPDATE audit_entry SET about = 'urn:other', digest = '{fitting}' WHERE sequence = 3"  # noqa: S608 - our own words
    )
    assert log.faults() == [(FaultKind.CHANGED, 3)]


def test_removed_entries_are_named(log: Log) -> None:
    log.add(6)
    log.tamper("DELETE FROM audit_entry WHERE sequence IN (2, 4)")
    assert log.faults() == [(FaultKind.REMOVED, 2), (FaultKind.REMOVED, 4)]


def test_a_removed_entry_is_named_also_where_the_others_moved_up(log: Log) -> None:
    log.add(5)
    log.tamper(
        "DELETE FROM audit_entry WHERE sequence = 3",
        "UPDATE audit_entry SET sequence = 3 WHERE sequence = 4",
        "UPDATE audit_entry SET sequence = 4 WHERE sequence = 5",
    )
    found = log.verify().faults
    assert [(each.kind, each.sequence, each.belongs) for each in found] == [
        (FaultKind.MOVED, 3, 4),
        (FaultKind.REMOVED, 3, None),
        (FaultKind.MOVED, 4, 5),
    ]


def test_swapped_entries_are_named(log: Log) -> None:
    log.add(5)
    log.tamper(
        "UPDATE audit_entry SET sequence = 99 WHERE sequence = 2",
        "UPDATE audit_entry SET sequence = 2 WHERE sequence = 3",
        "UPDATE audit_entry SET sequence = 3 WHERE sequence = 99",
    )
    found = log.verify().faults
    assert [(each.kind, each.sequence, each.belongs) for each in found] == [
        (FaultKind.MOVED, 2, 3),
        (FaultKind.MOVED, 3, 2),
    ]


def test_an_inserted_entry_is_named(log: Log) -> None:
    log.add(3)
    first = log.entries()[0]
    forged = AuditEntry(
        organisation_id=first.organisation_id, sequence=2, at=first.at + timedelta(seconds=1),
        action="revoked", about="urn:forged", actor="member-1", previous=first.digest, digest="",
    )  # fmt: skip
    forged.digest = audit.digest_of(forged, sequence=2)
    log.tamper(
        "UPDATE audit_entry SET sequence = 4 WHERE sequence = 3",
        "UPDATE audit_entry SET sequence = 3 WHERE sequence = 2",
    )
    with log.ports.database.transaction() as session:
        session.add(forged)
    found = log.verify().faults
    assert [(each.kind, each.sequence) for each in found] == [
        (FaultKind.INSERTED, 2),
        (FaultKind.MOVED, 3),
        (FaultKind.MOVED, 4),
    ]


def test_a_chain_cut_at_its_end_shows_by_the_head_that_was_kept(log: Log) -> None:
    log.add(4)
    kept = log.verify().head
    log.add(1)
    assert log.faults(kept) == []
    log.tamper("DELETE FROM audit_entry WHERE sequence >= 4")
    assert log.faults() == []
    assert log.faults(kept) == [(FaultKind.HEAD, 4)]
    log.add(1, about="urn:instead")
    assert log.faults(kept) == [(FaultKind.HEAD, 4)]


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@settings(max_examples=20)
@given(entries=st.lists(st.tuples(words, words, words | st.none()), min_size=1, max_size=6))
def test_any_words_are_kept_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[str, str, str | None]]
) -> None:
    offices = open_offices(tmp_path_factory.mktemp("log"))
    log = Log(offices.ports(FIRST))
    for action, about, reason in entries:
        with log.ports.database.transaction() as session:
            audit.record(session, log.ports, action, about=about, actor="m", reason=reason)
    assert log.faults() == []
    assert log.verify().entries == len(entries)
    offices.database.close()


def test_the_organisation_itself_is_not_held_by_its_log(lite: Log) -> None:
    lite.add(1)
    with lite.ports.database.transaction() as session:
        assert session.get(Organisation, lite.ports.organisation_id) is not None
