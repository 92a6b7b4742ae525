"""Verifiable Credentials Data Model 1.1 and 2.0: what must hold before any proof is checked."""

import base64
import re
from collections.abc import Collection
from datetime import UTC, datetime
from types import MappingProxyType

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import MalformedError, UnsupportedError
from credentials.model import Purpose, StatusKind, StatusReference, Validity
from credentials.multibase import multibase_decode
from schemas import contexts

V1_CONTEXT = "https://www.w3.org/2018/credentials/v1"
V2_CONTEXT = "https://www.w3.org/ns/credentials/v2"

CREDENTIAL = "VerifiableCredential"
PRESENTATION = "VerifiablePresentation"
STATUS_ENTRY = "BitstringStatusListEntry"

MAX_STATUS_INDEX = 2**26 - 1
"""The last place of the largest list that we read: 8 MiB of one-bit statuses."""

MAX_STATUS_ENTRIES = 8
"""One per purpose is enough; each may cost a fetch."""

_MULTIHASHES = MappingProxyType({"sha256": bytes([0x12, 32]), "sha384": bytes([0x20, 48])})
MAX_STATUS_SIZE = 8
"""Bits of one status: 256 messages would fill a page of the credential."""

_PURPOSES = frozenset(Purpose) - {Purpose.ANY}
DATE_MEMBERS = {
    V1_CONTEXT: ("issuanceDate", "expirationDate"),
    V2_CONTEXT: ("validFrom", "validUntil"),
}
"""First context to the members that say from when and until when, by version."""

NO_END = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""Written as an end it says that there is none (as RFC 5280, section 4.1.2.5, does for
certificates), where an end that is absent could as well be hidden."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)", flags=re.ASCII)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]+")
_INDEX = re.compile(r"0|[1-9][0-9]{0,19}", flags=re.ASCII)


def base_context(document: JsonObject) -> str:
    """The first context, which tells the version of the data model (2.0, section 4.3).

    Raises:
        MalformedError: ``context_missing`` when the first is that of neither version.
    """
    value = document.get("@context")
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, str) or first not in DATE_MEMBERS:
        raise MalformedError("context_missing", "the first context is not that of the data model")
    return first


def types_of(document: JsonObject) -> frozenset[str]:
    """The types of a document (section 4.5); their order has no meaning.

    Raises:
        MalformedError: ``type_missing`` when there is none, or one is no string.
    """
    value = document.get("type")
    entries = value if isinstance(value, list) else [value]
    names = frozenset(entry for entry in entries if isinstance(entry, str) and entry)
    if not names or len(names) != len(entries):
        raise MalformedError("type_missing", "member type")
    return names


def credential_type(document: JsonObject) -> str:
    """The type beside ``VerifiableCredential``; of several, the first by code point.

    The order of ``type`` is not signed, so it must not choose.

    Raises:
        MalformedError: ``type_missing``.
    """
    names = types_of(document)
    if CREDENTIAL not in names:
        raise MalformedError("type_missing", f"expected {CREDENTIAL}")
    return min(names - {CREDENTIAL}, default=CREDENTIAL)


def issuer_of(document: JsonObject) -> str:
    """The issuer's URL, also where it stands inside an object (section 4.7).

    Raises:
        MalformedError: ``issuer_invalid``.
    """
    value = document.get("issuer")
    name = value.get("id") if isinstance(value, dict) else value
    if not is_url(name):
        raise MalformedError("issuer_invalid", "member issuer is no URL")
    return str(name)


def subject_of(document: JsonObject) -> JsonObject:
    """The one subject (section 4.8).

    Raises:
        MalformedError: ``subject_invalid``.
        UnsupportedError: ``subject_many``: claims about several.
    """
    value = document.get("credentialSubject")
    entries = value if isinstance(value, list) else [value]
    if len(entries) > 1:
        raise UnsupportedError("subject_many", f"{len(entries)} subjects")
    subject = entries[0] if entries else None
    if not isinstance(subject, dict) or not subject:
        raise MalformedError("subject_invalid", "member credentialSubject")
    if "id" in subject and not is_url(subject["id"]):
        raise MalformedError("subject_invalid", "member id of the subject is no URL")
    return subject


def credential_id(document: JsonObject) -> str | None:
    """The credential's own identifier, where it has one (section 4.4).

    Raises:
        MalformedError: ``id_invalid`` when it is no URL.
    """
    if "id" not in document:
        return None
    if not is_url(document["id"]):
        raise MalformedError("id_invalid", "member id is no URL")
    return str(document["id"])


def validity_of(document: JsonObject) -> Validity:
    """From when and until when it holds, by the members of its version (section 4.9).

    ``NO_END`` is read as no end.

    Raises:
        MalformedError: ``date_invalid``; in version 1.1 also when the first date is missing.
    """
    base = base_context(document)
    start, end = DATE_MEMBERS[base]
    if base == V1_CONTEXT and start not in document:
        raise MalformedError("date_invalid", f"member {start} is missing")
    first, last = (
        parse_time(document[name], name) if name in document else None for name in (start, end)
    )
    return Validity(first, None if last == NO_END else last)


def status_of(document: JsonObject) -> tuple[StatusReference, ...]:
    """The places in status lists (Bitstring Status List 1.0, section 2.1).

    Raises:
        MalformedError: ``status_index_invalid``, ``status_malformed``.
        UnsupportedError: ``status_type_unknown``, ``status_purpose_unknown``: a status that we
            cannot look up is never taken as good.
    """
    if "credentialStatus" not in document:
        return ()
    value = document["credentialStatus"]
    entries = value if isinstance(value, list) else [value]
    if not 0 < len(entries) <= MAX_STATUS_ENTRIES:
        raise MalformedError("status_malformed", f"{len(entries)} entries")
    return tuple(_status_entry(entry) for entry in entries)


