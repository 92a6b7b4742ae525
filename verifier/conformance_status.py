"""The status lists behind the door for official suites (Bitstring Status List 1.0, section 2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from types import MappingProxyType

from credentials import data_model
from credentials.dids import did_key
from credentials.dids.key import method_id
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import RejectedError, Revoked, UndeterminedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.limits import MIN_BITSTRING_BITS
from credentials.model import Purpose, StatusReference
from credentials.status import bitstring_status_list

TAKEN_BACK = 0
"""The place in every list that is set from the start; no credential gets it."""

_MESSAGES: tuple[str, ...] = ("received", "in progress", "done", "void")
_SIZES: Mapping[Purpose, int] = MappingProxyType(
    {Purpose.REVOCATION: 1, Purpose.SUSPENSION: 1, Purpose.MESSAGE: 2}
)
"""Bits of one status: two bits say one of ``_MESSAGES``."""

_KEPT = timedelta(minutes=5)


def _new_signer() -> SoftwareSigner:
    """A fresh key that carries its did:key as its name."""
    signer = SoftwareSigner.generate(Algorithm.EDDSA)
    name = method_id(did_key(signer.public))
    return SoftwareSigner.from_private_jwk({**signer.private_jwk(), "kid": name})


@dataclass(frozen=True, slots=True)
class StatusLists:
    """One list for each purpose, with a test key, published at ``{base}/status/{purpose}``.

    Attributes:
        base: the https address of the door.
    """

    base: str
    _signer: SoftwareSigner = field(default_factory=_new_signer, repr=False)
    _places: "count[int]" = field(default_factory=lambda: count(TAKEN_BACK + 1), repr=False)

    def address(self, purpose: str) -> str:
        """Where the list of a purpose is published."""
        return f"{self.base}/status/{purpose}"

    def entry(self, purpose: str) -> JsonObject:
        """A place in a list, as a member of ``credentialStatus`` (section 2.1)."""
        uri = self.address(purpose)
        index = next(self._places) % MIN_BITSTRING_BITS or TAKEN_BACK + 1
        entry: JsonObject = {
            "id": f"{uri}#{index}",
            "type": data_model.STATUS_ENTRY,
            "statusPurpose": purpose,
            "statusListIndex": str(index),
            "statusListCredential": uri,
        }
        size = _SIZES[Purpose(purpose)]
        if size > 1:
            messages: list[JsonValue] = [
                {"status": hex(number), "message": text} for number, text in enumerate(_MESSAGES)
            ]
            entry |= {"statusSize": size, "statusMessage": messages}
            entry["statusReference"] = f"{self.base}/status/{purpose}/meaning"
        return entry

    def publish(self, purpose: str, *, at: datetime) -> JsonObject:
        """The signed list credential of a purpose (section 2.2).

        Raises:
            RejectedError: ``not_found``.
        """
        if purpose not in _SIZES:
            raise RejectedError("not_found", "no list of this purpose")
        moment = at.replace(microsecond=0)
        statuses = [0] * (TAKEN_BACK + 1)
        statuses[TAKEN_BACK] = 1
        unsigned = bitstring_status_list.credential(
            self.address(purpose),
            statuses,
            purpose=Purpose(purpose),
            issuer=did_key(self._signer.public),
            at=moment,
            expires=moment + _KEPT,
            size=_SIZES[Purpose(purpose)],
            time_to_live=_KEPT,
        )
        return bitstring_status_list.sign(unsigned, self._signer, at=moment)

    def check(self, document: JsonObject, *, at: datetime) -> None:
        """A credential is not taken back by a list of this door; others cannot be looked up here.

        Raises:
            Revoked: ``revoked``.
            UndeterminedError: ``status_invalid`` for a list that lives elsewhere.
            CredentialError: the entry, or the list, cannot be read.
        """
        for reference in data_model.status_of(document):
            self._check(reference, at=at)

    def _check(self, reference: StatusReference, *, at: datetime) -> None:
        if reference.uri != self.address(reference.purpose.value):
            raise UndeterminedError("status_invalid", "a list of another server")
        document = self.publish(reference.purpose.value, at=at)
        found = bitstring_status_list.read(
            document,
            uri=reference.uri,
            purpose=reference.purpose,
            key=self._signer.public,
            at=at,
            size=reference.size,
        )
        if found.status(reference.index) and reference.purpose is not Purpose.MESSAGE:
            raise Revoked("revoked", "the place is set")
