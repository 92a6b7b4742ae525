"""The signing keys of one organisation: which signs at a moment, and which others must know.

next: published, not used yet. current: signs. retired: signs no more, still checks what it signed.
revoked: got into wrong hands, so that nothing it ever signed counts. Keys change hands at a whole
second that was announced before, because every process looks at the ledger only now and then.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from credentials.dids.web import method_id
from credentials.errors import RejectedError, UndeterminedError
from credentials.keys import Algorithm, PublicKey, Signer, public_key_from_jwk
from issuer.tables import Issued, SigningKey
from service.database import Database
from service.keystore import SigningKeys, under_id

LOOK_AGAIN = timedelta(seconds=5)
"""How long a process goes by what it read in the ledger."""

PURPOSES = {"ES256": Algorithm.ES256, "EdDSA": Algorithm.EDDSA}
"""What keys are for: JOSE formats and their status lists (HAIP asks ES256); Data Integrity."""

PURPOSE_OF = {"dc+sd-jwt": "ES256", "ldp_vc": "EdDSA"}
"""By the name under which use cases ask for a signer."""

FIRST_NAMES = {"ES256": "dc+sd-jwt", "EdDSA": "ldp_vc"}
"""What the first key of a purpose is called in its store, since version 0.1.0."""


class KeyState(StrEnum):
    """Where a key stands."""

    NEXT = "next"
    CURRENT = "current"
    RETIRED = "retired"
    REVOKED = "revoked"


def state_of(row: SigningKey, at: datetime) -> KeyState:
    """Where a key stands at a moment."""
    if row.revoked_at is not None and row.revoked_at <= at:
        return KeyState.REVOKED
    if row.used_from is None or at < row.used_from:
        return KeyState.NEXT
    if row.used_until is not None and row.used_until <= at:
        return KeyState.RETIRED
    return KeyState.CURRENT


def whole_hour(moment: datetime) -> datetime:
    """The hour that a moment lies in: what is signed in several copies carries no finer date."""
    return moment.replace(minute=0, second=0, microsecond=0)


def public_of(row: SigningKey) -> PublicKey:
    """The public half of a key, with its id."""
    return public_key_from_jwk({**row.jwk}).with_key_id(row.id)


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Whose keys, and where their ledger is.

    Attributes:
        slug: of the organisation; its keys' names in the store begin with it.
        did: of which the keys are methods.
    """

    database: Database
    organisation_id: str
    slug: str
    did: str
    clock: Callable[[], datetime]

    @property
    def prefix(self) -> str:
        """What the names of the organisation's keys begin with."""
        return f"{self.slug}/" if self.slug else ""


