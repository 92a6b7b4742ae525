"""Bitstring Status List 1.0: a few bits per credential, in a list that is itself a credential."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from credentials import data_model
from credentials.cryptosuites import EDDSA_JCS_2022, EDDSA_RDFC_2022, ProofOptions
from credentials.cryptosuites.proofs import (
    check_proof_uses,
    method_of,
    proofs_of,
    verify_proofs,
)
from credentials.encoding import JsonObject, JsonValue, b64url_decode, b64url_encode
from credentials.errors import CredentialError, MalformedError, UndeterminedError
from credentials.keys import PublicKey, Signer
from credentials.limits import CLOCK_SKEW, MAX_STATUS_LIST_BYTES, MIN_BITSTRING_BITS
from credentials.model import Purpose

LIST_CREDENTIAL = "BitstringStatusListCredential"
LIST = "BitstringStatusList"

_GZIP = 16 + zlib.MAX_WBITS
_BASE64URL = "u"  # the multibase prefix (section 2.2)
_ASSERTION = "assertionMethod"
_MILLISECOND = timedelta(milliseconds=1)
_MAX_MILLISECONDS = 2**48  # some 9,000 years


@dataclass(frozen=True, slots=True)
class BitstringStatusList:
    """A list whose proof held.

    Attributes:
        uri: where it is published; its own id.
        issuer: who signed it; the caller compares it with the credential's issuer.
        purpose: what a set bit means.
        issued_at: ``validFrom``: an older list than one already seen is a rollback.
        expires: from this moment on the list says nothing.
        octets: the uncompressed bits, the most significant bit of an octet first.
        size: bits of one status.
        time_to_live: how long a copy may be kept; None where the issuer says nothing.
    """

    uri: str
    issuer: str
    purpose: Purpose
    issued_at: datetime
    expires: datetime | None
    octets: bytes
    size: int = 1
    time_to_live: timedelta | None = None

    def status(self, index: int) -> int:
        """The status at ``index`` (from 0): 0, or what the purpose or a message makes of it.

        Raises:
            MalformedError: ``status_index_invalid`` outside the list.
        """
        return status_at(self.octets, index, size=self.size)


def encode(statuses: Sequence[int], *, size: int = 1) -> str:
    """Write a list as ``encodedList`` (section 3.3), padded with zeros to the least length.

    Args:
        statuses: the status of each index, from 0.
        size: bits of one status, 1 to 8.

    Raises:
        MalformedError: ``status_list_too_large``, or ``status_invalid`` for a status that does not
            fit.
    """
    length = -(-max(len(statuses), MIN_BITSTRING_BITS) * size // 8)
    if length > MAX_STATUS_LIST_BYTES:
        raise MalformedError("status_list_too_large", f"{len(statuses)} statuses")
    octets = bytearray(length)
    for index, status in enumerate(statuses):
        if not 0 <= status < 1 << size:
            raise MalformedError("status_invalid", f"a status of more than {size} bits")
        for place in range(size) if status else ():
            if status >> (size - 1 - place) & 1:  # the most significant bit first
                position, shift = divmod(index * size + place, 8)
                octets[position] |= 0x80 >> shift
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    return _BASE64URL + b64url_encode(packer.compress(octets) + packer.flush())


def decode(encoded: str, *, size: int = 1) -> bytes:
    """Read ``encodedList`` (section 3.4) without inflating beyond the limit.

    Args:
        encoded: multibase text.
        size: bits of one status, which decides how many statuses the list holds.

    Raises:
        MalformedError: ``status_list_malformed``: not multibase base64url of exactly one gzip
            member; ``status_list_too_large``; ``status_list_too_short``: under 131,072 statuses.
    """
    if not encoded.startswith(_BASE64URL):
        raise MalformedError("status_list_malformed", "expected the multibase prefix u")
    stream = zlib.decompressobj(_GZIP)
    try:
        octets = stream.decompress(b64url_decode(encoded[1:]), MAX_STATUS_LIST_BYTES + 1)
    except (zlib.error, MalformedError) as error:
        raise MalformedError("status_list_malformed", "not gzip in base64url") from error
    if len(octets) > MAX_STATUS_LIST_BYTES:
        raise MalformedError("status_list_too_large", f"limit {MAX_STATUS_LIST_BYTES} octets")
    if not stream.eof or stream.unused_data:  # cut short, or more behind it
        raise MalformedError("status_list_malformed", "not exactly one gzip member")
    if len(octets) * 8 // size < MIN_BITSTRING_BITS:
        raise MalformedError("status_list_too_short", f"{len(octets) * 8 // size} statuses")
    return octets


def status_at(octets: bytes, index: int, *, size: int = 1) -> int:
    """The status at ``index``, counted from the left of the first octet (section 1.3).

    Raises:
        MalformedError: ``status_index_invalid`` outside the list.
    """
    if type(index) is not int:  # a JSON reader may hand over true, text or 1.5
        raise MalformedError("status_index_invalid", "no whole number")
    first = index * size
    if not 0 <= first <= len(octets) * 8 - size:
        raise MalformedError("status_index_invalid", f"{index} of {len(octets) * 8 // size}")
    window = octets[first // 8 : (first + size + 7) // 8]
    behind = len(window) * 8 - first % 8 - size
    return int.from_bytes(window, "big") >> behind & (1 << size) - 1


def credential(
    uri: str,
    statuses: Sequence[int],
    *,
    purpose: Purpose,
    issuer: str,
    at: datetime,
    expires: datetime | None = None,
    size: int = 1,
    time_to_live: timedelta | None = None,
) -> JsonObject:
    """The unsigned list credential (section 2.2).

    Args:
        uri: https address where it will be published.
        statuses: the status of each index.
        purpose: what a status other than 0 means.
        issuer: DID of the signer.
        at: when it was made.
        expires: when readers must have fetched a newer one.
        size: bits of one status, as the entries in the credentials say.
        time_to_live: how long readers may keep a copy; written in milliseconds.
    """
    subject: JsonObject = {
        "id": f"{uri}#list",
        "type": LIST,
        "statusPurpose": purpose.value,
        "encodedList": encode(statuses, size=size),
    }
    if time_to_live is not None:
        subject["ttl"] = time_to_live // _MILLISECOND
    document: JsonObject = {
        "@context": [data_model.V2_CONTEXT],
        "id": uri,
        "type": [data_model.CREDENTIAL, LIST_CREDENTIAL],
        "issuer": issuer,
        "validFrom": data_model.format_time(at),
        "credentialSubject": subject,
    }
    if expires is not None:
        document["validUntil"] = data_model.format_time(expires)
    return document


def sign(document: JsonObject, signer: Signer, *, at: datetime) -> JsonObject:
    """Sign a list credential twice: over its statements, and over its JSON.

    The first is what most verifiers read (eddsa-rdfc-2022); the second (eddsa-jcs-2022) can be
    checked without JSON-LD, as a wallet in a browser does. Each is a proof by itself (VC Data
    Integrity 1.0, section 2.1.1).

    Raises:
        ValueError: the signer's key has no id.
        UnsupportedError: ``cryptosuite_not_allowed`` for a key other than Ed25519.
    """
    if signer.public.key_id is None:
        raise ValueError("the issuer's key needs its full DID URL")
    options = ProofOptions(signer.public.key_id, _ASSERTION, data_model.format_time(at))
    suites = (EDDSA_RDFC_2022, EDDSA_JCS_2022)
    return {**document, "proof": [suite.sign(document, options, signer) for suite in suites]}


def key_id(document: JsonObject) -> str:
    """The verification method that the list's first proof names; a claim, no proof.

    Raises:
        UndeterminedError: ``status_invalid`` when there is none.
    """
    try:
        return method_of(proofs_of(document)[0])
    except CredentialError as error:
        raise UndeterminedError("status_invalid", f"{error.code} {error.detail}") from error


def read(
    document: JsonObject,
    *,
    uri: str,
    purpose: Purpose,
    key: PublicKey,
    at: datetime,
    size: int = 1,
) -> BitstringStatusList:
    """Check a published list and unpack it (section 3.2).

    Args:
        document: what was fetched from ``uri``.
        uri: the address in the credential's status entry.
        purpose: of that entry.
        key: of the issuer whose list it must be.
        at: now.
        size: bits of one status, as that entry says.

    Raises:
        UndeterminedError: ``status_invalid``, ``status_purpose_mismatch``: as ``open_list`` and
            ``check_list``.
        MalformedError: what ``decode`` raises.
    """
    opened = open_list(document, key=key, size=size)
    return check_list(opened, uri=uri, purpose=purpose, at=at)


@dataclass(frozen=True, slots=True)
class OpenedList:
    """A list whose proofs hold over its octets; nothing is judged by the clock yet.

    Attributes:
        uri: its own id.
        purposes: what its bits may mean.
        proofs: with their dates.
        issued_at: ``validFrom``.
    """

    uri: str
    issuer: str
    purposes: tuple[JsonValue, ...]
    proofs: tuple[JsonObject, ...]
    issued_at: datetime
    expires: datetime | None
    octets: bytes
    size: int
    time_to_live: timedelta | None


def open_list(document: JsonObject, *, key: PublicKey, size: int = 1) -> OpenedList:
    """Check proofs and form and unpack the bits: what follows from document and key alone.

    Raises:
        UndeterminedError: ``status_invalid``: no such list, or a proof that does not hold.
        MalformedError: what ``decode`` raises.
    """
    try:
        if LIST_CREDENTIAL not in data_model.types_of(document):
            raise UndeterminedError("status_invalid", "another document than was asked for")
        validity = data_model.validity_of(document)
        issuer = data_model.issuer_of(document)
        subject = data_model.subject_of(document)
        proofs = proofs_of(document)
        verify_proofs(document, lambda _: key)
    except CredentialError as error:
        raise UndeterminedError("status_invalid", f"{error.code} {error.detail}") from error
    if validity.valid_from is None:
        raise UndeterminedError("status_invalid", "not dated")
    listed, encoded = subject.get("statusPurpose"), subject.get("encodedList")
    if subject.get("type") != LIST or not isinstance(encoded, str):
        raise MalformedError("status_list_malformed", "members type and encodedList")
    return OpenedList(
        uri=str(document.get("id")),
        issuer=issuer,
        purposes=tuple(listed) if isinstance(listed, list) else (listed,),
        proofs=tuple(proofs),
        issued_at=validity.valid_from,
        expires=validity.valid_until,
        octets=decode(encoded, size=size),
        size=size,
        time_to_live=_time_to_live(subject.get("ttl")),
    )


def check_list(
    opened: OpenedList, *, uri: str, purpose: Purpose, at: datetime
) -> BitstringStatusList:
    """Whether an open list is the one that was asked for, now; to be asked at every use.

    Raises:
        UndeterminedError: ``status_invalid``: another list, or out of date;
            ``status_purpose_mismatch``: its bits mean something else.
    """
    if opened.uri != uri:
        raise UndeterminedError("status_invalid", "another document than was asked for")
    try:
        check_proof_uses(opened.proofs, purpose=_ASSERTION, at=at)
    except CredentialError as error:
        raise UndeterminedError("status_invalid", f"{error.code} {error.detail}") from error
    over = opened.expires is not None and at >= opened.expires
    if opened.issued_at > at + CLOCK_SKEW or over:
        raise UndeterminedError("status_invalid", "out of date")
    if purpose not in opened.purposes:
        raise UndeterminedError("status_purpose_mismatch", f"expected {purpose.value}")
    return BitstringStatusList(
        uri,
        opened.issuer,
        purpose,
        opened.issued_at,
        opened.expires,
        opened.octets,
        opened.size,
        opened.time_to_live,
    )


def _time_to_live(value: JsonValue) -> timedelta | None:
    """``ttl``, in milliseconds; it never outlasts ``validUntil``, which is checked by itself."""
    if value is None:
        return None
    if type(value) is not int or not 0 <= value < _MAX_MILLISECONDS:
        raise MalformedError("status_list_malformed", "member ttl")
    return value * _MILLISECOND