def check_related_resources(document: JsonObject) -> None:
    """Each ``relatedResource`` is a context that we have a copy of, with that digest (section 5.3).

    Raises:
        MalformedError: ``context_digest_mismatch``, ``related_resource_malformed``.
        UnsupportedError: ``related_resource_unknown``: nothing else is kept, and nothing fetched.
    """
    value = document.get("relatedResource", [])
    entries = value if isinstance(value, list) else [value]
    seen: set[str] = set()
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            raise MalformedError("related_resource_malformed", "member relatedResource")
        if str(entry["id"]) in seen:
            raise MalformedError("related_resource_malformed", "one resource twice")
        seen.add(str(entry["id"]))
        try:
            copies = contexts.pinned(str(entry["id"]))
        except contexts.ContextError as error:
            raise UnsupportedError("related_resource_unknown", error.detail) from error
        if not digests_match(entry, sha256=copies.digests, sha384=copies.sha384):
            raise MalformedError("context_digest_mismatch", "member relatedResource")


def parse_time(value: JsonValue, member: str) -> datetime:
    """Read an XML Schema dateTimeStamp: a date, a time, and always a zone.

    Args:
        value: the member's value.
        member: its name, for the error.

    Raises:
        MalformedError: ``date_invalid``.
    """
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise MalformedError("date_invalid", f"member {member}")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedError("date_invalid", f"member {member}") from error


def format_time(moment: datetime) -> str:
    """Write a moment as dateTimeStamp in UTC, such as ``2026-11-23T12:00:00Z``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def is_url(value: JsonValue) -> bool:
    """Whether the value is an absolute URL, of any scheme."""
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def _status_entry(value: JsonValue) -> StatusReference:
    if not isinstance(value, dict):
        raise MalformedError("status_malformed", "member credentialStatus")
    if value.get("type") != STATUS_ENTRY:
        raise UnsupportedError("status_type_unknown", f"expected {STATUS_ENTRY}")
    purpose, uri = value.get("statusPurpose"), value.get("statusListCredential")
    if not isinstance(purpose, str) or purpose not in _PURPOSES:
        raise UnsupportedError("status_purpose_unknown", "member statusPurpose")
    if not isinstance(uri, str) or not uri.startswith("https://") or value.get("id") == uri:
        raise MalformedError("status_malformed", "member statusListCredential")
    index = status_index(value.get("statusListIndex"))
    size = _status_size(value.get("statusSize", 1))
    references = value.get("statusReference", [])
    urls = tuple(str(u) for u in (references if isinstance(references, list) else [references]))
    if not all(map(is_url, urls)):
        raise MalformedError("status_malformed", "member statusReference")
    messages = _status_messages(value.get("statusMessage"), size)
    return StatusReference(StatusKind.BITSTRING, uri, index, Purpose(purpose), size, messages, urls)


def _status_size(value: JsonValue) -> int:
    if type(value) is not int or value < 1:
        raise MalformedError("status_malformed", "member statusSize")
    if value > MAX_STATUS_SIZE:
        raise UnsupportedError("status_type_unknown", f"statuses of {value} bits")
    return value


def _status_messages(value: JsonValue, size: int) -> tuple[str, ...]:
    """One message for each value, in order of value; they may be left out where one bit says all.

    Raises:
        MalformedError: ``status_malformed``: too few, too many, or another value than expected.
    """
    if value is None and size == 1:
        return ()
    entries = value if isinstance(value, list) else []
    known: dict[str, str] = {}
    for entry in entries:
        if isinstance(entry, dict) and isinstance(message := entry.get("message"), str):
            known[str(entry.get("status")).lower()] = message
    values = [hex(number) for number in range(1 << size)]
    if len(entries) != len(values) or known.keys() != set(values):
        raise MalformedError("status_malformed", "member statusMessage")
    return tuple(known[name] for name in values)


def status_index(value: JsonValue) -> int:
    """Read ``statusListIndex``: decimal digits in a string.

    Raises:
        MalformedError: ``status_index_invalid`` for any other spelling, or beyond every list.
    """
    if not isinstance(value, str) or not _INDEX.fullmatch(value):
        raise MalformedError("status_index_invalid", "member statusListIndex")
    index = int(value)
    if index > MAX_STATUS_INDEX:
        raise MalformedError("status_index_invalid", "beyond the largest list")
    return index


def digests_match(entry: JsonObject, *, sha256: Collection[str], sha384: Collection[str]) -> bool:
    """Whether ``digestSRI`` and ``digestMultibase``, one of them at least, fit one of the copies.

    A multibase digest is a multihash, or bare as the official suite writes it; the lengths differ.

    Args:
        entry: the object that carries the digests.
        sha256: hexadecimal, of every copy that counts.
        sha384: the same copies.

    Raises:
        MalformedError: a digest that is no multibase text.
    """
    sri, multibase = entry.get("digestSRI"), entry.get("digestMultibase")
    known = {"sha256": sha256, "sha384": sha384}
    fits = []
    if isinstance(sri, str):
        name, _, text = sri.partition("-")
        copies = (base64.b64encode(bytes.fromhex(copy)).decode() for copy in known.get(name, ()))
        fits.append(text in copies)
    if isinstance(multibase, str):
        digest = multibase_decode(multibase)
        for name, header in _MULTIHASHES.items():
            if len(digest) == len(header) + header[1]:
                digest = digest.removeprefix(header)
            if len(digest) == header[1]:
                fits.append(digest.hex() in known[name])
    present = (value is not None for value in (sri, multibase))
    return bool(fits) and all(fits) and len(fits) == sum(present)
