"""Proofs signed ahead for a whole list: each once, also when the work is killed half-way."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest
from sqlmodel import func, select

from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.formats.base import verify
from credentials.model import Wire
from issuer import audit, bulk, offers, paper, status
from issuer.app import open_installation
from issuer.batches import check
from issuer.bulk_rows import Begun
from issuer.bulk_signing import signing_beside, signing_here
from issuer.class_list import Row
from issuer.formats import ISSUED_FORMATS
from issuer.installation import FIRST
from issuer.keys import kept_signers
from issuer.ports import Ports
from issuer.settings import IssuerSettings
from issuer.tables import (
    AuditEntry,
    Batch,
    Issued,
    IssuedState,
    Offer,
    OfferState,
    Paper,
    StatusSlot,
    StatusWord,
)
from tests.issuer.lists import csv_of, other
from tests.issuer.office import AT, Office, open_office
from tests.issuer.test_issuance import FailingKeys, office_with
from tests.journeys.command import environment

PEOPLE = 1_200
"""More than two blocks."""


def list_of(people: int) -> bytes:
    rows = [other(str(27_000 + number), Opleiding="Heftruck") for number in range(people)]
    skills = {"Skill 1": "Heftruck rijden", "Niveau 1": "2"}
    return csv_of(*({**row, **skills} for row in rows)).encode()


def rows_of(data: bytes, ports: Ports) -> tuple[Row, ...]:
    report = check(data, type_id=None, templates=ports.templates, at=AT)
    assert report.found.faults == ()
    return report.found.rows


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    made = open_office(tmp_path, database_url=database_url)
    yield made
    made.ports.database.close()


def begin(ports: Ports, data: bytes, format_id: str = "dc+sd-jwt") -> Begun:
    return bulk.begin(ports, name="klas.csv", data=data, count=3, format_id=format_id)


def give(ports: Ports, data: bytes, format_id: str = "dc+sd-jwt") -> bulk.Count:
    with signing_here(ports) as sign:
        begun = begin(ports, data, format_id)
        return bulk.give(ports, begun, rows_of(data, ports), sign=sign)


def held(ports: Ports, data: bytes, format_id: str = "dc+sd-jwt") -> dict[int, tuple[str, Wire]]:
    found = bulk.signed(ports, begin(ports, data, format_id))
    return {line: (issued_id, wire) for line, issued_id, wire in found}


def counted(ports: Ports) -> tuple[int, int, int, int, int]:
    """Offers, issuances, their places, what is kept of them, and entries about the list."""
    with ports.database.reading() as session:
        return (
            session.exec(select(func.count()).select_from(Offer)).one(),
            session.exec(select(func.count()).select_from(Issued)).one(),
            len({*session.exec(select(StatusSlot.issued_id))} - {None}),
            session.exec(select(func.count()).select_from(Paper)).one(),
            len(session.exec(select(AuditEntry).where(AuditEntry.action == "list_signed")).all()),
        )


@pytest.mark.parametrize("format_id", bulk.FORMATS)
def test_everybody_on_a_list_gets_a_proof_that_verifies(office: Office, format_id: str) -> None:
    data, ports = list_of(5), office.ports
    assert give(ports, data, format_id) == bulk.Count(made=5)
    proofs = held(ports, data, format_id)
    assert list(proofs) == [2, 3, 4, 5, 6]
    written = ISSUED_FORMATS[format_id]
    places = set()
    key = ports.signers.at(written.signer, office.clock()).public
    for issued_id, wire in proofs.values():
        verified = verify(written.written, wire, lambda _: key, at=office.clock())
        assert verified.credential.credential_id == issued_id or format_id == "dc+sd-jwt"
        assert written.written.parse(wire).holder is None
        places |= {(one.uri, one.index) for one in verified.credential.status}
    assert len(places) == 5 * (1 if format_id == "dc+sd-jwt" else 2)
    assert counted(ports) == (5, 5, 5, 5, 1)


def test_asking_again_gives_the_same_bytes_and_nothing_new(office: Office) -> None:
    data, ports = list_of(4), office.ports
    give(ports, data)
    before = held(ports, data)
    assert give(ports, data) == bulk.Count(before=4)
    assert held(ports, data) == before
    assert counted(ports) == (4, 4, 4, 4, 1)


def test_it_is_printed_and_withdrawn_as_any_paper_proof(office: Office) -> None:
    data, ports = list_of(2), office.ports
    give(ports, data)
    issued_id, wire = held(ports, data)[2]
    with ports.database.reading() as session:
        offer_id = session.get_one(Issued, issued_id).offer_id
        printed = paper.printed(session, offer_id, ports=ports)
    assert printed.wire == wire
    assert printed.claims["given_name"] == "Ria"
    assert paper.as_pdf(printed, ports=ports).startswith(b"%PDF")
    with ports.database.transaction() as session:
        status.change(
            session,
            issued_id,
            to=StatusWord.REVOKED,
            reason="verkeerde lijst",
            ports=ports,
            at=office.clock(),
        )
    with ports.database.reading() as session:
        place = status.place_of(session, issued_id, ports=ports)
        found = status.read(session, place.kind, place.number, ports=ports)
    assert found.statuses == {place.index: status.STATUS_VALUE[StatusWord.REVOKED]}


class Stopped(Exception):
    """The work ends here, in the middle."""


@contextmanager
def stopping(ports: Ports, after: int) -> Iterator[Callable[..., object]]:
    """A signer that is gone after so many parts."""
    with signing_here(ports) as sign:
        asked = iter(range(after))

        def sign_some(tasks: object) -> object:
            if next(asked, None) is None:
                raise Stopped
            return sign(tasks)  # type: ignore[arg-type]  # passed on as it came

        yield sign_some


@pytest.mark.parametrize("after", [0, 2, 4, 9])
def test_what_was_stopped_anywhere_goes_on_and_gives_each_once(office: Office, after: int) -> None:
    data, ports = list_of(PEOPLE), office.ports
    rows = rows_of(data, ports)
    with pytest.raises(Stopped), stopping(ports, after) as sign:
        bulk.give(ports, begin(ports, data), rows, sign=sign)  # type: ignore[arg-type]  # as above
    kept = held(ports, data)
    assert len(kept) < PEOPLE
    count = give(ports, data)
    assert count == bulk.Count(made=PEOPLE - len(kept), before=len(kept))
    whole = held(ports, data)
    assert whole.items() >= kept.items()
    assert len({issued_id for issued_id, _ in whole.values()}) == PEOPLE
    assert counted(ports) == (PEOPLE,) * 4 + (1,)


def test_what_was_taken_back_in_between_is_not_given(office: Office) -> None:
    data, ports = list_of(3), office.ports
    rows = rows_of(data, ports)
    with pytest.raises(Stopped), stopping(ports, 0) as sign:
        bulk.give(ports, begin(ports, data), rows, sign=sign)  # type: ignore[arg-type]  # as above
    with ports.database.transaction() as session:
        first = session.exec(select(Offer).order_by(Offer.line)).all()[0]  # type: ignore[arg-type]  # a column
        assert first.state == OfferState.REDEEMED
        offers.cancel(session, first.id, ports=ports, at=office.clock())
    assert give(ports, data) == bulk.Count(made=2, taken_back=1)
    assert list(held(ports, data)) == [3, 4]
    with ports.database.reading() as session:
        states = [*session.exec(select(Issued.state).where(Issued.offer_id == first.id))]
    assert states == [IssuedState.SIGNING]


def test_another_organisation_cannot_read_it(office: Office) -> None:
    data, ports = list_of(1), office.ports
    give(ports, data)
    stranger = replace(ports, identity=replace(ports.identity, id="stranger"))
    assert list(bulk.signed(stranger, begin(ports, data))) == []


def test_only_formats_that_need_no_holder_are_given(office: Office) -> None:
    with pytest.raises(MalformedError, match="format_unknown"):
        begin(office.ports, list_of(1), "ldp_vc.ecdsa-sd-2023")
    with office.ports.database.reading() as session:
        assert session.exec(select(Batch)).all() == []


def test_a_signer_that_is_away_leaves_a_list_that_can_go_on(tmp_path: Path) -> None:
    keys = FailingKeys()
    office = office_with(keys, tmp_path)
    data, ports = list_of(3), office.ports
    keys.away = True
    with pytest.raises(RejectedError, match="signer_away"):
        give(ports, data)
    assert held(ports, data) == {}
    keys.away = False
    assert give(ports, data) == bulk.Count(made=3)


def test_bytes_that_are_kept_no_longer_are_gone(office: Office) -> None:
    data, ports = list_of(1), office.ports
    give(ports, data)
    office.clock.wait(days=31)
    with ports.database.transaction() as session:
        offers.purge(session, at=office.clock())
    with pytest.raises(RejectedError, match="gone"):
        held(ports, data)


def test_progress_is_told_after_every_commit(office: Office) -> None:
    data, ports = list_of(PEOPLE), office.ports
    told: list[int] = []
    with signing_here(ports) as sign:
        bulk.give(
            ports,
            begin(ports, data),
            rows_of(data, ports),
            sign=sign,
            progress=lambda count: told.append(count.done),
        )
    assert told == [0, 0, 500, 1000, PEOPLE]


def test_rows_are_read_as_they_are_needed_however_long_the_list_is(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BLOCK", 3)
    data, ports = list_of(30), office.ports
    rows, read, ahead = rows_of(data, ports), list[int](), list[int]()

    def reading() -> Iterator[Row]:
        for row in rows:
            read.append(row.line)
            yield row

    with signing_here(ports) as sign:
        bulk.give(
            ports,
            begin(ports, data),
            reading(),
            sign=sign,
            progress=lambda count: ahead.append(len(read) - count.done),
        )
    assert len(read) == 30
    assert max(ahead) <= 3 * (bulk.AHEAD + 1)


# --- in processes of their own ---------------------------------------------------------------


def opened(var: Path, database_url: str) -> Ports:
    """The issuer's doors on its files, as the command line opens them."""
    settings = IssuerSettings(var=var, database_url=database_url)
    ports = open_installation(
        settings, signers_of=kept_signers(settings), clock=lambda: AT, entropy=os.urandom
    ).ports(FIRST)
    ports.signers.begin()
    return ports


