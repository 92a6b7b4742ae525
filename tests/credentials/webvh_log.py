"""Writes logs of did:webvh as their controller would: for tests, and to be spoiled by them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from credentials.cryptosuites import ProofOptions
from credentials.cryptosuites.eddsa_jcs_2022 import EDDSA_JCS_2022
from credentials.dids.webvh import Resolution, resolve_log
from credentials.dids.webvh_parameters import METHOD, multihash
from credentials.encoding import (
    JsonObject,
    JsonValue,
    canonical_json,
    compact_json,
    parse_json_object,
)
from credentials.errors import CredentialError
from credentials.keys import Algorithm, SoftwareSigner

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""Now."""

START = AT - timedelta(days=30)
"""When the logs begin; each entry is an hour later."""

PLACE = "issuer.skillspass.example"

Spoil = Callable[[JsonObject], None]


def new_key() -> SoftwareSigner:
    """An update key or a witness."""
    return SoftwareSigner.generate(Algorithm.EDDSA)


def key_hash(key: SoftwareSigner) -> str:
    """What pre-rotation announces of a key."""
    return multihash(key.public.multikey().encode())


def witnesses(threshold: int, *keys: SoftwareSigner) -> JsonObject:
    """The parameter ``witness``."""
    ids: list[JsonValue] = [{"id": f"did:key:{key.public.multikey()}"} for key in keys]
    return {"threshold": threshold, "witnesses": ids}


def proof_of(
    document: JsonObject, key: SoftwareSigner, at: datetime, *, expires: datetime | None = None
) -> JsonObject:
    """One eddsa-jcs-2022 proof, as logs and witnesses carry it."""
    multikey = key.public.multikey()
    method = f"did:key:{multikey}#{multikey}"
    over = f"{expires:%Y-%m-%dT%H:%M:%SZ}" if expires else None
    options = ProofOptions(method, "assertionMethod", f"{at:%Y-%m-%dT%H:%M:%SZ}", expires=over)
    return EDDSA_JCS_2022.sign(document, options, key)


@dataclass
class Log:
    """A log that grows; ``spoil`` changes an entry before it is hashed and signed."""

    start: datetime
    place: str = PLACE
    key: SoftwareSigner = field(default_factory=new_key)
    entries: list[JsonObject] = field(default_factory=list)

    @property
    def scid(self) -> str:
        """The name that the first entry gave itself."""
        parameters = cast("JsonObject", self.entries[0]["parameters"])
        return str(parameters["scid"])

    @property
    def did(self) -> str:
        """The identifier of the place where it lies."""
        return f"did:webvh:{self.scid}:{self.place}"

    @property
    def octets(self) -> bytes:
        """The file ``did.jsonl``."""
        return b"".join(compact_json(entry) + b"\n" for entry in self.entries)

    def version_id(self, index: int = -1) -> str:
        """The id of one entry, by default the last."""
        return str(self.entries[index]["versionId"])

    def create(
        self,
        parameters: JsonObject | None = None,
        *,
        spoil: Spoil | None = None,
        **state: JsonValue,
    ) -> "Log":
        """Write the first entry."""
        first: JsonObject = {
            "method": METHOD,
            "scid": "{SCID}",
            "updateKeys": [self.key.public.multikey()],
        }
        entry: JsonObject = {
            "versionId": "{SCID}",
            "versionTime": self._time(0),
            "parameters": first | (parameters or {}),
            "state": {"id": f"did:webvh:{{SCID}}:{self.place}", **state},
        }
        scid = multihash(canonical_json(entry))
        text = canonical_json(entry).decode().replace("{SCID}", scid)
        return self._append(parse_json_object(text), scid, self.key, spoil)

    def update(
        self,
        parameters: JsonObject | None = None,
        *,
        by: SoftwareSigner | None = None,
        place: str | None = None,
        spoil: Spoil | None = None,
        **state: JsonValue,
    ) -> "Log":
        """Write a next entry, signed with the first key unless another is given."""
        self.place = place or self.place
        entry: JsonObject = {
            "versionId": self.version_id(),
            "versionTime": self._time(len(self.entries)),
            "parameters": parameters or {},
            "state": {"id": self.did, **state},
        }
        return self._append(entry, self.version_id(), by or self.key, spoil)

    def approve(self, *keys: SoftwareSigner, index: int = -1) -> bytes:
        """The file ``did-witness.json`` with proofs about one version."""
        document: JsonObject = {"versionId": self.version_id(index)}
        proofs: list[JsonValue] = [proof_of(document, key, self.start) for key in keys]
        return compact_json([document | {"proof": proofs}])

    def _append(
        self, entry: JsonObject, before: str, key: SoftwareSigner, spoil: Spoil | None
    ) -> "Log":
        if spoil is not None:
            spoil(entry)
        hashed = multihash(canonical_json(entry | {"versionId": before}))
        entry["versionId"] = f"{len(self.entries) + 1}-{hashed}"
        proof = proof_of(entry, key, self.start)
        self.entries.append(entry | {"proof": [proof]})
        return self

    def _time(self, hours: int) -> str:
        return f"{self.start + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def resolved(
    log: Log, proofs: bytes | None = None, *, did: str | None = None, at: datetime = AT
) -> Resolution:
    """The newest version of a log, under its own name unless another is given."""
    return resolve_log(did or log.did, log.octets, proofs, at=at)


def code_of(log: Log, proofs: bytes | None = None, *, did: str | None = None) -> str:
    """Why the log is refused."""
    with pytest.raises(CredentialError) as refused:
        resolved(log, proofs, did=did)
    return refused.value.code
