"""Firms with an account: whoever runs this looks each one up, and only then its name is shown.

A firm signs in with passkeys, one for each device; the account is the firm's, and no row names a
person. Without account, or before it was looked up, a request says that nobody checked who asks.
"""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete
from sqlmodel import Session, col, select

from credentials.encoding import b64url_encode
from credentials.errors import MalformedError, RejectedError
from credentials.model import Entropy
from schemas.declarations import Declared, lists
from verifier.questions import Firm
from verifier.tables import Invitation, Organisation

OWN = "own"
"""Id of the firm that runs this verifier; its key is the one of the settings."""

DEMO = "demo-hirer"
"""Id of the trial's firm, which signs in with one click."""

MAX_NAME = 80
"""Characters of a name: as long as a passport shows of it."""

INVITATION_LIFE = timedelta(days=3)
"""A weekend and a day."""

Way = Literal["domain", "kvk"]
"""What was looked up."""

_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_KVK = re.compile(r"[0-9]{8}")


def add(
    session: Session,
    name: str,
    *,
    entropy: Entropy,
    at: datetime,
    kvk: str | None = None,
    domain: str | None = None,
    organisation_id: str | None = None,
) -> Organisation:
    """Enter a firm, not yet checked.

    Raises:
        MalformedError: ``organisation_invalid``: a name, number or host of another form.
    """
    usual = lists().usual
    row = Organisation(
        id=organisation_id or entropy(16).hex(),  # no hyphen in front: commands take it
        name=_name(name),
        kvk=_of_form(kvk, _KVK, "kvk: eight digits"),
        domain=_of_form(domain, _HOST, "domain: only the name, such as firm.example"),
        relation=usual.relation,
        purpose=usual.purpose,
        legal_basis=usual.legal_basis,
        retention_days=usual.retention_days,
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row


def keep_own(
    session: Session, name: str, *, kvk: str | None, checked: bool, entropy: Entropy, at: datetime
) -> None:
    """Enter the firm of the settings, or bring it up to date."""
    row = session.get(Organisation, OWN) or add(
        session, name, entropy=entropy, at=at, organisation_id=OWN
    )
    by = ("kvk" if kvk else "domain") if checked else None
    if (row.name, row.kvk, row.checked_by) != (name, kvk, by):
        row.name, row.kvk = name, kvk
        row.checked_by, row.checked_at = by, at if checked else None
        session.add(row)


def check(session: Session, organisation_id: str, *, by: Way | None, at: datetime) -> Organisation:
    """Say that a firm was looked up, by its domain or its number; None takes that back.

    Raises:
        RejectedError: ``not_found``.
        MalformedError: ``organisation_invalid``: it has no domain or number.
    """
    row = session.get(Organisation, organisation_id, with_for_update=True)
    if row is None:
        raise RejectedError("not_found", "no such firm")
    if by is not None and not (row.domain if by == "domain" else row.kvk):
        raise MalformedError("organisation_invalid", f"no {by} to check")
    row.checked_by, row.checked_at = by, None if by is None else at
    session.add(row)
    return row


def way(word: str) -> Way | None:
    """What was looked up, as somebody typed it; None for ``none``.

    Raises:
        MalformedError: ``organisation_invalid``.
    """
    if word == "none":
        return None
    if word == "domain":
        return "domain"
    if word == "kvk":
        return "kvk"
    raise MalformedError("organisation_invalid", "domain, kvk or none")


def organisations(session: Session) -> list[Organisation]:
    """All firms, by name."""
    return list(session.exec(select(Organisation).order_by(col(Organisation.name))))


def find(session: Session, organisation_id: str) -> Organisation:
    """One firm.

    Raises:
        RejectedError: ``not_found``.
    """
    row = session.get(Organisation, organisation_id)
    if row is None:
        raise RejectedError("not_found", "no such firm")
    return row


def firm_of(row: Organisation) -> Firm | None:
    """What a request may say of it: its name only where it was checked."""
    if row.checked_by is None:
        return None
    return Firm(row.name, row.kvk if row.checked_by == "kvk" else None)


def usual_of(row: Organisation) -> Declared:
    """What its requests declare where nobody chooses."""
    return Declared(row.relation, row.purpose, row.legal_basis, row.retention_days)


def change_usual(session: Session, row: Organisation, declared: Declared) -> None:
    """Declare this from now on.

    Raises:
        RejectedError: ``declaration_invalid``.
    """
    if not lists().holds(declared):
        raise RejectedError("declaration_invalid", "a choice that stands on no list")
    row.relation, row.purpose = declared.relation, declared.purpose
    row.legal_basis, row.retention_days = declared.legal_basis, declared.retention_days
    session.add(row)


def take_turn(session: Session, organisation_id: str) -> None:
    """Of two that count what belongs to one firm, one waits for the other."""
    own = select(Organisation.id).where(Organisation.id == organisation_id)
    session.exec(own.with_for_update(key_share=True)).one()


def invite(session: Session, organisation_id: str, *, entropy: Entropy, at: datetime) -> str:
    """A way in for one device: the secret of a link that makes one passkey within three days.

    Raises:
        RejectedError: ``not_found``.
    """
    row = find(session, organisation_id)
    session.connection().execute(delete(Invitation).where(col(Invitation.expires_at) <= at))
    token = b64url_encode(entropy(32))
    session.add(
        Invitation(token_hash=_hash(token), organisation_id=row.id, expires_at=at + INVITATION_LIFE)
    )
    return token


def invited(session: Session, token: str, *, at: datetime) -> Organisation:
    """The firm that a link invites.

    Raises:
        RejectedError: ``gone``: used, over, or never sent.
    """
    found = session.get(Invitation, _hash(token))
    if found is None or at >= found.expires_at:
        raise RejectedError("gone", "no such invitation")
    return find(session, found.organisation_id)


def use_invitation(session: Session, token: str) -> None:
    """End an invitation: its passkey was made.

    Raises:
        RejectedError: ``gone``: somebody else used it meanwhile.
    """
    ended = session.connection().execute(
        delete(Invitation).where(col(Invitation.token_hash) == _hash(token))
    )
    if ended.rowcount != 1:
        raise RejectedError("gone", "used meanwhile")


def _name(name: str) -> str:
    words = name.strip()
    if not 1 <= len(words) <= MAX_NAME or not words.isprintable():
        raise MalformedError("organisation_invalid", f"name: 1 to {MAX_NAME} characters")
    return words


def _of_form(value: str | None, form: re.Pattern[str], told: str) -> str | None:
    if value is not None and not form.fullmatch(value):
        raise MalformedError("organisation_invalid", told)
    return value


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
