"""The deelkaart: what a worker chose to show, sealed so that only the link opens it.

The wallet writes it, a reader's browser or a verifier reads it (wallet design, section 8). The
service in between keeps ciphertext, an end and two hashes; the key stands in the link's fragment,
which no browser sends.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.encoding import (
    JsonObject,
    b64url_decode,
    b64url_encode,
    compact_json,
    parse_json_object,
)
from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.model import Entropy, Wire

ID_BYTES, KEY_BYTES, IV_BYTES, TAG_BYTES = 16, 32, 12, 16

STEP = 4 * 1024
"""Plaintexts come in steps of 4 KiB: the size must not tell what is shown."""

MAX_SHARE_BYTES = 64 * 1024
"""A photo and ten cards; more is no share but an export."""

MAX_CARDS = 50
"""As many as one answer to a request may hold."""

LENGTH_BYTES = 4

INFO, GATE_INFO, NAME_INFO = (
    b"skillspass/share/1",
    b"skillspass/share/1/gate",
    b"skillspass/share/1/name",
)

NAME_BYTES = 128
"""A visitor's name is padded to this."""

CODE_DIGITS = 4
"""The spoken code: part of the key, so that the link alone opens nothing."""

_CODE = re.compile(r"[0-9]{4}")
_PATH = re.compile(r"/s/([A-Za-z0-9_-]{22})")
_FRAGMENT = re.compile(r"([A-Za-z0-9_-]{43})(c?)")
_LATEST = 253_402_300_799


@dataclass(frozen=True, slots=True)
class ShareLink:
    """What the link says.

    Attributes:
        origin: scheme, host and port of the service that keeps the share.
        coded: a spoken code belongs to it.
    """

    origin: str
    share_id: bytes
    key: bytes = field(repr=False)
    coded: bool = False

    def text(self) -> str:
        """The link: about 100 octets, so its QR code stays small."""
        mark = "c" if self.coded else ""
        name, key = b64url_encode(self.share_id), b64url_encode(self.key)
        return f"{self.origin}/s/{name}#{key}{mark}"


def new_link(origin: str, *, coded: bool, entropy: Entropy) -> ShareLink:
    """A fresh link."""
    return ShareLink(origin, entropy(ID_BYTES), entropy(KEY_BYTES), coded)


