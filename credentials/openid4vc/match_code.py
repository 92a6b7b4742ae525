"""The number to read aloud: four digits that only the two ends of one answer share (0052)."""

import hashlib
from collections.abc import Mapping, Sequence

from credentials.encoding import JsonObject, canonical_json
from credentials.model import Wire

MATCH_DIGITS = 4
"""Read aloud and typed within seconds; five tries of 10,000 leave a guesser one in 2,000."""

_TAG = b"skillspass/match"
_OCTETS = 8


def match_code(nonce: str, vp_token: Mapping[str, Sequence[Wire]]) -> str:
    """The digits of one answer: SHA-256 over the tag, the request's nonce and the vp_token in JCS.

    Raises:
        MalformedError: ``canonical_value`` for a number that JCS cannot write.
    """
    document: JsonObject = {name: [*wires] for name, wires in vp_token.items()}
    inner = hashlib.sha256(canonical_json(document)).digest()
    outer = hashlib.sha256(_TAG + nonce.encode() + inner).digest()
    number = int.from_bytes(outer[:_OCTETS], "big") % 10**MATCH_DIGITS
    return f"{number:0{MATCH_DIGITS}}"
