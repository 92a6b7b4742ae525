"""Baked badges (Open Badges 3.0, section 5.3): a credential inside a PNG or an SVG.

Nothing is rendered: the image is walked chunk by chunk, or tag by tag, within limits, and anything
that two readers could understand differently is refused. What was read is as unchecked as any
other text that came from outside.
"""

import json
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from credentials.encoding import JsonObject, parse_json_object
from credentials.errors import MalformedError
from credentials.limits import MAX_TOKEN_BYTES
from credentials.model import Wire

MAX_IMAGE_BYTES = 4 * 1024 * 1024
"""A badge is a small picture: hundreds of kB, and a credential of at most half a MB."""

MAX_CHUNKS = 10_000
"""An encoder that writes 8 kB at a time needs 500."""

MAX_ELEMENTS = 20_000
"""Tags of an SVG: a detailed drawing has some thousand."""

MAX_NESTING = 100
"""Groups inside groups: drawing programs stay under thirty."""

KEYWORD = b"openbadgecredential"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"

_PNG = b"\x89PNG\r\n\x1a\n"
_LENGTHS = {b"IHDR": 13, b"IEND": 0}
_NO_COMPRESSION = b"\0\0\0\0\0"  # after the keyword: its end, two octets, two empty texts
_SVG = "http://www.w3.org/2000/svg"
_CREDENTIAL = f"{NAMESPACE} credential"
_COMPACT = re.compile(r"[A-Za-z0-9_\-.~]+")
_ROOT_TAG = re.compile(rb"""<(?P<name>[^\s/<>"']+)(?:[^<>"']|"[^"<]*"|'[^'<]*')*>""")
_DECLARED = re.compile(rb"""\sxmlns:openbadges\s*=\s*("[^"<]*"|'[^'<]*')""")


def bake_png(image: bytes, credential: Wire) -> bytes:
    """Put a credential into a PNG, before its first data.

    Raises:
        MalformedError: ``png_malformed``, ``too_large``; ``badge_ambiguous``: there is one already.
    """
    chunks = list(_chunks(image))
    if any(kind == b"iTXt" and _keyword(body) == KEYWORD for kind, body in chunks):
        raise MalformedError("badge_ambiguous", "the image holds a credential already")
    text = KEYWORD + _NO_COMPRESSION + _text(credential).encode()
    (header, *rest) = [_chunk(kind, body) for kind, body in chunks]
    baked = _PNG + header + _chunk(b"iTXt", text) + b"".join(rest)
    read_png(baked)
    return baked


def read_png(image: bytes) -> Wire:
    """The one credential in a PNG: a document, or compact text.

    Raises:
        MalformedError: ``png_malformed`` (a chunk, a sum, an order, octets behind the end, a
            compressed text), ``too_large``, ``badge_missing``, ``badge_ambiguous`` for several;
            what ``parse_json`` raises.
    """
    found = [body for kind, body in _chunks(image) if kind == b"iTXt" and _keyword(body) == KEYWORD]
    if len(found) > 1:
        raise MalformedError("badge_ambiguous", f"{len(found)} credentials")
    if not found:
        raise MalformedError("badge_missing", "no iTXt chunk of that keyword")
    behind = found[0].removeprefix(KEYWORD)
    if not behind.startswith(_NO_COMPRESSION):
        raise MalformedError("png_malformed", "a text that is compressed or translated")
    return _wire(behind[len(_NO_COMPRESSION) :])


def bake_svg(image: bytes, credential: Wire) -> bytes:
    """Put a credential into an SVG, directly behind its first tag.

    Raises:
        MalformedError: ``svg_malformed``, ``too_large``; ``badge_ambiguous``: there is one already.
    """
    walk = _walk(image)
    if walk.found:
        raise MalformedError("badge_ambiguous", "the image holds a credential already")
    tag = _ROOT_TAG.match(image, walk.root)
    if tag is None:
        raise MalformedError("svg_malformed", "the first tag")
    opening, name = tag[0].removesuffix(b">"), tag["name"]
    ended = opening.endswith(b"/")
    opening = opening.removesuffix(b"/")
    declared = _DECLARED.search(opening)
    if declared is None:
        opening += f' xmlns:openbadges="{NAMESPACE}"'.encode()
    elif declared[1][1:-1] != NAMESPACE.encode():
        raise MalformedError("svg_malformed", "the prefix openbadges means something else")
    text = _text(credential)
    if isinstance(credential, str):
        element = f'<openbadges:credential verify="{text}"></openbadges:credential>'
    else:
        element = f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>"
    closing = b"</" + name + b">" if ended else b""
    baked = image[: tag.start()] + opening + b">" + element.encode() + closing + image[tag.end() :]
    read_svg(baked)
    return baked


def read_svg(image: bytes) -> Wire:
    """The one credential in an SVG: a document, or compact text.

    Raises:
        MalformedError: ``svg_malformed`` (no well-formed SVG in UTF-8, a document type, tags inside
            the credential, one that is not directly below the first tag), ``too_large``,
            ``badge_missing``, ``badge_ambiguous`` for several; what ``parse_json`` raises.
    """
    walk = _walk(image)
    if len(walk.found) > 1:
        raise MalformedError("badge_ambiguous", f"{len(walk.found)} credentials")
    if not walk.found:
        raise MalformedError("badge_missing", "no element of that name")
    (found,) = walk.found
    body = "".join(found.text).strip()
    if found.verify is not None and body:
        raise MalformedError("badge_ambiguous", "a token and a document in one element")
    return _wire((body if found.verify is None else found.verify).encode())


