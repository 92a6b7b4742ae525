"""Files of others: what one is, and who says what in it (wallet design, section 6).

A credential that is not bound to a key of ours is kept in its original bytes, shown as "not to be
proved in your name", and never presented. Skills of a platform are the worker's own words, never a
proof. Nothing here is checked; ``wallet.holder.checking`` does so. The browser's keeper gives the
same answers, from the same cases.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from credentials import badge_images
from credentials.encoding import JsonObject, JsonValue, b64url_decode, parse_json_object
from credentials.errors import MalformedError
from credentials.model import Wire
from skills.importers import platform_profile
from skills.importers.own_claims import ProposedSkill
from skills.importers.reading import ImportRefused

MAX_ITEMS = 50_000
"""Of one document: a European credential repeats its organisations."""

MAX_TITLE = 300
"""Characters of a title or a name: one line of a stranger."""

Kind = Literal["credential", "badge", "edc"]

_PNG = b"\x89PNG\r\n\x1a\n"
_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+(?:~[\w-]*)*(?:\.?[\w.-]*)", re.ASCII)
_SEALED = re.compile(r"[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_BADGE_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/"
_LANGUAGES = ("nl", "en")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A credential as its file says, unchecked.

    Attributes:
        format: an id of ``credentials.formats``, or ``jwt``, ``jades``, ``bare`` for what it reads
            no proof of.
        issuer: its id; by: its name, or the id.
        ending: what its file is called behind the dot.
    """

    kind: Kind
    format: str
    wire: Wire = field(repr=False)
    title: str
    issuer: str
    by: str
    ending: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file turned out to be: exactly one of the three."""

    export: str | None = field(default=None, repr=False)
    skills: tuple[ProposedSkill, ...] | None = None
    foreign: Foreign | None = None


def read_foreign(octets: bytes) -> Brought:  # noqa: PLR0911 - one for each kind of file
    """Read a file.

    Raises:
        MalformedError: ``file_unknown``, ``file_too_many``, ``too_large``; what
            ``credentials.badge_images`` and ``credentials.encoding`` refuse.
    """
    if len(octets) > badge_images.MAX_IMAGE_BYTES:
        raise MalformedError("too_large", f"{len(octets)} octets")
    if octets.startswith(_PNG):
        return Brought(foreign=_of_wire(badge_images.read_png(octets), "png"))
    try:
        text = octets.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise MalformedError("file_unknown", "no text") from error
    if _SEALED.fullmatch(text):
        return Brought(export=text)
    if text.startswith("<"):
        return Brought(foreign=_of_wire(badge_images.read_svg(octets), "svg"))
    if _COMPACT.fullmatch(text):
        return Brought(foreign=_compact(text))
    if not text.startswith("{"):
        return Brought(skills=_skills(octets))
    limit = badge_images.MAX_IMAGE_BYTES
    document = parse_json_object(text, max_bytes=limit, max_items=MAX_ITEMS)
    profile = document.get("profile", document)
    if (
        not _is_credential(document)
        and not isinstance(document.get("credential"), dict)
        and isinstance(profile, dict)
        and isinstance(profile.get("skills"), list)
    ):
        return Brought(skills=_skills(octets))
    return Brought(foreign=_whole(document))


def _of_wire(wire: Wire, ending: str) -> Foreign:
    read = _compact(wire) if isinstance(wire, str) else _whole(wire)
    return Foreign(read.kind, read.format, wire, read.title, read.issuer, read.by, ending)


def _compact(text: str) -> Foreign:
    jwt = text.partition("~")[0].split(".")
    header, payload = (parse_json_object(b64url_decode(part)) for part in jwt[:2])
    typ = str(header.get("typ", "")).removeprefix("application/")
    selective = "vc+sd-jwt" if typ == "vc+sd-jwt" and "type" in payload else "dc+sd-jwt"
    form = selective if "~" in text else "jwt"
    inner = payload.get("vc")
    document = inner | {"iss": payload.get("iss", "")} if isinstance(inner, dict) else payload
    return _told(document, form, text, "jwt" if form == "jwt" else "sd-jwt")


def _whole(document: JsonObject) -> Foreign:
    payload = document.get("payload")
    signed = isinstance(payload, str) and isinstance(document.get("signatures"), list)
    upload = document.get("credential")  # as Europass hands it to an issuer
    inner = upload if isinstance(upload, dict) else document
    if isinstance(payload, str) and signed:
        limit = badge_images.MAX_IMAGE_BYTES
        inner = parse_json_object(payload, max_bytes=limit, max_items=MAX_ITEMS)
    if not _is_credential(inner):
        raise MalformedError("file_unknown", "no credential")
    form = "jades" if signed else "ldp_vc" if "proof" in inner else "bare"
    return _told(inner, form, document, "json")


def _is_credential(document: JsonObject) -> bool:
    types = _types(document)
    return "VerifiableCredential" in types or isinstance(document.get("payload"), str)


def _told(document: JsonObject, form: str, wire: Wire, ending: str) -> Foreign:
    types = _types(document)
    badge = "OpenBadgeCredential" in types or (
        "AchievementCredential" in types
        and any(str(each).startswith(_BADGE_CONTEXT) for each in _list(document.get("@context")))
    )
    kind: Kind = (
        "edc" if "EuropeanDigitalCredential" in types else "badge" if badge else "credential"
    )
    giver = document.get("issuer", document.get("iss", ""))
    issuer = giver if isinstance(giver, str) else _text(giver, "id")
    names = (_text(giver, name) for name in ("name", "legalName", "prefLabel"))
    titles = (
        _text(document, "credentialSubject", "achievement", "name"),
        _text(document, "displayParameter", "title"),
        _text(document, "name"),
        next((each for each in reversed(types) if each != "VerifiableCredential"), ""),
        _text(document, "vct"),
    )
    title = next((each for each in titles if each), "")
    by = next((each for each in names if each), issuer)
    return Foreign(kind, form, wire, title[:MAX_TITLE], issuer, by[:MAX_TITLE], ending)


def _types(document: JsonObject) -> list[str]:
    return [each for each in _list(document.get("type")) if isinstance(each, str)]


def _list(value: JsonValue) -> list[JsonValue]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: JsonValue, *path: str) -> str:
    """A text at a path: of a list its first, of texts by language the Dutch or English one."""
    found = next(iter(_list(value)), None)
    if path:
        return _text(found.get(path[0]), *path[1:]) if isinstance(found, dict) else ""
    if isinstance(found, dict):
        spoken = next((each for each in _LANGUAGES if each in found), min(found, default=""))
        return _text(next(iter(_list(found.get(spoken))), None))
    return found if isinstance(found, str) else ""


def _skills(octets: bytes) -> tuple[ProposedSkill, ...]:
    try:
        return platform_profile.read(octets)[0].skills
    except ImportRefused as refused:
        code = "file_too_many" if refused.code == "too_many_rows" else "file_unknown"
        raise MalformedError(code, refused.code) from refused
