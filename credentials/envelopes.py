"""Enveloped credentials and presentations (VC Data Model 2.0, sections 4.12.1 and 4.12.2).

A JSON object whose ``id`` is a ``data:`` URL that holds the secured document: so a credential
that travels as a token can stand where JSON is expected.
"""

import re
from dataclasses import dataclass

from credentials.data_model import V2_CONTEXT
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import MalformedError

CREDENTIAL = "EnvelopedVerifiableCredential"
PRESENTATION = "EnvelopedVerifiablePresentation"

_DATA_URL = re.compile(r"data:([a-z]+/[A-Za-z0-9.+-]+)((?:;[A-Za-z0-9=-]+)*),(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an enveloped document holds.

    Attributes:
        media_type: such as ``application/vc+jwt``, without parameters.
        data: as it stands behind the comma; who reads it checks its spelling.
    """

    media_type: str
    data: str


def is_envelope(document: JsonValue) -> bool:
    """Whether an object says that it is an envelope; ``open_envelope`` then decides."""
    if not isinstance(document, dict):
        return False
    value = document.get("type")
    names = value if isinstance(value, list) else [value]
    return CREDENTIAL in names or PRESENTATION in names


def envelop(media_type: str, data: str, *, kind: str = CREDENTIAL) -> JsonObject:
    """Put a secured document into an envelope."""
    return {"@context": V2_CONTEXT, "type": kind, "id": f"data:{media_type},{data}"}


def open_envelope(document: JsonObject, *, kind: str = CREDENTIAL) -> Envelope:
    """Read an envelope.

    Raises:
        MalformedError: ``envelope_invalid``: without the base context, of another type, or with
            an ``id`` that is no ``data:`` URL.
    """
    context, types = document.get("@context"), document.get("type")
    if V2_CONTEXT not in (context if isinstance(context, list) else [context]):
        raise MalformedError("envelope_invalid", "not in the context of the data model")
    if types not in (kind, [kind]):
        raise MalformedError("envelope_invalid", f"expected type {kind}")
    address = document.get("id")
    found = _DATA_URL.fullmatch(address) if isinstance(address, str) else None
    if found is None:
        raise MalformedError("envelope_invalid", "member id is no data: URL")
    return Envelope(found[1], found[3])
