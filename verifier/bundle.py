"""A bundle for the gate: public documents as they are, taken along to where there is no connection.

Nothing in it is believed because it is in the file: lists are signed by those who publish them,
and checked again at each use. The file only says when each was fetched; what is older than a policy
allows is unknown, not good.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from credentials.dids import web, webvh
from credentials.encoding import JsonObject, JsonValue, compact_json
from credentials.errors import CredentialError, MalformedError, RejectedError, UndeterminedError
from credentials.limits import CLOCK_SKEW
from credentials.model import Get
from credentials.trust.listing import TrustedIssuer, TrustList
from verifier.policies import DOCUMENT_AGE

MAX_BUNDLE_BYTES = 64 * 1024 * 1024
"""Some hundred status lists of a quarter of a megabyte, in base64."""

MAX_DOCUMENTS = 2_000
"""As many as a verifier remembers."""


class Kind(StrEnum):
    """What a document is, and so how long a copy of it counts."""

    LIST = "list"
    STATUS = "status"
    DOCUMENT = "document"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Copy:
    """One document as it was fetched."""

    kind: Kind
    fetched_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """Documents by address.

    Attributes:
        made_at: when the bundle was put together.
        list_url: where the list of the sector is published.
        list_sequence: its number; a later bundle over this one takes no lower one.
        missing: addresses that did not answer then.
    """

    made_at: datetime
    list_url: str
    list_sequence: int
    copies: Mapping[str, Copy]
    missing: tuple[str, ...] = ()

    def getter(self, *, at: datetime, status_age: timedelta) -> Get:
        """A fetcher that opens no connection.

        What it gives raises UndeterminedError: ``fetch_failed`` for an address that is not here or
        a document older than a day, ``status_stale`` for a status list older than ``status_age``.
        """

        def get(url: str) -> bytes:
            copy = self.copies.get(url)
            if copy is None:
                raise UndeterminedError("fetch_failed", "not in the bundle")
            age = at - copy.fetched_at
            if copy.kind is Kind.STATUS and not -CLOCK_SKEW <= age <= status_age:
                raise UndeterminedError("status_stale", f"fetched {copy.fetched_at.isoformat()}")
            if copy.kind is Kind.DOCUMENT and not -CLOCK_SKEW <= age <= DOCUMENT_AGE:
                raise UndeterminedError("fetch_failed", f"fetched {copy.fetched_at.isoformat()}")
            return copy.body

        return get


def gather(
    trust_list: TrustList,
    *,
    url: str,
    get: Get,
    at: datetime,
    extra: Iterable[str] = (),
) -> Bundle:
    """Fetch what a check could ask for: documents, status lists and kept ones of all issuers.

    Args:
        trust_list: as it was read from ``url`` just now.
        url: where it is published.
        get: the guarded fetcher.
        at: now.
        extra: more status lists, as the credentials at hand name them.
    """
    copies: dict[str, Copy] = {}
    missing: list[str] = []
    wanted = {url: Kind.LIST}
    for issuer in trust_list.issuers:
        wanted |= _addresses(issuer)
    wanted |= dict.fromkeys(extra, Kind.STATUS)
    for address, kind in list(wanted.items())[:MAX_DOCUMENTS]:
        try:
            copies[address] = Copy(kind, at, get(address))
        except CredentialError:
            missing.append(address)
    return Bundle(at, url, trust_list.sequence, copies, tuple(missing))


def _addresses(issuer: TrustedIssuer) -> dict[str, Kind]:
    found = {each.location: Kind.KEPT for each in issuer.kept}
    if issuer.gone_since is not None:
        return found
    found |= dict.fromkeys(issuer.status_lists, Kind.STATUS)
    try:
        if issuer.id.startswith(web.PREFIX):
            found[web.document_url(issuer.id)] = Kind.DOCUMENT
        elif issuer.id.startswith(webvh.PREFIX):
            found[webvh.log_url(issuer.id)] = Kind.DOCUMENT
    except CredentialError:
        pass  # it has no address: nothing to take along
    return found


def ages(bundle: Bundle, *, at: datetime) -> JsonObject:
    """How old what was taken along is: for the list, and in seconds for the oldest of each kind."""
    oldest: JsonObject = {}
    for kind in Kind:
        fetched = [each.fetched_at for each in bundle.copies.values() if each.kind is kind]
        if fetched:
            oldest[kind.value] = int((at - min(fetched)).total_seconds())
    return {
        "made_at": bundle.made_at.isoformat(),
        "list_sequence": bundle.list_sequence,
        "age_seconds": oldest,
    }


def read_file(file: Path) -> bytes:
    """The content of a bundle's file, at most one octet beyond the limit.

    Raises:
        RejectedError: ``usage_file``.
    """
    try:
        with file.open("rb") as source:
            return source.read(MAX_BUNDLE_BYTES + 1)
    except OSError as error:
        raise RejectedError("usage_file", error.strerror or "not readable") from error


def write_bundle(bundle: Bundle) -> bytes:
    """The file."""
    documents: list[JsonValue] = [
        {
            "url": url,
            "kind": copy.kind.value,
            "fetched_at": copy.fetched_at.isoformat(),
            "body": base64.b64encode(copy.body).decode("ascii"),
        }
        for url, copy in sorted(bundle.copies.items())
    ]
    whole: JsonObject = {
        "bundle": 1,
        "made_at": bundle.made_at.isoformat(),
        "list": {"url": bundle.list_url, "sequence": bundle.list_sequence},
        "documents": documents,
        "missing": [*bundle.missing],
    }
    return compact_json(whole)


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(min_length=1, max_length=2000)
    kind: Kind
    fetched_at: AwareDatetime
    body: str


class _List(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(min_length=1, max_length=2000)
    sequence: int = Field(ge=1, strict=True)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    bundle: Literal[1]
    made_at: AwareDatetime
    trust_list: _List = Field(alias="list")
    documents: list[_Document] = Field(max_length=MAX_DOCUMENTS)
    missing: list[str] = Field(max_length=MAX_DOCUMENTS)


def read_bundle(content: bytes) -> Bundle:
    """Read the file.

    Raises:
        MalformedError: ``bundle_malformed``.
    """
    if len(content) > MAX_BUNDLE_BYTES:
        raise MalformedError("bundle_malformed", f"more than {MAX_BUNDLE_BYTES} bytes")
    try:
        file = _File.model_validate_json(content)
        copies = {
            each.url: Copy(each.kind, each.fetched_at, base64.b64decode(each.body, validate=True))
            for each in file.documents
        }
    except (ValidationError, binascii.Error, ValueError, RecursionError) as error:
        raise MalformedError("bundle_malformed", type(error).__name__) from None
    return Bundle(
        file.made_at, file.trust_list.url, file.trust_list.sequence, copies, tuple(file.missing)
    )
