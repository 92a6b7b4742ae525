"""What release 0.1.0 left in a database: its tables, and an office's rows in every state.

The statements that made the tables are those of that release (``data``). Rows are entered as that
release wrote them: sealed with the installation's own key, hashes of codes and tokens.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any

from sqlalchemy import MetaData, text
from sqlmodel import Session

from issuer.keys import sealing_key
from issuer.offers import fingerprint
from issuer.settings import DEMO_ORIGIN, IssuerSettings
from service.database import Database
from service.sealing import Sealer
from tests.issuer.office import AT, FORKLIFT

DATA = Path(__file__).parent / "data"

BEFORE = AT - timedelta(days=2)
"""When most of it happened."""

STATES = ("offered", "redeemed", "delivered", "accepted", "refused", "locked", "cancelled", "over")
"""Offers: one in each state, and one that nobody came for in time."""

ISSUED = {
    "redeemed": ("signing", "valid"),
    "delivered": ("delivered", "suspended"),
    "accepted": ("accepted", "revoked"),
    "refused": ("refused", "valid"),
}
"""What came of them."""

VALUES = {"valid": 0, "revoked": 1, "suspended": 2}

POOL = 256
"""Places that were drawn at once."""

LISTS = {"token": 1, "bitstring": 2}
"""Ids of the lists: in the order in which they were opened."""


def run(database: Database, file: str) -> None:
    """Run the statements of a file in one transaction."""
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    statements = "\n".join(line for line in lines if not line.startswith("--")).split(";")
    with database.transaction() as session:
        for statement in filter(str.strip, statements):
            session.connection().execute(text(statement))


def make_release(database: Database) -> None:
    """Make the tables as release 0.1.0 did."""
    run(database, f"release_0_1_0.{'sqlite' if database.is_sqlite else 'postgresql'}.sql")


def pin_of(state: str) -> str:
    """The PIN of an offer."""
    return f"12345{STATES.index(state)}"


def made(state: str) -> dict[str, str]:
    """An offer as that release answered its maker."""
    return {
        "id": f"offer-{state}",
        "type": "heftruck",
        "format": "dc+sd-jwt",
        "offer_uri": f"{DEMO_ORIGIN}/offers/link-{state}",
        "tx_code": pin_of(state),
    }


@dataclass(slots=True)
class Writer:
    """Enters rows into tables as they were."""

    session: Session
    tables: MetaData
    sealer: Sealer

    def add(self, table: str, **row: Any) -> None:  # noqa: ANN401 - whatever a column takes
        moments = {
            name: value.replace(tzinfo=None) if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        self.session.connection().execute(self.tables.tables[table].insert(), moments)

    def offer(self, state: str) -> None:
        closed = state in {"delivered", "accepted", "refused", "cancelled"}
        contents = {"claims": FORKLIFT, "code": f"code-{state}", "tx_code": pin_of(state)}
        self.add(
            "offer",
            id=f"offer-{state}",
            organisation_id="own",
            batch_id="batch-1",
            line=STATES.index(state) + 2,
            link_id=f"link-{state}",
            code_hash=fingerprint(f"code-{state}"),
            type_id="heftruck",
            format="dc+sd-jwt",
            state="offered" if state == "over" else state,
            attempts=5 if state == "locked" else 0,
            contents=None
            if closed
            else self.sealer.seal(json.dumps(contents).encode(), about=f"contents offer-{state}"),
            person=self.sealer.seal(b"Ahmet", about=f"person offer-{state}"),
            created_at=BEFORE,
            expires_at=BEFORE + timedelta(days=1 if state == "over" else 14),
            changed_at=BEFORE,
        )

    def proof(self, state: str) -> None:
        step, status = ISSUED[state]
        self.add(
            "issued",
            id=f"urn:{state}",
            offer_id=f"offer-{state}",
            token_hash=fingerprint(f"token-{state}"),
            holder="holder",
            key_id="did:web:issuer.skillspass.example#key",
            content_digest="",
            state=step,
            notification_id=f"notification-{state}",
            sealed=b"sealed" if state == "delivered" else None,
            issued_at=BEFORE,
            status=status,
            status_reason=None if status == "valid" else "verlopen examen",
            status_at=None if status == "valid" else BEFORE,
        )
        self.add(
            "token",
            token_hash=fingerprint(f"token-{state}"),
            offer_id=f"offer-{state}",
            expires_at=AT + timedelta(minutes=4),
        )

    def places(self, kind: str, holders: tuple[str, ...]) -> None:
        self.add("status_list", kind=kind, number=1, version=len(holders))
        for number in range(POOL):
            holder = holders[number] if number < len(holders) else None
            self.add(
                "status_slot",
                list_id=LISTS[kind],
                position=number * 7 + LISTS[kind],
                issued_id=holder and f"urn:{holder}",
                status=VALUES[ISSUED[holder][1]] if holder else 0,
            )


def fill(database: Database, directory: Path) -> None:
    """Enter an office's rows; what is sealed opens with the key in ``directory``."""
    tables = MetaData()
    tables.reflect(database.engine)
    key = sealing_key(IssuerSettings(var=directory), token_bytes)
    with database.transaction() as session:
        writer = Writer(session, tables, Sealer(key, token_bytes))
        did = "did:web:issuer.skillspass.example"
        writer.add("organisation", id="own", name="Metaal College", did=did)
        batch = {"id": "batch-1", "organisation_id": "own", "name": "klas 3b", "digest": "ab" * 32}
        writer.add("batch", **batch, created_at=BEFORE, offers=len(STATES))
        for state in STATES:
            writer.offer(state)
        writer.places("token", tuple(ISSUED))
        writer.places("bitstring", ())
        for state in ISSUED:
            writer.proof(state)
        for name, used_by in (("fresh", None), ("used", fingerprint("token-accepted"))):
            end = AT + timedelta(minutes=4)
            writer.add("nonce", nonce_hash=fingerprint(name), expires_at=end, used_by=used_by)
        for number, (action, about, reason) in enumerate(
            (
                ("cancelled", "offer-cancelled", None),
                ("suspended", "urn:delivered", "verlopen examen"),
                ("revoked", "urn:accepted", "fout in de naam \u2013 hersteld"),
            )
        ):
            at = BEFORE + timedelta(seconds=number, microseconds=number * 250_000)
            entry = {"organisation_id": "own", "action": action, "about": about, "reason": reason}
            writer.add("audit_entry", **entry, at=at)
