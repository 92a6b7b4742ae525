"""Cases of files of others: badges in images, European credentials, profiles (wallet design, 6)."""

import json
import struct
import zlib

from credentials import badge_images
from credentials.encoding import JsonObject, JsonValue, b64url_decode, b64url_encode, compact_json
from tests.cases.case import Answer, Case
from tests.cases.token_samples import DC
from wallet.holder.foreign import read_foreign

BADGE: JsonObject = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "https://school.example", "type": ["Profile"], "name": "School É"},
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "achievement": {"type": ["Achievement"], "name": "Lassen ]]> & <snijden>"},
    },
    "proof": {"type": "DataIntegrityProof"},
}
EDC: JsonObject = {
    "@context": [
        "https://www.w3.org/2018/credentials/v1",
        "http://data.europa.eu/snb/model/context/edc-ap",
    ],
    "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
    "issuer": {"id": "urn:epass:org:1", "legalName": {"en": "College", "nl": ["Hogeschool"]}},
    "displayParameter": {"title": {"fr": "Titre", "en": ["Micro-credential"]}},
}
PROFILE: JsonObject = {
    "format": "vaardigheidsplein-profiel",
    "profile": {
        "skills": [
            {"name": "CNC-draaien", "self_score": 5, "scale_max": 5},
            {"name": "Machine  ombouwen", "self_score": "2,5", "scale_max": 5},
            {"name": "Zonder cijfer"},
            {"name": "123456782"},
            {"score": 3},
            "Los woord",
            {"name": "Buiten de schaal", "score": 9, "scale_max": 5},
        ]
    },
}
TABLE = '\ufeffVaardigheid;Score;Van\r\nLassen;4;5\r\n"Snijden; ook ""plasma""";1;5\r\n\r\nx;;\r\n'


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> bytes:
    """A picture of one dot, with chunks before its data."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0\0", level=0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + data + chunk(b"IEND", b"")


def text_chunk(text: bytes, flags: bytes = b"\0\0\0\0\0") -> bytes:
    """The chunk that holds a credential."""
    return chunk(b"iTXt", b"openbadgecredential" + flags + text)


def svg(inside: str, root: str = 'xmlns="http://www.w3.org/2000/svg"') -> bytes:
    """A drawing with something in it."""
    return f"<svg {root}>{inside}</svg>".encode()


NS = 'xmlns:b="https://purl.imsglobal.org/ob/v3p0"'
PLAIN = compact_json(BADGE)
ESCAPED = PLAIN.decode().replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;")


def _answer(given: JsonObject) -> JsonValue:
    brought = read_foreign(b64url_decode(str(given["file"])))
    if brought.skills is not None:
        return {"skills": [[each.name, each.level] for each in brought.skills]}
    if brought.foreign is None:
        return {"export": brought.export}
    found = brought.foreign
    return {
        "kind": found.kind,
        "format": found.format,
        "wire": found.wire,
        "title": found.title,
        "issuer": found.issuer,
        "by": found.by,
        "ending": found.ending,
    }


ANSWERS: dict[str, Answer] = {"file": _answer}


def _images() -> dict[str, bytes]:
    twice = text_chunk(PLAIN) + text_chunk(PLAIN)
    whole = png(text_chunk(PLAIN))
    document = (
        f"<b:credential {NS}><![CDATA[{PLAIN.decode().replace(']]>', ']]x')}]]></b:credential>"
    )
    return {
        "png": badge_images.bake_png(png(), BADGE),
        "png with a token": png(text_chunk(DC.encode())),
        "png without a credential": png(),
        "png with two": png(twice),
        "png with a compressed text": png(text_chunk(zlib.compress(PLAIN), b"\0\1\0\0\0")),
        "png with a wrong sum": whole[:60] + bytes([whole[60] ^ 1]) + whole[61:],
        "png cut short": whole[:-5],
        "png with more behind": whole + b"x",
        "png without data": whole[:8] + chunk(b"IHDR", bytes(13)) + chunk(b"IEND", b""),
        "png with a length beyond": whole[:33] + b"\xff\xff\xff\xff" + whole[37:],
        "png with no text in it": png(text_chunk(b"\xff\xfe")),
        "svg": badge_images.bake_svg(svg("<g/>"), BADGE),
        "svg with entities": svg(f"<b:credential {NS}>{ESCAPED}</b:credential>"),
        "svg with a section": svg(document),
        "svg with a token": svg(f'<b:credential {NS} verify="{DC}"/>'),
        "svg with declaration and notes": b'<?xml version="1.0"?><!-- x -->'
        + svg(f"<!-- <svg> --><b:credential {NS}>{ESCAPED}</b:credential>"),
        "svg without a credential": svg("<g><path d='M0 0'/></g>"),
        "svg with two": svg(f"<b:credential {NS}>x</b:credential>" * 2),
        "svg with both": svg(f'<b:credential {NS} verify="{DC}">{ESCAPED}</b:credential>'),
        "svg with one further down": svg(f"<g><b:credential {NS}>x</b:credential></g>"),
        "svg with tags in it": svg(f"<b:credential {NS}><g/></b:credential>"),
        "svg of another root": b"<html><body/></html>",
        "svg with a document type": b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"),
        "svg with an unknown entity": svg("&a;"),
        "svg not closed": svg("<g>"),
        "svg with two roots": svg("") + svg(""),
        "svg with an attribute twice": svg('<g a="1" a="2"/>'),
        "svg too deep": svg("<g>" * 100 + "</g>" * 100),
        "svg with an element of another": svg('<b:credential xmlns:b="urn:x">{}</b:credential>'),
    }


def _documents() -> dict[str, bytes]:
    signed: JsonObject = {"payload": json.dumps(EDC), "signatures": [{"protected": "x"}]}
    parts: tuple[JsonObject, ...] = ({"alg": "ES256"}, BADGE, {})
    jwt = ".".join(b64url_encode(compact_json(part)) for part in parts)
    return {
        "token": DC.encode() + b"\n",
        "token of the older kind": jwt.encode(),
        "badge": PLAIN,
        "badge without a proof": compact_json({k: v for k, v in BADGE.items() if k != "proof"}),
        "European credential": compact_json(EDC),
        "European credential for upload": compact_json({"credential": EDC}),
        "European credential with a seal": compact_json(signed),
        "credential with another context": compact_json(
            BADGE | {"@context": ["x"], "type": ["VerifiableCredential", "AchievementCredential"]}
        ),
        "credential of nobody": b'{"type":["VerifiableCredential"],"issuer":[{"id":5}]}',
        "export": b"ey.a.b.c.d",
        "profile": compact_json(PROFILE),
        "profile of 501": compact_json({"skills": ["x"] * 501}),
        "table": TABLE.encode(),
        "table with commas": b"name,level\nLassen,3\n",
        "table without a heading": b"a;b\nc;d\n",
        "other document": b'{"a":1}',
        "empty": b"",
        "no text": b"\xff\xfe\x00",
        "two keys of one name": b'{"type":["VerifiableCredential"],"type":[]}',
    }


def cases() -> list[Case]:
    """Everything of this subject."""
    files = _images() | _documents()
    return [Case(name, "file", {"file": b64url_encode(octets)}) for name, octets in files.items()]