def parse_link(text: str) -> ShareLink:
    """Read a link to a deelkaart.

    Raises:
        MalformedError: ``share_link_invalid``.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
        path, fragment = _PATH.fullmatch(parts.path), _FRAGMENT.fullmatch(parts.fragment)
        if path is None or fragment is None or not host or parts.query or "@" in parts.netloc:
            raise MalformedError("share_link_invalid", "no link to a share")
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_local(host)):
            raise MalformedError("share_link_invalid", "not https")
        share_id, key = b64url_decode(path[1]), b64url_decode(fragment[1])
    except (ValueError, CredentialError) as error:
        raise MalformedError("share_link_invalid", "no link to a share") from error
    origin = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    return ShareLink(origin, share_id, key, fragment[2] == "c")


def seal(
    link: ShareLink,
    cards: Sequence[Wire],
    *,
    expires: datetime,
    code: str | None,
    entropy: Entropy,
) -> bytes:
    """Seal presentations: nonce, then ciphertext, bound to share and end.

    Raises:
        MalformedError: ``share_too_large``; ``share_code_invalid`` for a code of another form, or
            one where the link says that there is none.
    """
    if not 0 < len(cards) <= MAX_CARDS:
        raise MalformedError("share_too_large", f"{len(cards)} cards")
    iv, key = entropy(IV_BYTES), _derived(link, code, INFO)
    aad = _aad(link.share_id, expires)
    return iv + AESGCM(key).encrypt(iv, _pad({"v": 1, "cards": [*cards]}), aad)


def open_share(
    link: ShareLink, sealed: bytes, *, expires: datetime, code: str | None, at: datetime
) -> tuple[Wire, ...]:
    """Open a share: the presentations in it, which nobody checked yet.

    Raises:
        RejectedError: ``share_gone`` after its end; ``share_not_opened``: another key or code, or
            any damage.
        MalformedError: ``share_code_invalid``.
    """
    if at >= expires:
        raise RejectedError("share_gone", "its end is over")
    key, iv = _derived(link, code, INFO), sealed[:IV_BYTES]
    if (len(sealed) - IV_BYTES - TAG_BYTES) % STEP or len(sealed) > MAX_SHARE_BYTES + STEP:
        raise RejectedError("share_not_opened", f"{len(sealed)} octets")
    try:
        padded = AESGCM(key).decrypt(iv, sealed[IV_BYTES:], _aad(link.share_id, expires))
        cards = _unpad(padded).get("cards")
    except (InvalidTag, ValueError, CredentialError) as error:
        raise RejectedError("share_not_opened", "it does not open") from error
    wires = (
        tuple(card for card in cards if isinstance(card, str | dict))
        if isinstance(cards, list)
        else ()
    )
    if not isinstance(cards, list) or not 0 < len(wires) == len(cards) <= MAX_CARDS:
        raise RejectedError("share_not_opened", "no cards")
    return wires


def gate(link: ShareLink, *, code: str | None) -> bytes:
    """What the service hands the ciphertext out on; it keeps the SHA-256 alone.

    Raises:
        MalformedError: ``share_code_invalid``.
    """
    return _derived(link, code, GATE_INFO)


def seal_name(link: ShareLink, name: str, *, code: str | None, entropy: Entropy) -> bytes:
    """Seal the name that a visitor leaves for the worker.

    Raises:
        MalformedError: ``share_too_large``, ``share_code_invalid``.
    """
    octets = name.encode()
    if len(octets) >= NAME_BYTES:
        raise MalformedError("share_too_large", f"{len(octets)} octets")
    padded = bytes([len(octets)]) + octets.ljust(NAME_BYTES - 1, b"\0")
    iv = entropy(IV_BYTES)
    return iv + AESGCM(_derived(link, code, NAME_INFO)).encrypt(iv, padded, link.share_id)


def open_name(link: ShareLink, sealed: bytes, *, code: str | None) -> str:
    """Read a name that a visitor left.

    Raises:
        RejectedError: ``share_not_opened``.
        MalformedError: ``share_code_invalid``.
    """
    key = _derived(link, code, NAME_INFO)
    try:
        padded = AESGCM(key).decrypt(sealed[:IV_BYTES], sealed[IV_BYTES:], link.share_id)
        return padded[1 : 1 + padded[0]].decode()
    except (InvalidTag, ValueError, IndexError) as error:
        raise RejectedError("share_not_opened", "it does not open") from error


def _derived(link: ShareLink, code: str | None, info: bytes) -> bytes:
    if (code is not None) != link.coded or (code is not None and not _CODE.fullmatch(code)):
        raise MalformedError("share_code_invalid", "expected four digits, or no code")
    secret = link.key + (code or "").encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=b"", info=info).derive(secret)


def _aad(share_id: bytes, expires: datetime) -> bytes:
    seconds = int(expires.timestamp())
    if not 0 <= seconds <= _LATEST:
        raise MalformedError("share_link_invalid", "an end outside the calendar")
    return share_id + seconds.to_bytes(8, "big")


def _pad(body: JsonObject) -> bytes:
    text = compact_json(body)
    size = -(-(LENGTH_BYTES + len(text)) // STEP) * STEP
    if size > MAX_SHARE_BYTES:
        raise MalformedError("share_too_large", f"{size} octets")
    return (len(text).to_bytes(LENGTH_BYTES, "big") + text).ljust(size, b"\0")


def _unpad(padded: bytes) -> JsonObject:
    length = int.from_bytes(padded[:LENGTH_BYTES], "big")
    text = padded[LENGTH_BYTES : LENGTH_BYTES + length]
    if len(text) != length or any(padded[LENGTH_BYTES + length :]):
        raise MalformedError("json_malformed", "padding")
    return parse_json_object(text, max_bytes=MAX_SHARE_BYTES)


def _is_local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")