def test_processes_sign_with_the_keys_that_they_open_themselves(
    tmp_path: Path, database_url: str
) -> None:
    data, ports = list_of(300), opened(tmp_path, database_url)
    with signing_beside(ports, 2) as sign:
        count = bulk.give(ports, begin(ports, data), rows_of(data, ports), sign=sign)
    assert count == bulk.Count(made=300)
    assert counted(ports)[:4] == (300,) * 4
    ports.database.close()


def test_a_process_that_is_killed_is_an_error_of_ours(tmp_path: Path) -> None:
    data, ports = list_of(1), opened(tmp_path, f"sqlite:///{tmp_path / 'test.db'}")
    with signing_beside(ports, 1) as sign:
        for child in active_children():
            child.kill()
        with pytest.raises(CredentialError, match="signer_unavailable"):
            bulk.give(ports, begin(ports, data), rows_of(data, ports), sign=sign)
    ports.database.close()


def run(var: Path, database_url: str) -> subprocess.Popen[str]:
    words = ["sign", str(var / "klas.csv"), "--into", str(var / "proofs.jsonl"), "--json"]
    return subprocess.Popen(  # noqa: S603 - our own program
        [
            sys.executable,
            "-c",
            "import skillspass; skillspass.main()",
            *words,
            "--at",
            AT.isoformat(),
        ],
        cwd=var,
        env=environment(var, ISSUER_DATABASE_URL=database_url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kept_now(ports: Ports) -> int:
    with ports.database.reading() as session:
        return session.exec(select(func.count()).select_from(Paper)).one()


def test_killed_in_the_middle_it_goes_on_and_nobody_is_lost_or_doubled(
    tmp_path: Path, database_url: str
) -> None:
    people, ports = 1_500, opened(tmp_path, database_url)
    (tmp_path / "klas.csv").write_bytes(list_of(people))
    killed = run(tmp_path, database_url)
    while killed.poll() is None and kept_now(ports) == 0:
        time.sleep(0.01)
    killed.kill()
    messages = killed.communicate()[1]
    assert killed.returncode == -signal.SIGKILL, messages
    before = kept_now(ports)
    assert 0 < before < people
    last = run(tmp_path, database_url)
    output, messages = last.communicate()
    assert last.returncode == 0, messages
    assert json.loads(output) == {"made": people - before, "before": before, "cancelled": 0}
    proofs = [
        json.loads(line) for line in (tmp_path / "proofs.jsonl").read_text("utf-8").splitlines()
    ]
    assert [one["line"] for one in proofs] == list(range(2, people + 2))
    assert len({one["id"] for one in proofs}) == people
    assert counted(ports) == (people,) * 4 + (1,)
    with ports.database.reading() as session:
        assert audit.verify(session, ports).faults == ()
    ports.database.close()
