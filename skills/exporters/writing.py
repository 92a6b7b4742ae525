"""What all exporters share: the bytes of a document, and names that follow from its contents."""

import json
import uuid
from datetime import date

from schemas.files import JsonObject
from skills.extracts import Extract, as_json

_SPACE = uuid.UUID("6f0c3d0e-4d0a-5a56-9d38-2f5f5c1f7a10")
"""The name space of our names; made once, at random."""


def octets(document: JsonObject) -> bytes:
    """The document as UTF-8 text: the same document gives the same bytes."""
    return f"{json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


def name(made: Extract, part: str = "") -> str:
    """A name for an extract or a part of it (RFC 9562, version 5), made of its contents alone."""
    contents = json.dumps(as_json(made), ensure_ascii=False, sort_keys=True)
    return uuid.uuid5(_SPACE, f"{contents}\n{part}").urn


def midnight(day: date) -> str:
    """The first moment of a day as an xsd:dateTime in UTC, which the standards ask for days."""
    return f"{day.isoformat()}T00:00:00Z"


def last_moment(day: date) -> str:
    """The last second of a day, the same way."""
    return f"{day.isoformat()}T23:59:59Z"
