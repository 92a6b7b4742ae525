"""Rotation: shown for a day, used at an announced second, retired but still checked."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from credentials.dids.web import read_document
from credentials.encoding import compact_json
from credentials.errors import CredentialError, RejectedError, UndeterminedError
from credentials.keys import Algorithm
from credentials.trust.listing import ListedKey, TrustedIssuer
from issuer import audit, identity, key_ledger
from issuer.installation import FIRST, Installation
from issuer.key_ledger import HANDOVER, LEAD, STILL_SHOWN
from issuer.key_ring import LOOK_AGAIN, state_of
from issuer.keys import open_signers
from issuer.ports import Ports
from issuer.settings import IssuerSettings
from issuer.tables import AuditEntry, Issued, Offer, SigningKey, StatusWord
from tests.issuer.keyless import no_signers
from tests.issuer.office import AT, HandClock
from tests.issuer.offices import open_offices
from tests.issuer.proofs import keep_proof

REASON = "de laptop is gestolen"
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(AT + timedelta(minutes=20))


@pytest.fixture
def offices(tmp_path: Path, database_url: str, clock: HandClock) -> Iterator[Installation]:
    opened = open_offices(tmp_path, database_url=database_url, clock=clock)
    yield opened
    opened.database.close()


@pytest.fixture
def ports(offices: Installation) -> Ports:
    return offices.ports(FIRST)


def rows(ports: Ports) -> dict[str, SigningKey]:
    with ports.database.reading() as session:
        return {row.id: row for row in key_ledger.keys(session, ports)}


def states(ports: Ports, purpose: str = "ES256") -> list[str]:
    mine = [row for row in rows(ports).values() if row.purpose == purpose]
    return [state_of(row, ports.clock()).value for row in mine]


def shown(ports: Ports) -> set[str]:
    document = read_document(ports.did, compact_json(identity.did_document(ports)))
    return set(document.methods)


def rotate(ports: Ports, *, force: bool = False) -> key_ledger.Rotated:
    with ports.database.transaction() as session:
        return key_ledger.rotate(session, ports, "ES256", at=ports.clock(), force=force)


def current(ports: Ports) -> str:
    return str(ports.signers["dc+sd-jwt"].public.key_id)


def test_each_purpose_begins_with_one_current_key(ports: Ports) -> None:
    assert states(ports) == states(ports, "EdDSA") == ["current"]
    assert ports.signers["dc+sd-jwt"].public.algorithm is Algorithm.ES256
    assert ports.signers["ldp_vc"].public.algorithm is Algorithm.EDDSA
    assert set(rows(ports)) <= shown(ports)


def test_the_next_key_is_shown_and_signs_nothing(ports: Ports) -> None:
    before = current(ports)
    made = key_ledger.prepare(ports, "ES256")
    assert states(ports) == ["current", "next"]
    assert made.id in shown(ports)
    assert current(ports) == before
    with pytest.raises(RejectedError, match="key_next_exists"):
        key_ledger.prepare(ports, "ES256")
    with pytest.raises(CredentialError, match="key_purpose_unknown"):
        key_ledger.prepare(ports, "RS256")


def test_a_key_that_was_not_shown_for_a_day_does_not_take_over(
    ports: Ports, clock: HandClock
) -> None:
    with pytest.raises(RejectedError, match="key_next_missing"):
        rotate(ports)
    key_ledger.prepare(ports, "ES256")
    clock.now += LEAD - timedelta(seconds=1)
    with pytest.raises(RejectedError, match="key_too_fresh"):
        rotate(ports)
    assert rotate(ports, force=True).early
    clock.now += timedelta(seconds=1)


def test_the_next_key_takes_over_at_the_announced_second(ports: Ports, clock: HandClock) -> None:
    old = current(ports)
    made = key_ledger.prepare(ports, "ES256")
    clock.now += LEAD
    done = rotate(ports)
    assert (done.key.id, done.early) == (made.id, False)
    assert clock.now + HANDOVER < done.used_from <= clock.now + HANDOVER + timedelta(seconds=1)
    assert done.used_from.microsecond == 0
    assert current(ports) == old
    clock.now = done.used_from - timedelta(microseconds=1)
    assert current(ports) == old
    clock.now = done.used_from
    assert current(ports) == made.id
    assert states(ports) == ["retired", "current"]
    assert states(ports, "EdDSA") == ["current"]


def test_what_is_dated_before_the_change_is_signed_by_the_key_of_then(
    ports: Ports, clock: HandClock
) -> None:
    old = current(ports)
    key_ledger.prepare(ports, "ES256")
    clock.now += LEAD
    done = rotate(ports)
    clock.now = done.used_from + timedelta(minutes=1)
    before = done.used_from - timedelta(seconds=1)
    assert ports.signers.at("dc+sd-jwt", before).public.key_id == old
    assert ports.signers.by_id(old).public.key_id == old
    assert ports.signers.kept(old, "dc+sd-jwt", before) == old
    assert ports.signers.kept(old, "dc+sd-jwt", done.used_from) == done.key.id
    assert ports.signers.kept("", "dc+sd-jwt", before) == old


def test_another_process_follows_in_time(offices: Installation, clock: HandClock) -> None:
    ports = offices.ports(FIRST)
    elsewhere = offices.signers_of(ports.signers.place)
    old = elsewhere["dc+sd-jwt"].public.key_id
    key_ledger.prepare(ports, "ES256")
    clock.now += LEAD
    done = rotate(ports)
    assert elsewhere["dc+sd-jwt"].public.key_id == old
    clock.now = done.used_from
    assert clock.now - LOOK_AGAIN > done.used_from - HANDOVER
    assert elsewhere["dc+sd-jwt"].public.key_id == done.key.id


def test_nobody_waits_for_who_looks_into_the_ledger(ports: Ports, clock: HandClock) -> None:
    known = ports.signers.rows()
    clock.wait(minutes=1)
    with ports.signers._turn:  # another thread is looking, and waits for a connection
        assert ports.signers.rows() == known
    assert ports.signers.rows() == known


def test_a_retired_key_is_shown_while_proofs_need_it(ports: Ports, clock: HandClock) -> None:
    old = current(ports)
    key_ledger.prepare(ports, "ES256")
    clock.now += LEAD
    done = rotate(ports)
    clock.now = done.used_from + STILL_SHOWN - timedelta(seconds=1)
    assert old in shown(ports)
    clock.now += timedelta(seconds=1)
    assert old not in shown(ports)
    assert old in {key.key.key_id for key in history(ports)}


def test_a_retired_key_is_shown_as_long_as_a_proof_of_it_lives(
    ports: Ports, clock: HandClock
) -> None:
    old = current(ports)
    issued_id = keep_proof(ports, number=1, key_id=old, at=clock.now)
    key_ledger.prepare(ports, "ES256")
    clock.now += LEAD
    clock.now = rotate(ports).used_from + timedelta(days=400)
    assert old in shown(ports)
    change(ports, issued_id)
    assert old not in shown(ports)


def test_a_key_whose_proofs_are_all_over_is_shown_no_more(ports: Ports, clock: HandClock) -> None:
    old = current(ports)
    issued_id = keep_proof(ports, number=1, key_id=old, at=clock.now)
    key_ledger.prepare(ports, "ES256")
    clock.now += LEAD
    clock.now = rotate(ports).used_from + timedelta(days=400)
    with ports.database.transaction() as session:
        issued = session.exec(select(Issued).where(Issued.id == issued_id)).one()
        offer = session.exec(select(Offer).where(Offer.id == issued.offer_id)).one()
        offer.ends_at = clock.now + timedelta(seconds=1)
        session.add(offer)
    assert old in shown(ports)
    clock.now += timedelta(seconds=1)
    assert old not in shown(ports)
    assert key_ledger.revoke(ports, old, reason=REASON, at=clock.now).affected == 0


def change(ports: Ports, issued_id: str) -> None:
    with ports.database.transaction() as session:
        row = session.exec(select(Issued).where(Issued.id == issued_id)).one()
        row.status = StatusWord.REVOKED
        session.add(row)


def test_proofs_of_a_revoked_key_must_be_given_anew(ports: Ports, clock: HandClock) -> None:
    old = current(ports)
    proofs = [keep_proof(ports, number=n, key_id=old, at=clock.now) for n in range(3)]
    kept = keep_proof(ports, number=3, key_id="did:web:other#1", at=clock.now)
    done = key_ledger.revoke(ports, old, reason=REASON, at=clock.now)
    assert done.affected == 3
    change(ports, proofs[0])
    with ports.database.reading() as session:
        found = [row.id for row in key_ledger.affected(session, ports, at=clock.now)]
    assert found == proofs[1:]
    assert kept not in found


def history(ports: Ports) -> tuple[ListedKey, ...]:
    with ports.database.reading() as session:
        return key_ledger.history(session, ports)


def test_the_history_judges_what_each_key_signed(ports: Ports, clock: HandClock) -> None:
    old, start = current(ports), clock.now
    key_ledger.prepare(ports, "ES256")
    clock.now += LEAD
    done = rotate(ports)
    listed = TrustedIssuer(ports.did, "Vakschool", (), history(ports))
    assert listed.key(old, at=start) is not None
    assert listed.key(old, at=done.used_from - timedelta(seconds=1)) is not None
    assert listed.key(done.key.id, at=done.used_from) is not None
    with pytest.raises(CredentialError, match="key_not_valid_at_issuance"):
        listed.key(old, at=done.used_from)


def test_a_list_from_before_the_rotation_knows_the_next_key(ports: Ports, clock: HandClock) -> None:
    key_ledger.prepare(ports, "ES256")
    listed = TrustedIssuer(ports.did, "Vakschool", (), history(ports))
    clock.now += LEAD
    done = rotate(ports)
    assert listed.key(done.key.id, at=done.used_from) is not None


def test_a_revoked_key_signs_nothing_and_another_takes_over_at_once(ports: Ports) -> None:
    old = current(ports)
    done = key_ledger.revoke(ports, old, reason=REASON, at=ports.clock())
    assert done.instead is not None
    assert current(ports) == done.instead.id != old
    assert old not in shown(ports)
    assert states(ports) in (["revoked", "current"], ["current", "revoked"])
    with pytest.raises(RejectedError, match="key_revoked"):
        ports.signers.by_id(old)
    assert ports.signers.kept(old, "dc+sd-jwt", ports.clock()) == done.instead.id
    with pytest.raises(RejectedError, match="key_revoked"):
        key_ledger.revoke(ports, old, reason=REASON, at=ports.clock())
    with pytest.raises(RejectedError, match="key_unknown"):
        key_ledger.revoke(ports, "did:web:other.example#1", reason=REASON, at=ports.clock())
    with pytest.raises(CredentialError, match="status_reason_invalid"):
        key_ledger.revoke(ports, done.instead.id, reason=" ", at=ports.clock())


def test_the_waiting_key_takes_the_place_of_a_revoked_one(ports: Ports, clock: HandClock) -> None:
    waiting = key_ledger.prepare(ports, "ES256")
    clock.now += timedelta(minutes=5)
    done = key_ledger.revoke(ports, current(ports), reason=REASON, at=clock.now)
    assert done.instead is not None
    assert done.instead.id == waiting.id == current(ports)


def test_a_waiting_key_can_be_revoked_and_the_current_one_stays(ports: Ports) -> None:
    before = current(ports)
    waiting = key_ledger.prepare(ports, "ES256")
    done = key_ledger.revoke(ports, waiting.id, reason=REASON, at=ports.clock())
    assert done.instead is None
    assert current(ports) == before
    with pytest.raises(RejectedError, match="key_next_missing"):
        rotate(ports, force=True)


def test_nothing_a_revoked_key_signed_counts(ports: Ports, clock: HandClock) -> None:
    old, start = current(ports), clock.now
    clock.now += DAY
    key_ledger.revoke(ports, old, reason=REASON, at=clock.now)
    listed = TrustedIssuer(ports.did, "Vakschool", (), history(ports))
    with pytest.raises(CredentialError, match="key_compromised"):
        listed.key(old, at=start)


def test_every_change_is_in_the_audit_log(ports: Ports, clock: HandClock) -> None:
    key_ledger.prepare(ports, "ES256", actor="member-1")
    clock.now += LEAD
    rotate(ports)
    clock.now += DAY
    key_ledger.revoke(ports, current(ports), reason=REASON, at=clock.now)
    with ports.database.reading() as session:
        found = [(one.action, one.actor, one.reason) for one in session.exec(select(AuditEntry))]
        assert audit.verify(session, ports).faults == ()
    assert found == [
        ("key_next", "member-1", None),
        ("key_rotated", "operator", None),
        ("key_revoked", "operator", REASON),
    ]


def test_each_organisation_has_keys_of_its_own(offices: Installation) -> None:
    first, other = offices.organisations()[:2]
    assert set(rows(first)).isdisjoint(rows(other))
    with pytest.raises(RejectedError, match="key_unknown"):
        key_ledger.revoke(first, next(iter(rows(other))), reason=REASON, at=first.clock())
    key_ledger.prepare(other, "ES256")
    assert states(first) == ["current"]


def test_a_clock_that_runs_behind_still_signs(ports: Ports, clock: HandClock) -> None:
    before = current(ports)
    clock.now -= timedelta(hours=30)
    assert current(ports) == before


def test_without_keys_the_ledger_is_read_and_nothing_signed(
    offices: Installation, ports: Ports
) -> None:
    ring = no_signers(ports.signers.place)
    assert {row.id for row in ring.rows()} == set(rows(ports))
    with pytest.raises(UndeterminedError, match="signer_unavailable"):
        ring["dc+sd-jwt"]
    assert offices.ports(FIRST).did == ports.did


def test_keys_of_a_file_are_the_same_after_a_restart(tmp_path: Path) -> None:
    settings, clock = IssuerSettings(var=tmp_path), HandClock()
    seen = []
    for _ in range(2):
        opened = open_offices(tmp_path, clock=clock, signers_of=open_signers(settings))
        ports = opened.ports(FIRST)
        seen.append({name: signer.public.key_id for name, signer in ports.signers.items()})
        assert all(signer.sign(b"a message") for signer in ports.signers.values())
        opened.database.close()
        clock.now += DAY
    assert seen[0] == seen[1]


def test_a_key_older_than_the_ledger_counts_from_its_first_proof(tmp_path: Path) -> None:
    """An issuer of version 0.1.0 has signed before it had a ledger."""
    clock = HandClock()
    opened = open_offices(tmp_path, clock=clock)
    ports = opened.ports(FIRST)
    first = clock.now - timedelta(days=90)
    keep_proof(ports, number=1, key_id="", at=first)
    with ports.database.transaction() as session:
        for row in key_ledger.keys(session, ports):
            session.delete(row)
    ports.signers.look_again()
    ports.signers.begin()
    assert {row.used_from for row in rows(ports).values()} == {first}
    opened.database.close()