@dataclass(slots=True)
class KeyRing(Mapping[str, Signer]):
    """An organisation's keys; as a mapping, what signs now, by a name of ``PURPOSE_OF``.

    Attributes:
        store: gives the place where the private halves are; asked for by who signs.
    """

    place: KeyPlace
    store: Callable[[], SigningKeys]
    _rows: tuple[SigningKey, ...] = field(default=(), repr=False)
    _read_at: datetime | None = field(default=None, repr=False)
    _turn: Lock = field(default_factory=Lock, repr=False)
    _signers: dict[str, Signer] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> Signer:
        """The signer of that name now."""
        return self.at(name, self.place.clock())

    def __iter__(self) -> Iterator[str]:
        return iter(PURPOSE_OF)

    def __len__(self) -> int:
        return len(PURPOSE_OF)

    def at(self, name: str, moment: datetime) -> Signer:
        """The signer of that name for what is dated at that moment.

        Raises:
            UndeterminedError: ``signer_unavailable``: every key of the kind was revoked.
        """
        purpose = PURPOSE_OF[name]
        mine = [row for row in self.rows() if row.purpose == purpose and row.revoked_at is None]
        used = [row for row in mine if row.used_from is not None]
        now = [row for row in used if state_of(row, moment) is KeyState.CURRENT]
        after = [row for row in used if _start(row) > moment]
        if now:
            return self._signer(max(now, key=_start))
        if after:  # the key of that moment was revoked, or the clock runs behind
            return self._signer(min(after, key=_start))
        raise UndeterminedError("signer_unavailable", f"no key for {purpose}")

    def kept(self, key_id: str, name: str, moment: datetime) -> str:
        """The id of the key for an intent that is dated at that moment.

        The one that it names already, where that signed then and was not revoked; else the one of
        the moment. Two requests for one intent thus sign with the same key.

        Raises:
            UndeterminedError: ``signer_unavailable``.
        """
        for row in self.rows():
            if row.id == key_id and row.revoked_at is None:
                if state_of(row, moment) is KeyState.CURRENT:
                    return key_id
                break
        return self.at(name, moment).public.key_id or ""

    def by_id(self, key_id: str) -> Signer:
        """The signer that an intent names, also when another is current by now.

        Raises:
            RejectedError: ``key_unknown``, or ``key_revoked``.
        """
        row = next((row for row in self.rows() if row.id == key_id), None)
        if row is None:
            raise RejectedError("key_unknown", "not in the ledger")
        if row.revoked_at is not None:
            raise RejectedError("key_revoked", "it signs nothing any more")
        return self._signer(row)

    def rows(self) -> tuple[SigningKey, ...]:
        """The ledger as this process knows it, oldest first.

        One thread looks again while the others go by what they know: they may hold every
        connection to the database that there is.
        """
        now = self.place.clock()
        old = self._read_at is None or abs(now - self._read_at) >= LOOK_AGAIN
        if old and self._turn.acquire(blocking=not self._rows):
            try:
                self._rows, self._read_at = self._read(), now
            finally:
                self._turn.release()
        return self._rows

    def begin(self) -> "KeyRing":
        """Give each purpose its first key; two processes that begin at once agree."""
        made = []
        for purpose in sorted(PURPOSES.keys() - {row.purpose for row in self.rows()}):
            name = self.place.prefix + FIRST_NAMES[purpose]
            made.append(self._row(purpose, self.store().ensure(name, PURPOSES[purpose]), name))
        if made:
            with self.place.database.transaction() as session:
                for row in made:
                    row.published_at = row.used_from = _since(session, row)
                    _insert_once(session, row, is_sqlite=self.place.database.is_sqlite)
            self.look_again()
        return self

    def look_again(self) -> None:
        """Forget what was read: somebody here has just written."""
        self._read_at = None

    def create(self, purpose: str, name: str) -> SigningKey:
        """Make a key in the store; the row is not in the ledger yet.

        Raises:
            RejectedError: ``key_exists``.
            UndeterminedError: ``signer_unavailable``.
        """
        return self._row(purpose, self.store().create(name, PURPOSES[purpose]), name)

    def _row(self, purpose: str, signer: Signer, name: str) -> SigningKey:
        public = signer.public
        return SigningKey(
            id=method_id(self.place.did, public),
            organisation_id=self.place.organisation_id,
            name=name,
            purpose=purpose,
            jwk={member: str(value) for member, value in public.jwk().items()},
            published_at=whole_hour(self.place.clock()),
        )

    def _signer(self, row: SigningKey) -> Signer:
        found = self._signers.get(row.id)
        if found is None:
            kept = under_id(self.store().signer(row.name), row.id)
            if kept.public != public_of(row):
                raise RejectedError("key_unknown", "the store holds another key of that name")
            found = self._signers[row.id] = kept
        return found

    def _read(self) -> tuple[SigningKey, ...]:
        with self.place.database.reading() as session:
            return tuple(
                session.exec(
                    select(SigningKey)
                    .where(SigningKey.organisation_id == self.place.organisation_id)
                    .order_by(col(SigningKey.published_at), col(SigningKey.id))
                )
            )


def _start(row: SigningKey) -> datetime:
    if row.used_from is None:
        raise ValueError("a key that was never used")
    return row.used_from


def _since(session: Session, row: SigningKey) -> datetime:
    """Since when a first key signs: an issuer older than its ledger has signed before."""
    mine = Issued.organisation_id == row.organisation_id
    first: datetime | None = session.exec(select(func.min(Issued.issued_at)).where(mine)).one()
    return row.published_at if first is None else min(first, row.published_at)


def _insert_once(session: Session, row: SigningKey, *, is_sqlite: bool) -> None:
    insert = sqlite.insert if is_sqlite else postgresql.insert
    statement = insert(SigningKey).values(row.model_dump()).on_conflict_do_nothing()
    session.connection().execute(statement)
