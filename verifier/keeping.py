"""What a list's publisher keeps of its issuers, for the day that one is gone: status lists.

Each is checked as a verifier would before it is kept, and never replaced by an older one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from credentials.credential_status import read_status
from credentials.encoding import b64url_encode
from credentials.errors import CredentialError, MalformedError
from credentials.model import Get, Purpose, StatusKind, StatusReference
from credentials.trust.listing import KeptStatus, TrustedIssuer, TrustList
from verifier.publisher import Draft

_SHAPES = (
    (StatusKind.TOKEN, Purpose.ANY),
    (StatusKind.BITSTRING, Purpose.REVOCATION),
    (StatusKind.BITSTRING, Purpose.SUSPENSION),
    (StatusKind.BITSTRING, Purpose.MESSAGE),
    (StatusKind.BITSTRING, Purpose.REFRESH),
)
"""A list does not always say what it is before it was read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What one round found.

    Attributes:
        fresh: addresses whose list is kept as of now.
        failed: address to the code that says why it is not.
    """

    fresh: tuple[str, ...]
    failed: Mapping[str, str]


def keep(folder: Path, draft: Draft, *, get: Get, at: datetime) -> Kept:
    """Fetch the status lists of all issuers of a draft that still exist, and keep what holds."""
    index, failed, fresh = _read_index(folder), {}, []
    listed = TrustList(1, at, at, draft.entries)
    for issuer in draft.entries:
        for uri in issuer.status_lists if issuer.gone_since is None else ():
            try:
                body = get(uri)
                issued_at = _check(body, uri, issuer, listed, get=get, at=at)
            except CredentialError as error:
                failed[uri] = error.code
                continue
            if issued_at.isoformat() < index.get(uri, {}).get("issued_at", ""):
                failed[uri] = "status_rollback"
                continue
            digest = b64url_encode(sha256(body).digest())
            (folder / "kept").mkdir(exist_ok=True)
            (folder / "kept" / f"{digest}.kept").write_bytes(body)
            index[uri] = {
                "digest": digest,
                "kept_at": at.isoformat(),
                "issued_at": issued_at.isoformat(),
            }
            fresh.append(uri)
    if fresh:
        (folder / "kept" / "index.json").write_text(json.dumps(index, indent=1), "utf-8")
    return Kept(tuple(fresh), failed)


def _check(
    body: bytes, uri: str, issuer: TrustedIssuer, listed: TrustList, *, get: Get, at: datetime
) -> datetime:
    """When a list was issued that holds for this issuer."""
    refused: CredentialError = MalformedError("status_list_malformed", "no list")
    for kind, purpose in _SHAPES:
        reference = StatusReference(kind, uri, 0, purpose)
        try:
            return read_status(
                reference, body, issuer=issuer.id, trust_list=listed, get=get, at=at
            )[0]
        except CredentialError as error:
            refused = error
    raise refused


def kept_of(folder: Path, draft: Draft) -> dict[str, KeptStatus]:
    """What is kept, by the address of the status list, and where it will be published."""
    return {
        uri: KeptStatus(
            uri,
            draft.beside(f"kept/{one['digest']}.kept"),
            one["digest"],
            datetime.fromisoformat(one["kept_at"]),
        )
        for uri, one in _read_index(folder).items()
    }


def _read_index(folder: Path) -> dict[str, dict[str, str]]:
    file = folder / "kept" / "index.json"
    if not file.is_file():
        return {}
    found: dict[str, dict[str, str]] = json.loads(file.read_text("utf-8"))
    return found
