"""Open Badges 3.0 and CLR 2.0 (1EdTech): the shape of an achievement, an endorsement, a record.

A profile of the data model: what must be there, of which class, and which words are of a fixed
list. Proofs, dates and status are judged elsewhere, as for every credential; members that a
profile does not name are extensions, and a context must define them.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from credentials import data_model
from credentials.badge_classes import CLASSES, RESULT_STATUS, WORDS
from credentials.encoding import JsonObject, JsonValue, check_json
from credentials.errors import MalformedError

OPEN_BADGES_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
"""What we write; other versions of 3.0 are read."""

CLR_CONTEXT = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
"""What we write; CLR 2.0.0 is read."""

OPEN_BADGE = "OpenBadgeCredential"
"""The type that says: this is a badge."""

_OPEN_BADGES = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.0\.\d+)?\.json")
_CLR = re.compile(r"https://purl\.imsglobal\.org/spec/clr/v2p0/context(-2\.0\.\d+)?\.json")
_EXTENSION = re.compile(r"ext:[A-Za-z0-9._-]{1,64}")


class Kind(StrEnum):
    """What a badge document is, by its class."""

    ACHIEVEMENT = "AchievementCredential"
    ENDORSEMENT = "EndorsementCredential"
    RECORD = "ClrCredential"


_KIND_NAMES: Mapping[str, Kind] = MappingProxyType(
    {
        "AchievementCredential": Kind.ACHIEVEMENT,
        OPEN_BADGE: Kind.ACHIEVEMENT,
        "EndorsementCredential": Kind.ENDORSEMENT,
        "ClrCredential": Kind.RECORD,
    }
)


def is_badge(document: JsonObject) -> bool:
    """Whether a document says that it follows the profile: by its type, or by type and context.

    The other names of classes are badges in the context of Open Badges alone; elsewhere they may
    mean something else.

    Raises:
        MalformedError: ``type_missing``.
    """
    names = data_model.types_of(document)
    value = document.get("@context")
    urls = value if isinstance(value, list) else [value]
    ours = any(isinstance(url, str) and _OPEN_BADGES.fullmatch(url) for url in urls)
    return OPEN_BADGE in names or (ours and not names.isdisjoint(_KIND_NAMES))


def check_badge(document: JsonObject, *, whole: bool = True) -> Kind:
    """Hold a credential against the profile of its class.

    Args:
        document: an achievement, an endorsement or a record, with or without its proof.
        whole: False where its holder may have left out what he did not want to show: then nothing
            is missing, and what is there still has to be right.

    Raises:
        MalformedError: ``badge_malformed``: a class, a member or a word that the profile does not
            allow, the detail names the place; ``context_missing``; ``type_missing``;
            ``date_invalid``; as ``check_json``.
    """
    check_json(document)
    names = data_model.types_of(document)
    kinds = {_KIND_NAMES[name] for name in names if name in _KIND_NAMES}
    if data_model.CREDENTIAL not in names or len(kinds) != 1:
        raise _wrong("type")
    (kind,) = kinds
    _check_contexts(document, kind)
    if data_model.validity_of(document).valid_from is None:
        raise _wrong("validFrom")
    _check_members(document, kind.value, "", whole=whole)
    subject = document["credentialSubject"]
    named = isinstance(subject, dict) and ("id" in subject or subject.get("identifier"))
    if whole and not named:
        raise _wrong("credentialSubject.id")
    if kind is Kind.RECORD:
        _check_record(document, whole=whole)
    return kind


def _check_contexts(document: JsonObject, kind: Kind) -> None:
    """The data model's first, then that of the record if it is one, then that of badges."""
    data_model.base_context(document)
    value = document["@context"]
    urls = [str(entry) for entry in value] if isinstance(value, list) else [str(value)]
    expected = [_CLR, _OPEN_BADGES] if kind is Kind.RECORD else [_OPEN_BADGES]
    found = urls[1 : len(expected) + 1]
    fit = [form.fullmatch(url) for form, url in zip(expected, found, strict=False)]
    if len(fit) != len(expected) or not all(fit):
        raise MalformedError("context_missing", "the second context is not that of Open Badges")


def _check_record(document: JsonObject, *, whole: bool) -> None:
    """A record holds credentials of its own; each that is an achievement has its shape too."""
    subject = document["credentialSubject"]
    held = subject.get("verifiableCredential") if isinstance(subject, dict) else None
    if held is None and not whole:
        return
    entries = held if isinstance(held, list) else [held]
    for entry in entries or [None]:  # none at all is as wrong as one that is no credential
        if not isinstance(entry, dict):
            raise _wrong("credentialSubject.verifiableCredential")
        if not data_model.types_of(entry).isdisjoint(_KIND_NAMES):
            check_badge(entry, whole=whole)


def _check_members(node: JsonObject, class_name: str, place: str, *, whole: bool) -> None:
    for name, rule in CLASSES[class_name].items():
        kind, here = rule.rstrip("!*"), f"{place}{name}"
        if name not in node:
            if whole and rule.endswith("!"):
                raise _wrong(here)
            continue
        value = node[name]
        if rule.endswith("*"):
            for entry in value if isinstance(value, list) else [value]:
                _check_value(entry, kind, here, whole=whole)
        else:
            _check_value(value, kind, here, whole=whole)


def _check_value(value: JsonValue, kind: str, place: str, *, whole: bool) -> None:
    if kind in CLASSES:
        _check_class(value, kind, place, whole=whole)
    elif kind == "issuer":  # a profile, or its address alone
        _check_value(value, "url" if isinstance(value, str) else "Profile", place, whole=whole)
    elif kind == "criteria":
        told = isinstance(value, dict) and (value.get("id") or value.get("narrative") or not whole)
        if not told:
            raise _wrong(place)
    elif kind == "time":
        data_model.parse_time(value, place)
    elif not _is(value, kind):
        raise _wrong(place)


def _check_class(value: JsonValue, class_name: str, place: str, *, whole: bool) -> None:
    if not isinstance(value, dict):
        raise _wrong(place)
    if class_name not in data_model.types_of(value):
        raise _wrong(f"{place}.type")
    _check_members(value, class_name, f"{place}.", whole=whole)


def _is(value: JsonValue, kind: str) -> bool:
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "url":
        return data_model.is_url(value)
    if not isinstance(value, str) or not value:
        return False
    if kind == "result status":
        return value in RESULT_STATUS
    return kind not in WORDS or value in WORDS[kind] or bool(_EXTENSION.fullmatch(value))


def _wrong(place: str) -> MalformedError:
    return MalformedError("badge_malformed", f"at {place}")
