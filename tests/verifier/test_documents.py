"""What is kept of public documents between two checks, and what is judged anew at each of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest

from credentials.dids.web import did_web, write_document
from credentials.encoding import compact_json
from credentials.errors import UndeterminedError
from credentials.findings import Check, Outcome, Part
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Wire
from credentials.status import token_status_list
from credentials.trust import listing
from credentials.verification import Policy
from tests.verifier.world import LIST_URL, SCHOOL, STATUS_URI, World, named
from verifier import checking, trust
from verifier.document_notes import MAX_NOTED_OCTETS, MAX_NOTES, Note, Notes
from verifier.ports import Ports
from verifier.sector_list import demo_issuer, make_demo_list
from verifier.verdicts import Report


def ports_of(world: World) -> Ports:
    ports: Ports = world.app.state.ports
    return ports


def checked(world: World, held: Wire, ports: Ports | None = None) -> Report:
    """A check as the interface does it, with all that it remembers."""
    at, used = world.clock(), ports or ports_of(world)
    around = used.around(at)
    report = checking.check_loose(held, policy=Policy.LISTED, around=around, at=at)
    checking.note_status_dates(report, used.documents.note_issued_at)
    return report


def code(report: Report, step: Check) -> str:
    return next(each.code for each in report.verdict.findings if each.check is step)


def counted(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> list[None]:
    """Count the calls of a function, which works as before."""
    calls: list[None] = []
    real = getattr(module, name)

    def counting(*args: object, **more: object) -> object:
        calls.append(None)
        return real(*args, **more)

    monkeypatch.setattr(module, name, counting)
    return calls


def test_the_same_lists_are_verified_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = counted(monkeypatch, trust, "open_list")
    statuses = counted(monkeypatch, token_status_list, "open_token")
    held = world.issue(world.credential())
    outcomes = {checked(world, held).verdict.part(Part.VALID) for _ in range(5)}
    assert outcomes == {Outcome.PASSED}
    assert (len(lists), len(statuses)) == (1, 1)


def test_a_check_asks_the_database_once_a_second(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = world.issue(world.credential())
    checked(world, held)
    asked: list[str] = []
    find = Notes.find

    def noted(self: Notes, url: str, *, now: int, ask: Callable[[str], Note]) -> Note:
        def asking(name: str) -> Note:
            asked.append(name)
            return ask(name)

        return find(self, url, now=now, ask=asking)

    monkeypatch.setattr(Notes, "find", noted)
    for _ in range(5):
        checked(world, held)
    assert sorted(asked) == [STATUS_URI, LIST_URL]  # changed by the first check: asked again
    asked.clear()
    checked(world, held)
    assert asked == []
    world.clock.turn(seconds=1)
    checked(world, held)
    assert sorted(asked) == [STATUS_URI, LIST_URL]


def test_what_is_withdrawn_on_a_new_list_is_seen_at_once(world: World) -> None:
    held = world.issue(world.credential())
    assert code(checked(world, held), Check.TRUST) == "ok"
    bare = demo_issuer(
        "did:web:other.skillspass.example",
        name="Ander",
        keys=[named("https://other.skillspass.example").public],
        since=world.clock() - timedelta(days=1),
    )
    world.internet.pages[LIST_URL] = make_demo_list(
        world.anchor, entries=[bare], sequence=2, at=world.clock()
    ).encode()
    assert code(checked(world, held), Check.TRUST) == "issuer_not_listed"


def test_a_revocation_is_seen_at_once(world: World) -> None:
    held = world.issue(world.credential())
    assert code(checked(world, held), Check.STATUS) == "ok"
    world.statuses[7] = 1
    world.publish_statuses()
    assert code(checked(world, held), Check.STATUS) == "revoked"


def test_a_new_key_in_the_issuers_document_is_seen_at_once(world: World) -> None:
    """The list names no keys here, so that the document is asked."""
    school = demo_issuer(
        "did:web:issuer.skillspass.example",
        name="Vakschool",
        keys=[],
        since=world.clock() - timedelta(days=3650),
    )
    world.internet.pages[LIST_URL] = make_demo_list(
        world.anchor, entries=[replace(school, keys=())], sequence=2, at=world.clock()
    ).encode()
    held = world.issue(world.credential())
    assert code(checked(world, held), Check.KEY) == "ok"
    fresh = named(SCHOOL)
    assert code(checked(world, world.issue(world.credential(), signer=fresh)), Check.KEY) != "ok"
    page = f"{SCHOOL}/.well-known/did.json"
    world.internet.pages[page] = compact_json(write_document(did_web(SCHOOL), [fresh.public]))
    assert code(checked(world, world.issue(world.credential(), signer=fresh)), Check.KEY) == "ok"
    assert code(checked(world, held), Check.KEY) != "ok"


def test_an_older_list_is_refused_though_it_was_read_before(world: World) -> None:
    held = world.issue(world.credential())
    old = world.internet.pages[LIST_URL]
    assert code(checked(world, held), Check.TRUST) == "ok"
    world.publish_list(sequence=2)
    assert code(checked(world, held), Check.TRUST) == "ok"
    world.internet.pages[LIST_URL] = old
    assert code(checked(world, held), Check.TRUST) == "trust_list_rollback"


def test_the_refusal_of_an_older_list_is_what_refuses_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the guard switched off the older list, still in memory, would be believed."""
    held = world.issue(world.credential())
    old = world.internet.pages[LIST_URL]
    checked(world, held)
    world.publish_list(sequence=2)
    checked(world, held)
    world.internet.pages[LIST_URL] = old

    def unjudged(signed: listing.SignedList, **_: object) -> listing.TrustList:
        return signed.content

    monkeypatch.setattr(trust, "judge_list", unjudged)
    assert code(checked(world, held), Check.TRUST) == "ok"


