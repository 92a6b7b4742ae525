"""A class list under many hands at once, and after a stop: given once, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlmodel import select

from credentials.errors import RejectedError
from issuer import draft_changes, drafts, given_proofs, list_issuing
from issuer.draft_changes import Change
from issuer.ports import Ports
from issuer.tables import Delivery, GivenProof, ListDraft, ListLine, ListState, Offer
from tests.issuer.lists import DEMO, csv_of, other
from tests.issuer.office import Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

AT_ONCE = 12


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def put_down(ports: Ports, data: bytes, member: str = "demo-own-1") -> ListDraft:
    with ports.database.transaction() as session:
        return drafts.start(
            session,
            data,
            name="klas.csv",
            template_id="",
            sheet_name=None,
            member_id=member,
            ports=ports,
            at=ports.clock(),
        )


def submit(ports: Ports, list_id: str, version: int) -> str:
    """Give a list; the code of the refusal, or the state that follows."""
    try:
        with ports.database.transaction() as session:
            row = list_issuing.submit(
                session,
                Change(list_id, "demo-own-1", version),
                format_id="dc+sd-jwt",
                how=Delivery.CARDS,
                ports=ports,
                at=ports.clock(),
            )
            return row.state
    except RejectedError as error:
        return error.code


def counted(ports: Ports) -> tuple[int, int, int]:
    """Offers, given lines, and remembered proofs."""
    with ports.database.reading() as session:
        tables = (Offer.id, ListLine.offer_id, GivenProof.digest)
        return tuple(len(session.exec(select(one)).all()) for one in tables)  # type: ignore[return-value]  # three of them


def test_a_list_that_is_given_many_times_at_once_is_given_once(office: Office) -> None:
    ports = office.ports
    row = put_down(ports, (DEMO / "trainees_messy.csv").read_bytes())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda _: submit(ports, row.id, row.version), range(AT_ONCE)))
    assert sorted(found) == [ListState.CHECKED, *["list_changed"] * (AT_ONCE - 1)]
    assert counted(ports) == (15, 15, 15)


def test_changes_at_once_lose_nothing_and_one_of_each_version_wins(office: Office) -> None:
    ports = office.ports
    row = put_down(ports, csv_of(*(other(str(n), Cijfer="99") for n in range(10, 20))).encode())

    def mend(line: int) -> bool:
        """Try until this line's turn comes, as a person does who looks again."""
        for _ in range(200):
            with ports.database.reading() as session:
                version = drafts.find(session, row.id, ports=ports).version
            try:
                with ports.database.transaction() as session:
                    draft_changes.mend(
                        session,
                        Change(row.id, "demo-own-1", version),
                        line,
                        cells={9: "7,5"},
                        ports=ports,
                        at=ports.clock(),
                    )
            except RejectedError as error:
                late.append(error.code)
            else:
                return True
        return False

    late: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(mend, range(2, 12)))
    assert set(late) <= {"list_changed"}
    with ports.database.reading() as session:
        seen = drafts.look(session, row.id, ports=ports, at=ports.clock())
    assert len(seen.found.rows) == 10
    assert seen.row.version == 11


def test_a_stop_in_the_middle_gives_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = office.ports
    row = put_down(ports, csv_of(other("1"), other("2")).encode())

    def stop(*_: object, **__: object) -> None:
        """The machine goes out after the offers were made."""
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(given_proofs, "remember", stop)
        with pytest.raises(KeyboardInterrupt):
            submit(ports, row.id, row.version)
    assert counted(ports) == (0, 0, 0)
    assert submit(ports, row.id, row.version) == ListState.ISSUED
    assert counted(ports) == (2, 2, 2)


def test_a_row_that_was_given_is_not_given_again_with_the_rest(office: Office) -> None:
    ports = office.ports
    row = put_down(ports, csv_of(other("1"), other("2", Cijfer="99")).encode())
    assert submit(ports, row.id, row.version) == ListState.CHECKED
    with ports.database.transaction() as session:
        changed = draft_changes.mend(
            session,
            Change(row.id, "demo-own-1", 2),
            3,
            cells={9: "9"},
            ports=ports,
            at=ports.clock(),
        )
    assert [one.line for one in changed.found.rows] == [3]
    assert submit(ports, row.id, 3) == ListState.ISSUED
    assert counted(ports) == (2, 2, 2)
