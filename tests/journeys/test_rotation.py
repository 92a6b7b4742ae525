"""A key is changed over while people fetch and others check: not one check fails."""

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select

from credentials.errors import CredentialError
from credentials.findings import Outcome
from credentials.model import Wire
from credentials.trust.listing import Accreditation, ListedKey, TrustedIssuer, TrustList
from credentials.verification import Expectations, Policy, Sources, check
from issuer import key_ledger
from issuer.installation import FIRST
from issuer.key_ledger import LEAD
from issuer.ports import Ports
from issuer.tables import Issued
from schemas import catalog
from tests.conftest import NOW
from tests.wallet.world import ISSUER, VERIFIER, World

ISSUERS, VERIFIERS = 3, 3
PATIENCE_SECONDS = 120.0
"""A proof takes milliseconds; the loop around it ends much sooner."""

SECONDS_AROUND = 70
"""Of the clock, around the moment at which the other key takes over."""

PURPOSES = {"dc+sd-jwt": "ES256", "ldp_vc": "EdDSA"}


@dataclass
class Crowd:
    """People who fetch proofs and others who check them, each in a thread.

    Attributes:
        lists: sector lists as old copies still hold them.
        fetched: a proof, and the key that signed it.
        failures: whatever was not accepted.
    """

    world: World
    format_id: str
    lists: list[TrustList] = field(default_factory=list)
    fetched: list[Wire] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    checks: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def fetch(self) -> None:
        """Fetch proofs with the holder's engine, which checks each before it keeps it."""
        while not self.over.is_set():
            try:
                received = self.world.fetch(self.world.offer(format_id=self.format_id))
            except CredentialError as error:
                self.failures.append(f"fetch {error}")
                continue
            if received.problem is not None:
                self.failures.append(f"kept not: {received.problem}")
            self.fetched.append(received.wire)

    def verify(self) -> None:
        """Check what was fetched, some of it long ago, in every way that a verifier can."""
        chance = random.Random(7)  # noqa: S311 - which proof is looked at
        while not self.over.is_set():
            if self.fetched:
                self.look_at(chance.choice(self.fetched))
            time.sleep(0.001)

    def look_at(self, wire: Wire) -> None:
        """The real verifier, whose list knows no later key; then each list, and none."""
        answer = self.world.clients[VERIFIER].post(
            "/api/check", json={"presentation": wire, "policy": Policy.LISTED}
        )
        found: dict[str, Any] = answer.json()
        parts = [found["parts"][name] for name in ("authentic", "issuer", "valid")]
        self._count(parts, f"verifier {parts}")
        for known in [*self.lists, None]:
            sources = Sources(self.world.http.get_body, known, lambda _type: None)
            policy = Policy.ANY if known is None else Policy.LISTED
            verdict = check(
                wire,
                expected=Expectations(policy=policy),
                sources=sources,
                at=self.world.clock(),
            )
            bad = [one.code for one in verdict.findings if one.outcome is Outcome.FAILED]
            open_ = [one.code for one in verdict.findings if one.outcome is Outcome.UNDETERMINED]
            self._count(["passed" if not bad and not open_ else "failed"], f"{bad} {open_}")

    def goes_on(self) -> None:
        """Wait until somebody fetched one more: the clock never runs ahead of slow people."""
        deadline, before = time.monotonic() + PATIENCE_SECONDS, len(self.fetched)
        while len(self.fetched) == before and not self.failures:
            assert time.monotonic() < deadline, "nobody fetches"
            time.sleep(0.005)

    def _count(self, outcomes: list[str], told: str) -> None:
        self.checks += 1
        if set(outcomes) != {"passed"}:
            self.failures.append(told)


def sector_list(ports: Ports, at: datetime) -> TrustList:
    """What the sector publishes at that moment about this one issuer."""
    with ports.database.reading() as session:
        history: tuple[ListedKey, ...] = key_ledger.history(session, ports)
    services = tuple(
        Accreditation(kind.url, "school", NOW - LEAD) for kind in catalog.credential_types()
    )
    entry = TrustedIssuer(ports.did, "Vakschool", services, history)
    return TrustList(7, at, at + 30 * LEAD, (entry,))


@pytest.mark.parametrize("format_id", list(PURPOSES))
def test_a_rotation_under_load_fails_no_check(tmp_path: Path, format_id: str) -> None:
    world = World(tmp_path)
    ports: Ports = world.clients[ISSUER].app.state.installation.ports(FIRST)  # type: ignore[attr-defined]  # the test client's application
    crowd, clock = Crowd(world, format_id), world.clock
    crowd.fetched.append(world.fetch(world.offer(format_id=format_id)).wire)
    before = str(ports.signers[format_id].public.key_id)
    made = key_ledger.prepare(ports, PURPOSES[format_id])
    crowd.lists.append(sector_list(ports, clock()))  # a copy that is a day old at the rotation
    # several copies carry the whole hour, so the other key signs from the next one on
    clock.turn(seconds=LEAD.total_seconds() + 3_600 - SECONDS_AROUND // 2)
    workers = [threading.Thread(target=crowd.fetch) for _ in range(ISSUERS)]
    workers += [threading.Thread(target=crowd.verify) for _ in range(VERIFIERS)]
    for worker in workers:
        worker.start()
    try:
        with ports.database.transaction() as session:
            key_ledger.rotate(session, ports, PURPOSES[format_id], at=clock())
        crowd.lists.append(sector_list(ports, clock()))
        wait_for_proofs(ports, before)
        for _ in range(SECONDS_AROUND):
            clock.turn(seconds=1)
            crowd.goes_on()
        wait_for_proofs(ports, str(made.id))
    finally:
        crowd.over.set()
        for worker in workers:
            worker.join()
    for wire in crowd.fetched:
        crowd.look_at(wire)
    signed = signers(ports)
    assert crowd.failures == []
    assert min(signed[before], signed[made.id]) > 3, signed
    assert crowd.checks > 4 * len(crowd.fetched)


def wait_for_proofs(ports: Ports, key_id: str) -> None:
    """Wait until this key has signed some; a busy machine may take its time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while signers(ports).get(key_id, 0) <= 3 and time.monotonic() < deadline:
        time.sleep(0.05)


def signers(ports: Ports) -> dict[str, int]:
    """How many proofs each key signed."""
    with ports.database.reading() as session:
        rows = session.exec(select(Issued.key_id, func.count()).group_by(col(Issued.key_id))).all()
    return dict(rows)
