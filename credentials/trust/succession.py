"""One list after another: what changed, and that nothing was taken back.

A list only grows. An issuer, a key or an accreditation never leaves it, and its past stays as it
was: ends are set from the last list on, not before. Who loses trust is withdrawn, and what it gave
until then stays true.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from credentials.errors import RejectedError
from credentials.trust.entities import (
    Accreditation,
    ListedCertificate,
    ListedKey,
    TrustedIssuer,
    TrustList,
)

FORBIDDEN = frozenset(
    [
        "issuer_removed",
        "accreditation_removed",
        "key_removed",
        "certificate_removed",
        "past_changed",
    ]
)
"""Changes that no list may make to the one before."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two lists.

    Attributes:
        kind: of the closed set that ``trust.change.<kind>`` in the catalogue explains.
        issuer: whose entry it is.
        subject: the type, key or address that it is about; empty where it is the entry itself.
        moment: from when on, where it has a moment.
    """

    kind: str
    issuer: str
    subject: str = ""
    moment: datetime | None = None


def differences(before: TrustList | None, after: TrustList) -> tuple[Change, ...]:
    """What the later list says that the earlier one did not, entry by entry."""
    old = {each.id: each for each in before.issuers} if before else {}
    since = before.issued_at if before else None
    found: list[Change] = []
    for entry in after.issuers:
        known = old.pop(entry.id, None)
        if known is None:
            found.append(Change("issuer_added", entry.id))
            known = TrustedIssuer(entry.id, entry.name, (), (), entry.name_en, entry.kvk)
        found += _changed(known, entry, since)
    return (*found, *(Change("issuer_removed", gone) for gone in old))


def check_succession(before: TrustList, after: TrustList) -> None:
    """Whether a list may follow another.

    Raises:
        RejectedError: ``trust_history_changed``: it takes something back, or changes the past.
    """
    for change in differences(before, after):
        if change.kind in FORBIDDEN:
            detail = f"{change.kind} {change.issuer} {change.subject}".strip()
            raise RejectedError("trust_history_changed", detail)


def _changed(old: TrustedIssuer, new: TrustedIssuer, since: datetime | None) -> Iterator[Change]:
    if (old.name, old.name_en, old.kvk) != (new.name, new.name_en, new.kvk):
        yield Change("issuer_renamed", new.id)
    yield from _periods(new.id, "accreditation", (_services(old), _services(new)), since)
    yield from _periods(new.id, "key", (_keys(old.keys), _keys(new.keys)), since)
    yield from _periods(
        new.id,
        "certificate",
        (_certificates(old.certificates), _certificates(new.certificates)),
        since,
    )
    yield from _last_things(old, new)


def _last_things(old: TrustedIssuer, new: TrustedIssuer) -> Iterator[Change]:
    if old.gone_since != new.gone_since:
        kind = "issuer_gone" if old.gone_since is None else "past_changed"
        yield Change(kind, new.id, moment=new.gone_since)
    kept = {each.uri: each for each in old.kept}
    for each in new.kept:
        before = kept.pop(each.uri, None)
        if before is None:
            yield Change("status_kept", new.id, each.uri, each.kept_at)
        elif before != each:
            yield Change("past_changed", new.id, each.uri)
    for uri in kept:
        yield Change("past_changed", new.id, uri)


_Dated = Accreditation | ListedKey | ListedCertificate
_Named = Mapping[Hashable, _Dated]


def _services(issuer: TrustedIssuer) -> _Named:
    return {(each.type, each.role, each.valid_from): each for each in issuer.services}


def _keys(keys: Iterable[ListedKey]) -> _Named:
    return {(each.key.key_id or "", each.key.thumbprint, each.valid_from): each for each in keys}


def _certificates(listed: Iterable[ListedCertificate]) -> _Named:
    return {(f"{len(each.octets)}", each.octets, each.valid_from): each for each in listed}


def _periods(
    issuer: str, what: str, both: tuple[_Named, _Named], since: datetime | None
) -> Iterator[Change]:
    """Things that have a name and a beginning, which stay, and an end, which may be set."""
    old, new = dict(both[0]), both[1]
    for name, dated in new.items():
        subject = str(name[0]) if isinstance(name, tuple) else ""
        before = old.pop(name, None)
        if before is None:
            yield Change(f"{what}_added", issuer, subject, dated.valid_from)
            if dated.valid_until is not None:
                yield Change(f"{what}_ended", issuer, subject, dated.valid_until)
            continue
        if _compromised(before) != _compromised(dated):
            kind = "key_compromised" if _compromised(dated) else "past_changed"
            yield Change(kind, issuer, subject)
        if before.valid_until != dated.valid_until:
            ends = (before.valid_until, dated.valid_until)
            past = since is not None and any(end is not None and end < since for end in ends)
            kind = "past_changed" if past else f"{what}_ended"
            kind = f"{what}_renewed" if not past and dated.valid_until is None else kind
            yield Change(kind, issuer, subject, dated.valid_until)
    for name in old:
        subject = str(name[0]) if isinstance(name, tuple) else ""
        yield Change(f"{what}_removed", issuer, subject)


def _compromised(dated: _Dated) -> bool:
    return not isinstance(dated, Accreditation) and dated.compromised
