"""The publisher of a sector list: a folder with a draft, the signed lists, and what is kept.

    draft.json      who stands on the next list, in the words of TS 119 602
    anchor.json     the public half of the list's key: verifiers are given it beforehand
    keys.json       the key itself, sealed; it may live elsewhere, on a machine without a network
    lists/N.jwt     every list that was signed; none is ever changed
    kept/           the newest status lists of all issuers, for the day that one is gone

Changing the draft, signing and publishing are three steps, for three people where one wants that.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from credentials.encoding import JsonObject, parse_json_object
from credentials.errors import CredentialError, RejectedError
from credentials.keys import PublicKey, Signer, public_key_from_jwk
from credentials.trust.listing import (
    ISSUERS,
    VERIFIERS,
    Scheme,
    TrustedIssuer,
    TrustList,
    digest_of,
    read_list,
    sign_list,
)
from credentials.trust.succession import Change, check_succession, differences
from credentials.trust.wire import MAX_ENTITIES, Entity, issuer_of, write_issuer

KINDS: Final[Mapping[str, str]] = {"issuers": ISSUERS, "verifiers": VERIFIERS}
"""What a folder can hold a list of."""

KEY_NAME = "list"
"""Of the key in its keystore."""

MAX_LIST_LIFE = timedelta(days=180)
"""The longest that TS 119 602 lets a list stand before its next update."""

MAX_DRAFT_BYTES = 16 * 1024 * 1024
"""Two thousand issuers with their history."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the next list will say.

    Attributes:
        kind: ``issuers`` or ``verifiers``.
        operator: who keeps the list, by language.
        url: where the newest list is published; its history and kept documents lie beside it.
        anchor: the list's key.
    """

    kind: str
    operator: Mapping[str, str]
    url: str
    anchor: PublicKey = field(repr=False)
    entries: tuple[TrustedIssuer, ...] = ()

    def entry(self, identifier: str) -> TrustedIssuer:
        """The entry of that DID or address.

        Raises:
            RejectedError: ``trust_entry_unknown``.
        """
        found = next((each for each in self.entries if each.id == identifier), None)
        if found is None:
            raise RejectedError("trust_entry_unknown", "not on this list")
        return found

    def having(self, entry: TrustedIssuer) -> "Draft":
        """The draft with an entry, in the place of the one with the same name."""
        others = tuple(each for each in self.entries if each.id != entry.id)
        return replace(self, entries=(*others, entry))

    def beside(self, path: str) -> str:
        """An address beside that of the list."""
        return f"{self.url.rpartition('/')[0]}/{path}"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str = Field(pattern="^(issuers|verifiers)$")
    operator: dict[str, str] = Field(min_length=1, max_length=9)
    url: str = Field(pattern=r"^https://[^\s\"<>\\]{1,1000}/[^\s\"<>\\/]{1,200}$")
    entries: list[Entity] = Field(max_length=MAX_ENTITIES)


def begin(
    folder: Path, signer: Signer, *, kind: str, operator: Mapping[str, str], url: str, at: datetime
) -> Draft:
    """Start an empty list in a folder.

    Raises:
        RejectedError: ``trust_exists``: there is one already; ``usage_trust``: not the https
            address of a file, or no name.
    """
    if (folder / "draft.json").exists():
        raise RejectedError("trust_exists", "the folder has a list")
    draft = Draft(kind, dict(operator), url, signer.public.with_key_id(None))
    _check(_document(draft, at))
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "anchor.json", json.dumps(draft.anchor.jwk(), indent=1).encode())
    write_draft(folder, draft, at=at)
    return draft


def read_draft(folder: Path) -> Draft:
    """The draft of a folder.

    Raises:
        RejectedError: ``usage_trust``: there is none, or it is no draft.
    """
    try:
        document = parse_json_object(
            (folder / "draft.json").read_bytes()[: MAX_DRAFT_BYTES + 1], max_bytes=MAX_DRAFT_BYTES
        )
        file = _check(document)
        anchor = public_key_from_jwk(parse_json_object((folder / "anchor.json").read_bytes()))
        entries = tuple(issuer_of(each) for each in file.entries)
    except OSError as error:
        raise RejectedError("usage_trust", "no list in this folder: make one with init") from error
    except CredentialError as error:
        raise RejectedError("usage_trust", error.code) from error
    return Draft(file.kind, file.operator, file.url, anchor, entries)


def _check(document: JsonObject) -> _File:
    try:
        return _File.model_validate(document)
    except ValidationError as failure:
        place = failure.errors(include_input=False, include_url=False)[0]["loc"]
        raise RejectedError("usage_trust", f"at {'.'.join(map(str, place))}") from None


def _document(draft: Draft, at: datetime) -> JsonObject:
    return {
        "kind": draft.kind,
        "operator": dict(draft.operator),
        "url": draft.url,
        "entries": [write_issuer(each, at=at) for each in draft.entries],
    }


def write_draft(folder: Path, draft: Draft, *, at: datetime) -> None:
    """Keep a draft that may follow the last list.

    Raises:
        RejectedError: ``trust_history_changed``.
    """
    last = last_list(folder, draft, at=at)
    if last is not None:
        check_succession(last, _candidate(draft, last, at=at))
    _write(folder / "draft.json", json.dumps(_document(draft, at), indent=1).encode())


def changes(folder: Path, draft: Draft, *, at: datetime) -> tuple[Change, ...]:
    """What the draft says that the last list did not."""
    last = last_list(folder, draft, at=at)
    return differences(last, _candidate(draft, last, at=at))


def _candidate(draft: Draft, last: TrustList | None, *, at: datetime) -> TrustList:
    number = 1 if last is None else last.sequence + 1
    return TrustList(number, at, at, draft.entries)


def numbers(folder: Path) -> list[int]:
    """The numbers of the signed lists, lowest first."""
    return sorted(
        int(each.stem) for each in (folder / "lists").glob("*.jwt") if each.stem.isdecimal()
    )


def token_of(folder: Path, number: int) -> str:
    """One signed list.

    Raises:
        RejectedError: ``usage_trust``.
    """
    try:
        return (folder / "lists" / f"{number}.jwt").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RejectedError("usage_trust", f"no list {number}") from error


def read_signed(token: str, draft: Draft, *, at: datetime) -> TrustList:
    """One of the own lists, stale or not.

    Raises:
        RejectedError: as ``read_list``.
    """
    return read_list(
        token, anchor=draft.anchor, at=at, seen_sequence=None, kind=KINDS[draft.kind], stale=True
    )


def last_list(folder: Path, draft: Draft, *, at: datetime) -> TrustList | None:
    """The newest signed list; None before the first."""
    known = numbers(folder)
    return read_signed(token_of(folder, known[-1]), draft, at=at) if known else None


def sign(folder: Path, signer: Signer, *, life: timedelta, at: datetime) -> TrustList:
    """Make the next list of the draft.

    Args:
        folder: of the list.
        signer: the list's own key, as ``anchor.json`` names it.
        life: until its next update.
        at: now.

    Raises:
        RejectedError: ``trust_key_other``: another key; ``trust_history_changed``;
            ``usage_trust``: a life that is none; ``trust_list_rollback``: a clock before the last
            list.
    """
    draft = read_draft(folder)
    if signer.public != draft.anchor:
        raise RejectedError("trust_key_other", "not the key of anchor.json")
    if not timedelta(0) < life <= MAX_LIST_LIFE:
        raise RejectedError("usage_trust", f"1 to {MAX_LIST_LIFE.days} days")
    known = numbers(folder)
    previous = token_of(folder, known[-1]) if known else None
    last = None if previous is None else read_signed(previous, draft, at=at)
    if last is not None:
        if at < last.issued_at:
            raise RejectedError("trust_list_rollback", "the clock is before the last list")
        check_succession(last, _candidate(draft, last, at=at))
    number = 1 if last is None else last.sequence + 1
    scheme = Scheme(draft.operator, KINDS[draft.kind], previous, (draft.url,))
    token = sign_list(
        draft.entries, signer, sequence=number, at=at, next_update=at + life, scheme=scheme
    )
    _write(folder / "lists" / f"{number}.jwt", token.encode("ascii"), once=True)
    return read_signed(token, draft, at=at)


def check_history(folder: Path, draft: Draft, *, at: datetime) -> tuple[TrustList, ...]:
    """All signed lists, oldest first, each of which follows the one before.

    Raises:
        RejectedError: ``trust_history_changed``: one is missing, or does not name the digest of the
            one before, or takes something back; as ``read_list``.
    """
    found: list[TrustList] = []
    previous: str | None = None
    for place, number in enumerate(numbers(folder), 1):
        token = token_of(folder, number)
        listed = read_signed(token, draft, at=at)
        linked = listed.previous == (None if previous is None else digest_of(previous))
        if not place == number == listed.sequence or not linked:
            raise RejectedError("trust_history_changed", f"list {number}")
        if found:
            check_succession(found[-1], listed)
        found.append(listed)
        previous = token
    if not found:
        raise RejectedError("usage_trust", "nothing was signed yet")
    return tuple(found)


def publish(folder: Path, target: Path, *, at: datetime) -> TrustList:
    """Lay the newest list, its history, its anchor and what is kept in a folder of a web server.

    Raises:
        RejectedError: ``trust_list_rollback``: a newer list lies there; as ``check_history``.
    """
    draft = read_draft(folder)
    lists = check_history(folder, draft, at=at)
    newest = target / draft.url.rpartition("/")[2]
    if newest.is_file():
        there = read_signed(newest.read_text("ascii", "replace").strip(), draft, at=at)
        if there.sequence > lists[-1].sequence:
            raise RejectedError("trust_list_rollback", f"{there.sequence} is published")
    for listed in lists:
        token = token_of(folder, listed.sequence).encode("ascii")
        _write(target / "lists" / f"{listed.sequence}.jwt", token)
    for kept in (folder / "kept").glob("*.kept"):
        _write(target / "kept" / kept.name, kept.read_bytes())
    _write(target / "anchor.json", (folder / "anchor.json").read_bytes())
    _write(newest, token_of(folder, lists[-1].sequence).encode("ascii"))  # last: it names the rest
    return lists[-1]


def _write(file: Path, content: bytes, *, once: bool = False) -> None:
    """Replace a file at once; ``once`` refuses where it is there already."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    try:
        if once:
            os.link(name, file)
        else:
            Path(name).chmod(0o644)
            Path(name).replace(file)
    except FileExistsError as error:
        raise RejectedError("trust_exists", file.name) from error
    finally:
        Path(name).unlink(missing_ok=True)
