"""Passkeys, the server's side (WebAuthn Level 3): what a browser is asked, and what is believed.

    passkeys = Passkeys(party, PasskeyRow, CeremonyRow, clock=clock)
    options = passkeys.begin_registration(session, owner, browser=secret_of_the_browser)
    row = passkeys.finish_registration(session, answer, browser=...)       # add a label, commit
    options = passkeys.begin_use(session, browser=...)
    row = passkeys.finish_use(session, answer, browser=...)                # row.owner_id signed in

``options`` go to ``parseCreationOptionsFromJSON`` and ``parseRequestOptionsFromJSON`` of the
browser; ``answer`` is the text of its ``toJSON()``. A challenge serves one ceremony of one browser
within five minutes. The person is verified each time (finger, face or PIN of the device). Results
of extensions are dropped before anything else reads the answer: the output of ``prf`` opens a vault
and is none of the server's business.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import LargeBinary, delete
from sqlmodel import Field, Session, SQLModel, col, select
from webauthn import generate_authentication_options, generate_registration_options
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import RejectedError
from service.clock import Clock
from service.columns import UtcTime
from service.passkey_answers import (
    Answer,
    read_answer,
    verify_registration,
    verify_use,
)
from service.settings import RoleSettings, origin_of

JsonObject = dict[str, object]

CHALLENGE_BYTES = 32
"""Twice what the standard asks (section 13.4.3)."""

CHALLENGE_LIFE = timedelta(minutes=5)
"""Time to find a phone or a security key."""

ALGORITHMS = (
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,  # Windows Hello without a newer chip
)
"""What devices sign with, best first."""

MAX_PASSKEYS = 20
"""Of one owner: some phones, laptops and security keys."""


class Ceremony(StrEnum):
    """What a challenge was made for."""

    REGISTRATION = "registration"
    USE = "use"


class Passkey(SQLModel):
    """Columns of a role's table of passkeys; the role adds ``table=True``.

    Attributes:
        id: the authenticator's own id for it, base64url.
        owner_id: whose it is: a member, an account.
        public_key: as a COSE key.
        sign_count: grows with each use where the device counts; 0 where it does not.
        transports: how the device is reached, for the browser's next question; with commas.
    """

    id: str = Field(primary_key=True)
    owner_id: str = Field(index=True)
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int = 0
    transports: str = ""
    label: str = ""
    created_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PasskeyChallenge(SQLModel):
    """Columns of a role's table of open questions; the role adds ``table=True``.

    Attributes:
        challenge_hash: SHA-256, hex.
        browser_hash: of the secret of the browser that was asked.
        owner_id: who is asked; None where anybody may sign in.
    """

    challenge_hash: str = Field(primary_key=True)
    browser_hash: str
    ceremony: str
    owner_id: str | None = None
    expires_at: datetime = Field(sa_type=UtcTime, index=True)


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks (the relying party).

    Attributes:
        id: the host name that passkeys belong to; never changes, or all of them are lost.
        name: shown by some devices.
        origins: the pages that may ask.
    """

    id: str
    name: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who gets a passkey.

    Attributes:
        id: comes back as the user handle: at most 64 octets, and nothing personal.
        name: shown by the person's own device.
    """

    id: str
    name: str


def party_of(settings: RoleSettings, name: str) -> Party:
    """The relying party of a service: the host that people see."""
    origin = origin_of(settings.public_url)
    return Party(urlsplit(origin).hostname or "", name, (origin,))


@dataclass(frozen=True, slots=True)
class Passkeys:
    """The passkeys of one service; every method works in the caller's transaction."""

    party: Party
    table: type[Passkey]
    challenges: type[PasskeyChallenge]
    clock: Clock
    entropy: Callable[[int], bytes] = secrets.token_bytes

    def begin_registration(
        self, session: Session, owner: Owner, *, browser: str, prf: bytes | None = None
    ) -> JsonObject:
        """Ask this browser to make a passkey for somebody who is known already.

        Args:
            session: the caller's transaction.
            owner: whose it will be; nobody else can finish this ceremony with another one.
            browser: a secret that only this browser sends (the form cookie, the login cookie).
            prf: the input for which the device derives a secret (section 10.1.4); None: not asked.

        Returns:
            ``PublicKeyCredentialCreationOptionsJSON`` (section 5.1.9).

        Raises:
            RejectedError: ``passkey_many``.
        """
        held = self.of_owner(session, owner.id)
        if len(held) >= MAX_PASSKEYS:
            raise RejectedError("passkey_many", f"{len(held)} already")
        options = generate_registration_options(
            rp_id=self.party.id,
            rp_name=self.party.name,
            user_id=owner.id.encode(),
            user_name=owner.name,
            challenge=self._ask(session, Ceremony.REGISTRATION, browser, owner.id),
            timeout=_milliseconds(CHALLENGE_LIFE),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[_descriptor(row) for row in held],
            supported_pub_key_algs=list(ALGORITHMS),
        )
        return _with_prf(options_to_json_dict(options), prf)

    def finish_registration(self, session: Session, answer: str, *, browser: str) -> Passkey:
        """Keep the passkey that the browser made.

        Raises:
            MalformedError: ``passkey_malformed``.
            RejectedError: ``passkey_expired``: no such question to this browser, or too long ago;
                ``passkey_refused``: any check of section 7.1 fails; ``passkey_known``.
        """
        read = read_answer(answer)
        asked = self._asked(session, Ceremony.REGISTRATION, read, browser)
        made = verify_registration(
            read,
            challenge=read.challenge,
            party_id=self.party.id,
            origins=self.party.origins,
            algorithms=ALGORITHMS,
        )
        key_id = b64url_encode(made.credential_id)
        if session.get(self.table, key_id) is not None:
            raise RejectedError("passkey_known", "registered before")
        row = self.table(
            id=key_id,
            owner_id=asked.owner_id or "",
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=",".join(read.transports),
            created_at=self.clock(),
        )
        session.add(row)
        return row

    def begin_use(
        self,
        session: Session,
        *,
        browser: str,
        owner_id: str | None = None,
        prf: bytes | None = None,
    ) -> JsonObject:
        """Ask this browser for a passkey: to sign in, or to confirm with a fresh verification.

        Args:
            session: the caller's transaction.
            browser: as in ``begin_registration``.
            owner_id: only their passkeys will do; None: whoever has one may sign in.
            prf: as in ``begin_registration``.

        Returns:
            ``PublicKeyCredentialRequestOptionsJSON`` (section 5.1.10).
        """
        held = self.of_owner(session, owner_id) if owner_id is not None else []
        options = generate_authentication_options(
            rp_id=self.party.id,
            challenge=self._ask(session, Ceremony.USE, browser, owner_id),
            timeout=_milliseconds(CHALLENGE_LIFE),
            allow_credentials=[_descriptor(row) for row in held],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return _with_prf(options_to_json_dict(options), prf)

    def finish_use(self, session: Session, answer: str, *, browser: str) -> Passkey:
        """The passkey that was used; its owner is present and verified.

        Raises:
            MalformedError: ``passkey_malformed``.
            RejectedError: ``passkey_expired``, as above; ``passkey_unknown``: none of ours, or
                of another than was asked; ``passkey_refused``: a check of section 7.2 fails.
        """
        read = read_answer(answer)
        asked = self._asked(session, Ceremony.USE, read, browser)
        row = session.get(self.table, read.id, with_for_update=True)
        if row is None or asked.owner_id not in {None, row.owner_id}:
            raise RejectedError("passkey_unknown", "not registered, or of another owner")
        if read.user_handle is not None and read.user_handle != row.owner_id.encode():
            raise RejectedError("passkey_refused", "the user handle names another owner")
        row.sign_count = verify_use(
            read,
            challenge=read.challenge,
            party_id=self.party.id,
            origins=self.party.origins,
            public_key=row.public_key,
            sign_count=row.sign_count,
        )
        row.used_at = self.clock()
        session.add(row)
        return row

    def of_owner(self, session: Session, owner_id: str) -> Sequence[Passkey]:
        """Somebody's passkeys, oldest first."""
        statement = select(self.table).where(self.table.owner_id == owner_id)
        return session.exec(statement.order_by(col(self.table.created_at))).all()

    def remove(self, session: Session, passkey_id: str, *, owner_id: str) -> None:
        """Let a passkey count no longer; the last one stays, or nobody could come in again.

        Raises:
            RejectedError: ``not_found``: none of this owner's; ``passkey_last``.
        """
        statement = select(self.table).where(self.table.owner_id == owner_id)
        statement = statement.order_by(col(self.table.id)).with_for_update()
        held = session.exec(statement).all()  # two that remove at once would leave none
        found = next((row for row in held if row.id == passkey_id), None)
        if found is None:
            raise RejectedError("not_found", "no such passkey")
        if len(held) == 1:
            raise RejectedError("passkey_last", "the only one")
        session.delete(found)

    def _ask(
        self, session: Session, ceremony: Ceremony, browser: str, owner_id: str | None
    ) -> bytes:
        now, challenge = self.clock(), self.entropy(CHALLENGE_BYTES)
        expired = delete(self.challenges).where(col(self.challenges.expires_at) <= now)
        session.connection().execute(expired)
        row = self.challenges(
            challenge_hash=_hash(challenge),
            browser_hash=_hash(browser.encode()),
            ceremony=ceremony,
            owner_id=owner_id,
            expires_at=now + CHALLENGE_LIFE,
        )
        session.add(row)
        return challenge

    def _asked(
        self, session: Session, ceremony: Ceremony, read: Answer, browser: str
    ) -> PasskeyChallenge:
        """The question that this is the answer to; it is taken away with the transaction."""
        row = session.get(self.challenges, _hash(read.challenge), with_for_update=True)
        ours = row is not None and hmac.compare_digest(row.browser_hash, _hash(browser.encode()))
        if row is None or not ours or row.ceremony != ceremony or row.expires_at <= self.clock():
            raise RejectedError("passkey_expired", "no such question to this browser")
        session.delete(row)
        session.flush()
        return row


def _hash(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def _milliseconds(life: timedelta) -> int:
    return int(life.total_seconds() * 1000)


def _descriptor(row: Passkey) -> PublicKeyCredentialDescriptor:
    known = {transport.value: transport for transport in AuthenticatorTransport}
    named = [known[name] for name in row.transports.split(",") if name in known]
    return PublicKeyCredentialDescriptor(id=b64url_decode(row.id), transports=named or None)


def _with_prf(options: JsonObject, salt: bytes | None) -> JsonObject:
    """Add what the library has no argument for (section 10.1.4)."""
    if salt is None:
        return options
    return options | {"extensions": {"prf": {"eval": {"first": b64url_encode(salt)}}}}
