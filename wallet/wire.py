"""Kinds of member in the blind service's JSON: octets and hashes in strict base64url."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from credentials.encoding import b64url_decode
from credentials.errors import MalformedError

HASH_BYTES = 32


def _octets(value: object) -> bytes:
    if not isinstance(value, str):
        raise MalformedError("base64_not_strict", "no text")
    return b64url_decode(value)


def _hash(value: object) -> str:
    octets = _octets(value)
    if len(octets) != HASH_BYTES:
        raise MalformedError("base64_not_strict", f"{len(octets)} octets, expected 32")
    return octets.hex()


Octets = Annotated[bytes, BeforeValidator(_octets)]
"""Octets, in base64url on the wire."""

Hash = Annotated[str, BeforeValidator(_hash)]
"""SHA-256, in base64url on the wire and in hex in a table."""

Name128 = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$")]
"""A name of 128 bits, drawn by chance."""


Seconds = Annotated[int, Field(ge=0, le=253_402_300_799)]
"""A moment, in seconds since 1970."""


class Message(BaseModel):
    """A message of the keeper or the share page: no member more than it has."""

    model_config = ConfigDict(extra="forbid", frozen=True)