def test_a_list_that_another_process_saw_counts_after_a_second(world: World) -> None:
    held = world.issue(world.credential())
    old = world.internet.pages[LIST_URL]
    checked(world, held)
    other: Ports = world.start().state.ports
    world.publish_list(sequence=2)
    checked(world, held, other)
    world.internet.pages[LIST_URL] = old
    world.clock.turn(seconds=1)
    assert code(checked(world, held), Check.TRUST) == "trust_list_rollback"


@pytest.mark.parametrize(
    ("days", "step", "refusal"),
    [(1, Check.STATUS, "status_invalid"), (8, Check.TRUST, "trust_list_stale")],
    ids=["status", "sector"],
)
def test_what_is_over_is_not_used_though_it_was_read_before(
    world: World, days: int, step: Check, refusal: str
) -> None:
    held = world.issue(world.credential())
    assert code(checked(world, held), step) == "ok"
    world.clock.turn(days=days)
    assert code(checked(world, held), step) == refusal


def test_the_date_of_a_list_is_what_refuses_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = world.issue(world.credential())
    checked(world, held)
    world.clock.turn(days=1)
    monkeypatch.setattr(token_status_list, "check_list", lambda opened, **_: opened)
    assert code(checked(world, held), Check.STATUS) == "ok"


def test_an_older_status_list_is_refused_though_it_was_read_before(world: World) -> None:
    held = world.issue(world.credential())
    old = world.internet.pages[STATUS_URI]
    checked(world, held)
    world.clock.turn(minutes=5)
    world.publish_statuses()
    checked(world, held)
    world.internet.pages[STATUS_URI] = old
    assert code(checked(world, held), Check.STATUS) == "status_rollback"


def test_a_list_under_another_key_is_not_the_list_that_was_read(world: World) -> None:
    """The same octets, another anchor: nothing of the first carries over."""
    ports = ports_of(world)
    assert ports.around(world.clock()).listing.code == "ok"
    assert ports.anchor is not None
    stranger = SoftwareSigner.generate(Algorithm.ES256).public
    moved = replace(ports, anchor=replace(ports.anchor, key=stranger))
    assert moved.around(world.clock()).listing.code == "trust_list_invalid"


def test_the_notes_of_a_process_are_bounded() -> None:
    notes = Notes()
    for number in range(2 * MAX_NOTES):
        notes.find(f"https://a.example/{number}", now=1, ask=lambda _: Note(bytes(200_000)))
    assert len(notes) <= MAX_NOTES
    assert notes.octets <= MAX_NOTED_OCTETS


def test_a_change_beside_a_reading_is_not_hidden_by_what_was_read() -> None:
    """One thread reads the database, another changes it before the first notes what it read."""
    notes, url = Notes(), "https://a.example/list"

    def overtaken(_url: str) -> Note:
        notes.drop(url)
        return Note(sequence=1)

    assert notes.find(url, now=1, ask=overtaken).sequence == 1
    assert notes.find(url, now=1, ask=lambda _: Note(sequence=2)).sequence == 2


def test_a_clock_that_is_set_back_asks_the_database_again() -> None:
    notes, url = Notes(), "https://a.example/list"
    notes.find(url, now=10, ask=lambda _: Note(sequence=1))
    assert notes.find(url, now=9, ask=lambda _: Note(sequence=2)).sequence == 2


def test_a_host_that_is_down_leaves_the_copy_for_its_time(world: World) -> None:
    held = world.issue(world.credential())
    checked(world, held)
    world.internet.pages.clear()
    assert checked(world, held).verdict.part(Part.VALID) is Outcome.PASSED
    world.clock.turn(minutes=16)
    assert code(checked(world, held), Check.STATUS) == "status_stale"
    with pytest.raises(UndeterminedError):
        ports_of(world).documents.get("https://nobody.skillspass.example/")
