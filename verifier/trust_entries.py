"""Changes to an entry of a sector list: entering, accrediting, withdrawing, and going out of being.

Nothing is taken out of a list. What ends gets an end, from now on; what was signed before stays
good. Names are those of the trade register, in Latin letters alone: a list is read by people.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from credentials.errors import RejectedError
from credentials.trust.listing import (
    Accreditation,
    KeptStatus,
    ListedCertificate,
    ListedKey,
    TrustedIssuer,
)

MAX_NAME = 200
"""Characters: as the list itself allows."""

_SIGNS = frozenset(" -.&'()+,/:0123456789\u2019")


def check_name(name: str) -> str:
    """A name that cannot be taken for another by its letters.

    Raises:
        RejectedError: ``trust_name_odd``: empty, too long, blanks around it, or a letter that is
            not Latin, such as a Greek capital that looks like one, or one that is not seen.
    """
    letters = [each for each in name if each not in _SIGNS]
    latin = all(unicodedata.name(each, "").startswith("LATIN ") for each in letters)
    composed = unicodedata.normalize("NFC", name) == name
    if not latin or not composed or not letters or len(name) > MAX_NAME or name.strip() != name:
        raise RejectedError("trust_name_odd", f"{len(name)} characters")
    return name


def enter(old: TrustedIssuer | None, new: TrustedIssuer) -> TrustedIssuer:
    """An entry with what is new in it; what it had stays, in its order.

    A name, number or address that is given takes the place of the old one. A key that is known
    keeps its beginning.

    Raises:
        RejectedError: ``trust_name_odd``; ``trust_entry_gone``: it is gone, and stays so.
    """
    for name in (new.name, new.name_en):
        if name is not None:
            check_name(name)
    if old is None:
        return new
    if old.gone_since is not None:
        raise RejectedError("trust_entry_gone", "what is gone comes back under a new identifier")
    return replace(
        old,
        name=new.name,
        name_en=new.name_en or old.name_en,
        kvk=new.kvk or old.kvk,
        website=new.website or old.website,
        services=(*old.services, *_new_services(old, new.services)),
        keys=_merged(old.keys, new.keys),
        certificates=(
            *old.certificates,
            *(
                each
                for each in new.certificates
                if each.octets not in {known.octets for known in old.certificates}
            ),
        ),
        status_lists=tuple(dict.fromkeys((*old.status_lists, *new.status_lists))),
    )


def _new_services(old: TrustedIssuer, new: Iterable[Accreditation]) -> list[Accreditation]:
    """Those that no open accreditation of the same type and role covers."""
    running = {(each.type, each.role) for each in old.services if each.valid_until is None}
    return [each for each in new if (each.type, each.role) not in running]


def _merged(old: tuple[ListedKey, ...], new: tuple[ListedKey, ...]) -> tuple[ListedKey, ...]:
    """Known keys take a new end or a compromise over; others are added."""
    later = {each.key.key_id: each for each in new}
    merged = []
    for each in old:
        told = later.pop(each.key.key_id, None)
        if told is not None and told.key == each.key:
            ends = told.valid_until or each.valid_until
            bad = told.compromised or each.compromised
            merged.append(replace(each, valid_until=ends, compromised=bad))
        elif told is not None:
            raise RejectedError("trust_keys_invalid", "another key under a name that is taken")
        else:
            merged.append(each)
    return (*merged, *later.values())


def withdraw(entry: TrustedIssuer, *, types: frozenset[str], at: datetime) -> TrustedIssuer:
    """End accreditations from ``at`` on.

    Args:
        entry: as it is.
        types: type URLs; empty: all that are still running.
        at: now; what was given before stays good.

    Raises:
        RejectedError: ``trust_entry_unknown``: no such accreditation is running.
    """
    ended = [each for each in entry.services if _runs(each, at) and _meant(each, types)]
    if not ended or not types <= {each.type for each in ended}:
        raise RejectedError("trust_entry_unknown", "no such accreditation is running")
    services = tuple(
        replace(each, valid_until=at) if each in ended else each for each in entry.services
    )
    return replace(entry, services=services)


def _runs(service: Accreditation, at: datetime) -> bool:
    return service.valid_until is None or service.valid_until > at


def _meant(service: Accreditation, types: frozenset[str]) -> bool:
    return not types or service.type in types


def compromise(entry: TrustedIssuer, key_id: str) -> TrustedIssuer:
    """Say that a key got into wrong hands: nothing it ever signed counts any more.

    Raises:
        RejectedError: ``trust_entry_unknown``.
    """
    if not any(each.key.key_id == key_id for each in entry.keys):
        raise RejectedError("trust_entry_unknown", "no such key")
    keys = tuple(
        replace(each, compromised=True) if each.key.key_id == key_id else each
        for each in entry.keys
    )
    return replace(entry, keys=keys)


def end(entry: TrustedIssuer, *, kept: Mapping[str, KeptStatus], at: datetime) -> TrustedIssuer:
    """Say that an issuer no longer exists: all ends now, and what is kept of it takes its place.

    Args:
        entry: as it is.
        kept: by the address of a status list.
        at: now.

    Raises:
        RejectedError: ``trust_entry_gone``: it is gone already.
    """
    if entry.gone_since is not None:
        raise RejectedError("trust_entry_gone", "already")
    return replace(
        entry,
        gone_since=at,
        services=tuple(
            replace(each, valid_until=at) if _runs(each, at) else each for each in entry.services
        ),
        keys=tuple(_ended(each, at) for each in entry.keys),
        certificates=tuple(_ended_certificate(each, at) for each in entry.certificates),
        kept=tuple(kept[uri] for uri in entry.status_lists if uri in kept),
    )


def _ended(key: ListedKey, at: datetime) -> ListedKey:
    open_ = key.valid_until is None or key.valid_until > at
    return replace(key, valid_until=max(at, key.valid_from)) if open_ else key


def _ended_certificate(listed: ListedCertificate, at: datetime) -> ListedCertificate:
    open_ = listed.valid_until is None or listed.valid_until > at
    return replace(listed, valid_until=max(at, listed.valid_from)) if open_ else listed
