"""The sealed file of a vault: a public JSON header and one ciphertext (wallet design, section 2).

Every write draws a new data key for one message, so no nonce repeats and a removed slot reads no
later version. The associated data ties the body to vault, version and slots; the slots stand once
more inside the ciphertext, so a slot that somebody put into the header stops the next write.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from credentials.encoding import (
    JsonObject,
    b64url_decode,
    b64url_encode,
    canonical_json,
    compact_json,
    parse_json_object,
)
from credentials.errors import CredentialError, MalformedError, RejectedError
from credentials.model import Entropy
from wallet.holder.events import Event, check_chain, parse_event
from wallet.holder.slots import (
    IV_BYTES,
    KEY_BYTES,
    WID_BYTES,
    Slot,
    give_dek,
    invalid_slot,
    make_pass_slot,
    open_pass_slot,
    open_slot,
    take_dek,
)

PADDING = 16 * 1024
"""Bodies come in steps of 16 KiB: the size must not tell how many credentials there are."""

MAX_VAULT_BYTES = 10 * 1024 * 1024
"""As sealed, some thousand credentials; the vault service takes no more."""

MAX_SLOTS = 32
"""Nobody has more devices; each costs a hash of 64 MiB to try."""

MAX_VERSION = 2**63 - 1
"""The version is a 64-bit number in the associated data."""

LENGTH_BYTES = 4
"""The body starts with the length of its JSON; zeros follow up to the step."""

AAD_PREFIX = b"skillspass/vault/1"

PRF_SALT_BYTES = 32


class Header(BaseModel):
    """What anyone may read of a sealed vault, and its ciphertext."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    v: int
    wid: str
    ver: int = Field(ge=1, le=MAX_VERSION)
    prf_salt: str
    slots: tuple[Slot, ...] = Field(min_length=1, max_length=MAX_SLOTS)
    enc: str
    iv: str
    ct: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A vault that was opened: what is needed to write its next version.

    Attributes:
        slots: as they stood in the header.
        listed: the slots' public halves, as the ciphertext lists them.
    """

    wid: bytes
    version: int
    prf_salt: bytes
    slots: tuple[Slot, ...]
    listed: tuple[JsonObject, ...]
    events: tuple[Event, ...] = field(repr=False)


def new_vault(passphrase: str, *, entropy: Entropy) -> Opened:
    """An empty vault with one passphrase slot; version 0 was never written."""
    wid = entropy(WID_BYTES)
    slot = make_pass_slot(passphrase, wid=wid, entropy=entropy)
    return with_slot(_empty(wid, entropy), slot)


def begin_vault(*, entropy: Entropy) -> Opened:
    """An empty vault without a slot; it can be sealed once it has one."""
    return _empty(entropy(WID_BYTES), entropy)


def with_slot(opened: Opened, slot: Slot) -> Opened:
    """The vault with one more way to open it, from its next version on."""
    return replace(opened, slots=(*opened.slots, slot), listed=(*opened.listed, _listing(slot)))


def without_slot(opened: Opened, slot_id: str) -> Opened:
    """The vault with one way less; the slot reads no version after this one.

    Raises:
        RejectedError: ``vault_last_slot``: it is the only one.
    """
    slots = tuple(slot for slot in opened.slots if slot.id != slot_id)
    if not slots:
        raise RejectedError("vault_last_slot", "nothing would open the vault")
    listed = tuple(entry for entry in opened.listed if entry["id"] != slot_id)
    return replace(opened, slots=slots, listed=listed)


def read_header(data: bytes) -> Header:
    """Read the public part.

    Raises:
        MalformedError: ``vault_malformed``, or ``vault_too_large``.
    """
    if len(data) > 2 * MAX_VAULT_BYTES:
        raise MalformedError("vault_too_large", f"{len(data)} bytes")
    try:
        header = Header.model_validate(parse_json_object(data, max_bytes=2 * MAX_VAULT_BYTES))
        lengths = [len(b64url_decode(text)) for text in (header.wid, header.prf_salt, header.iv)]
    except ValidationError as error:
        raise MalformedError("vault_malformed", f"{error.error_count()} fields") from error
    except CredentialError as error:
        raise MalformedError("vault_malformed", error.code) from error
    if (header.v, header.enc) != (1, "A256GCM") or lengths != [WID_BYTES, PRF_SALT_BYTES, IV_BYTES]:
        raise MalformedError("vault_malformed", "another version, cipher or length")
    return header


def open_vault(data: bytes, passphrase: str) -> Opened:
    """Open a sealed vault with a passphrase.

    Raises:
        MalformedError: it is no sealed vault.
        RejectedError: ``vault_slot_invalid``: another passphrase, or any damage.
    """
    return _open_with(data, "pass", lambda slot, wid: open_pass_slot(slot, passphrase, wid=wid))


def open_vault_with(data: bytes, kind: str, secret: bytes) -> Opened:
    """Open a sealed vault with the secret of a slot of that kind.

    Raises:
        MalformedError: it is no sealed vault.
        RejectedError: ``vault_slot_invalid``: another secret, or any damage.
    """
    return _open_with(data, kind, lambda slot, wid: open_slot(slot, secret, wid=wid))


def seal(opened: Opened, events: Sequence[Event], *, entropy: Entropy) -> tuple[bytes, Opened]:
    """Write the next version.

    Returns:
        The bytes to store, and the vault as it will be when they are opened.

    Raises:
        RejectedError: ``slot_injected``: the header has a slot that the ciphertext does not list.
        MalformedError: ``vault_too_large``.
    """
    check_slots(opened.slots, listed=opened.listed)
    dek, iv = entropy(KEY_BYTES), entropy(IV_BYTES)
    slots = tuple(give_dek(slot, dek, wid=opened.wid, entropy=entropy) for slot in opened.slots)
    version = opened.version + 1
    body = _pad(
        {
            "slots": [_listing(slot) for slot in slots],
            "prf_salt": b64url_encode(opened.prf_salt),
            "events": [event.as_json() for event in events],
        }
    )
    sealed = AESGCM(dek).encrypt(iv, body, _aad(opened.wid, version, slots))
    header = Header(
        v=1,
        wid=b64url_encode(opened.wid),
        ver=version,
        prf_salt=b64url_encode(opened.prf_salt),
        slots=slots,
        enc="A256GCM",
        iv=b64url_encode(iv),
        ct=b64url_encode(sealed),
    )
    after = Opened(opened.wid, version, opened.prf_salt, slots, opened.listed, tuple(events))
    data = compact_json(_json(header))
    if len(data) > MAX_VAULT_BYTES:
        raise MalformedError("vault_too_large", f"{len(data)} bytes")
    return data, after


def check_slots(slots: Sequence[Slot], *, listed: Sequence[JsonObject]) -> None:
    """Every slot of a header is one that the ciphertext lists.

    Raises:
        RejectedError: ``slot_injected``.
    """
    if [_listing(slot) for slot in slots] != list(listed):
        raise RejectedError("slot_injected", f"{len(slots)} slots, {len(listed)} listed")


def header_digest(data: bytes) -> str:
    """SHA-256 of a sealed vault as it was stored: what a device remembers of a version."""
    return b64url_encode(hashlib.sha256(data).digest())


def _empty(wid: bytes, entropy: Entropy) -> Opened:
    return Opened(wid, 0, entropy(PRF_SALT_BYTES), (), (), ())


def _open_with(
    data: bytes, kind: str, private_of: Callable[[Slot, bytes], ec.EllipticCurvePrivateKey]
) -> Opened:
    header = read_header(data)
    wid = b64url_decode(header.wid)
    for slot in (slot for slot in header.slots if slot.kind == kind):
        try:
            private = private_of(slot, wid)
        except RejectedError:
            continue
        dek = take_dek(slot, private, wid=wid)
        return _open_body(header, dek, wid=wid)
    raise invalid_slot("no slot opens with this secret")


def _open_body(header: Header, dek: bytes, *, wid: bytes) -> Opened:
    aad = _aad(wid, header.ver, header.slots)
    try:
        padded = AESGCM(dek).decrypt(b64url_decode(header.iv), b64url_decode(header.ct), aad)
        body = _unpad(padded)
    except (InvalidTag, ValueError, CredentialError) as error:
        raise invalid_slot("the body does not open") from error
    if body.get("prf_salt") != header.prf_salt:
        raise invalid_slot("the body does not open")
    listed, events = body.get("slots"), body.get("events")
    if not isinstance(listed, list) or not isinstance(events, list):
        raise MalformedError("vault_malformed", "a body without slots or events")
    log = tuple(parse_event(event) for event in events)
    check_chain(log)
    return Opened(
        wid=wid,
        version=header.ver,
        prf_salt=b64url_decode(header.prf_salt),
        slots=header.slots,
        listed=tuple(entry for entry in listed if isinstance(entry, dict)),
        events=log,
    )


def _pad(body: JsonObject) -> bytes:
    text = compact_json(body)
    size = -(-(LENGTH_BYTES + len(text)) // PADDING) * PADDING
    if size > MAX_VAULT_BYTES:
        raise MalformedError("vault_too_large", f"{size} bytes")
    return (len(text).to_bytes(LENGTH_BYTES, "big") + text).ljust(size, b"\0")


def _unpad(padded: bytes) -> JsonObject:
    length = int.from_bytes(padded[:LENGTH_BYTES], "big")
    text = padded[LENGTH_BYTES : LENGTH_BYTES + length]
    if len(text) != length or any(padded[LENGTH_BYTES + length :]) or len(padded) % PADDING:
        raise MalformedError("vault_malformed", "padding")
    # Our own JSON, authenticated above, and larger than a parser of foreign tokens allows.
    body = json.loads(text)
    if not isinstance(body, dict):
        raise MalformedError("vault_malformed", "a body that is no object")
    return body


def _aad(wid: bytes, version: int, slots: Sequence[Slot]) -> bytes:
    digest = hashlib.sha256(canonical_json([_json(slot) for slot in slots])).digest()
    return AAD_PREFIX + wid + version.to_bytes(8, "big") + digest


def _listing(slot: Slot) -> JsonObject:
    return {"id": slot.id, "kind": slot.kind, "pub": _json(slot.pub)}


def _json(model: BaseModel) -> JsonObject:
    written: JsonObject = model.model_dump(exclude_none=True)
    return written