def read_image(image: bytes) -> Wire:
    """The one credential in a PNG or an SVG, told apart by the first octets.

    Raises:
        MalformedError: as ``read_png`` and ``read_svg``.
    """
    return read_png(image) if image.startswith(_PNG) else read_svg(image)


def _text(credential: Wire) -> str:
    """ASCII alone, so that no image format can change it on its way."""
    if isinstance(credential, str):
        if not _COMPACT.fullmatch(credential) or len(credential) > MAX_TOKEN_BYTES:
            raise MalformedError("token_malformed", f"{len(credential)} characters")
        return credential
    text = json.dumps(credential, separators=(",", ":"), allow_nan=False)
    return text.replace("]]>", "]]\\u003e")  # the end of a CDATA section, only inside strings


def _wire(octets: bytes) -> Wire:
    if len(octets) > MAX_TOKEN_BYTES:
        raise MalformedError("too_large", f"{len(octets)} octets, limit {MAX_TOKEN_BYTES}")
    if octets.lstrip()[:1] == b"{":
        document: JsonObject = parse_json_object(octets)
        return document
    text = octets.decode("ascii", errors="replace")
    if not _COMPACT.fullmatch(text):
        raise MalformedError("token_malformed", "neither a document nor compact text")
    return text


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _keyword(body: bytes) -> bytes:
    return body.partition(b"\0")[0]


def _chunks(image: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and body of each chunk (PNG, section 5.3); the data itself stays unread."""
    if len(image) > MAX_IMAGE_BYTES:
        raise MalformedError("too_large", f"{len(image)} octets, limit {MAX_IMAGE_BYTES}")
    if not image.startswith(_PNG):
        raise MalformedError("png_malformed", "no PNG")
    position = len(_PNG)
    kinds: list[bytes] = []
    while not kinds or kinds[-1] != b"IEND":
        if len(image) < position + 12 or len(kinds) == MAX_CHUNKS:
            raise MalformedError("png_malformed", "no end, or too many chunks")
        length, kind = struct.unpack_from(">I4s", image, position)
        body = image[position + 8 : position + 8 + length]
        end = position + 12 + length
        if end > len(image) or not kind.isalpha():
            raise MalformedError("png_malformed", "a chunk runs over the end, or has no type")
        if image[end - 4 : end] != struct.pack(">I", zlib.crc32(kind + body)):
            raise MalformedError("png_malformed", "the sum of a chunk")
        if (kind == b"IHDR") is bool(kinds) or length != _LENGTHS.get(kind, length):
            raise MalformedError("png_malformed", "the header or the end")
        kinds.append(kind)
        position = end
        yield kind, body
    if position != len(image) or b"IDAT" not in kinds:
        raise MalformedError("png_malformed", "no data, or octets behind the end")


@dataclass(slots=True)
class _Found:
    """One credential element."""

    verify: str | None
    text: list[str] = field(default_factory=list)


class _Walk:
    """What the parser meets in an SVG; without a document type no entity can swell."""

    def __init__(self) -> None:
        self.root = 0
        self.found: list[_Found] = []
        self._open: list[str] = []
        self._count = 0
        self._parser = expat.ParserCreate("utf-8", " ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data

    def read(self, image: bytes) -> None:
        """Walk through the whole of it.

        Raises:
            MalformedError: ``svg_malformed`` or ``too_large``.
        """
        try:
            self._parser.Parse(image, True)  # noqa: FBT003 - the interface of expat
        except expat.ExpatError as error:
            raise MalformedError("svg_malformed", f"code {error.code}") from error

    def _doctype(self, *_declared: object) -> None:
        raise MalformedError("svg_malformed", "a document type, which could swell")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open:
            self.root = self._parser.CurrentByteIndex
            if name != f"{_SVG} svg":
                raise MalformedError("svg_malformed", "no SVG")
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) == MAX_NESTING:
            raise MalformedError("too_large", "elements or levels")
        if _CREDENTIAL in self._open:
            raise MalformedError("svg_malformed", "an element inside the credential")
        if name == _CREDENTIAL:
            if len(self._open) != 1:
                raise MalformedError("svg_malformed", "a credential further down")
            self.found.append(_Found(attributes.get("verify")))
        self._open.append(name)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _data(self, text: str) -> None:
        if self._open and self._open[-1] == _CREDENTIAL:
            self.found[-1].text.append(text)


def _walk(image: bytes) -> _Walk:
    if len(image) > MAX_IMAGE_BYTES:
        raise MalformedError("too_large", f"{len(image)} octets, limit {MAX_IMAGE_BYTES}")
    try:
        image.decode("utf-8")  # a byte-order mark would make the parser read it otherwise
    except UnicodeDecodeError as error:
        raise MalformedError("svg_malformed", "not UTF-8") from error
    walk = _Walk()
    walk.read(image)
    return walk
